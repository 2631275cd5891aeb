import { App } from '../app/app.ts';
import { Telemetry } from '../app/telemetry.ts';
import { everything, type Config } from '../config/config.ts';
import type { Plan } from '../plan/plan.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';
import { settingsOrTell } from './settings.ts';

/** How long a single look may take before it says what it waits for. */
const LONGEST_LOOK_MS = 90_000;

export interface Look {
  readonly app: App;
  readonly telemetry: Telemetry;
  readonly plans: readonly Plan[];
}

/**
 * Reads cluster, Cloudflare and ledger once, and shows what came of it to `use`. Nothing is written anywhere.
 * @param how `passive` reads no records before `use` asks for them; `writing` lets `use` write what a person agreed
 *   to, and so keeps every other writer out
 * @returns the exit code
 */
export async function look(
  context: CommandContext,
  use: (seen: Look) => number | Promise<number>,
  how: 'dry' | 'passive' | 'writing' = 'dry',
): Promise<number> {
  const settings = settingsOrTell(context, everything);
  if (settings === undefined) return 1;
  const { config } = settings;
  const telemetry = await Telemetry.create({ level: 'error', format: 'json' }, context.stderr);
  telemetry.secrets.add(config.cloudflare.token.token.reveal());
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const plans: Plan[] = [];
  const waiting = setTimeout(() => context.stderr.write('reading the cluster and Cloudflare …\n'), 1_000);
  try {
    const app = await App.start(
      {
        config: how === 'writing' ? config : dry(config),
        env: context.env,
        telemetry,
        onPlan: (plan) => plans.push(plan),
        passive: how !== 'dry',
      },
      stop.signal,
    );
    if (!app.ok) return tell(context, telemetry.secrets.redact(app.error));
    try {
      const settled = await app.value.settled(Date.now() + LONGEST_LOOK_MS);
      clearTimeout(waiting);
      const blind = how === 'dry' ? plans.length === 0 : !app.value.loop.zones.known;
      if (!settled && blind) return tell(context, `nothing could be read: ${telemetry.health.ready().text}`);
      return await use({ app: app.value, telemetry, plans });
    } finally {
      stop.abort();
      await app.value.close();
    }
  } finally {
    clearTimeout(waiting);
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

/** Nothing is written, and a deletion is shown at once rather than when its delay is over. */
function dry(config: Config): Config {
  return { ...config, policy: { ...config.policy, dryRun: true, deleteDelayMs: 0 } };
}
