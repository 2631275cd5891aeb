import { App } from '../app/app.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { Telemetry } from '../app/telemetry.ts';
import { everything, type Config } from '../config/config.ts';
import type { Plan } from '../plan/plan.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';
import { settingsOrTell } from './settings.ts';

/** How long a single look may take, all waits included, before it gives up and says what it waited for. */
const LONGEST_LOOK_MS = 45_000;
const TELL_EVERY_MS = 5_000;
/** A Lease that a controller left by crashing is free by then; one that is renewed will not be. */
const LONGEST_LEASE_MS = 20_000;

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
  const { steady } = SYSTEM_CLOCK;
  const deadline = steady() + LONGEST_LOOK_MS;
  const waiting = setTimeout(() => context.stderr.write('reading the cluster and Cloudflare …\n'), 1_000);
  const telling = setInterval(() => tellWait(context, telemetry), TELL_EVERY_MS);
  const late = setTimeout(() => stop.abort(), LONGEST_LOOK_MS);
  try {
    const app = await App.start(
      {
        config: how === 'writing' ? config : dry(config),
        // A command runs beside the Pod's container, and not after its end: the Lease of that one is another's.
        env: { ...context.env, POD_UID: '' },
        telemetry,
        onPlan: (plan) => plans.push(plan),
        passive: how !== 'dry',
      },
      stop.signal,
    );
    if (!app.ok) {
      const why = stop.signal.aborted ? nothingRead(telemetry) : app.error;
      return tell(context, telemetry.secrets.redact(why));
    }
    try {
      const settled = await app.value.settled(deadline - steady());
      for (const timer of [waiting, telling, late]) clearTimeout(timer);
      const blind = how === 'dry' ? plans.length === 0 : !app.value.loop.zones.known;
      if (!settled && blind) return tell(context, telemetry.secrets.redact(nothingRead(telemetry)));
      if (how === 'writing') {
        const why = await app.value.mayWrite(Math.min(deadline - steady(), LONGEST_LEASE_MS));
        if (why !== undefined) return tell(context, `nothing was done: ${why}`);
      }
      return await use({ app: app.value, telemetry, plans });
    } finally {
      stop.abort();
      await app.value.close();
    }
  } finally {
    for (const timer of [waiting, telling, late]) clearTimeout(timer);
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

/** What a look waits for, a line each: the conditions of readiness that are not met. */
function missing(telemetry: Telemetry): readonly string[] {
  return telemetry.health
    .ready()
    .text.split('\n')
    .filter((line) => line.startsWith('[-] '))
    .map((line) => line.slice(4));
}

function tellWait(context: CommandContext, telemetry: Telemetry): void {
  const [first] = missing(telemetry);
  if (first !== undefined) context.stderr.write(`waiting: ${telemetry.secrets.redact(first)}\n`);
}

function nothingRead(telemetry: Telemetry): string {
  const problems = telemetry.board.current().map(({ message }) => message);
  const seconds = LONGEST_LOOK_MS / 1_000;
  return [`nothing could be read within ${seconds} s:`, ...missing(telemetry), ...problems].join('\n  ');
}

/** Nothing is written, and a deletion is shown at once rather than when its delay is over. */
function dry(config: Config): Config {
  return { ...config, policy: { ...config.policy, dryRun: true, deleteDelayMs: 0 } };
}
