import { App } from '../app/app.ts';
import { controllerPages } from '../app/controller-pages.ts';
import { troubleOf } from '../app/convergence.ts';
import { startMonitoring } from '../app/monitoring.ts';
import { Telemetry } from '../app/telemetry.ts';
import { everything } from '../config/config.ts';
import { servePages } from '../telemetry/server.ts';
import { ControlServer } from './control-server.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';
import { settingsOrTell } from './settings.ts';
import { programVersion } from './version.ts';

/** `routeflare run`: the controller, until SIGTERM or SIGINT. */
export async function run(context: CommandContext): Promise<number> {
  const settings = settingsOrTell(context, everything);
  if (settings === undefined) return 1;
  const { config, effective, warnings } = settings;
  const telemetry = await Telemetry.create(config.log);
  const { log, happenings, secrets } = telemetry;
  secrets.add(config.cloudflare.token.token.reveal());
  happenings.started(programVersion(), effective);
  for (const warning of warnings) happenings.settingDoubtful(warning.setting, warning.message);

  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) return;
    happenings.stopping(signal);
    stop.abort();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    let running: App | undefined;
    telemetry.metrics.convergedWhen(() => troubleOf(telemetry, running) === undefined);
    const pages = controllerPages(telemetry, config.http.page, () => running);
    const server = await servePages(config.http.address, pages, (cause) =>
      log.error({ err: cause }, 'page failed'),
    );
    if (!server.ok) return tell(context, server.error);
    log.info({ port: server.value.port }, 'serving /healthz, /readyz and /metrics');
    const endMonitoring = await startMonitoring(config, telemetry, () => running, stop.signal);
    const app = await App.start({ config, env: context.env, telemetry }, stop.signal);
    if (!app.ok) {
      endMonitoring();
      await server.value.close();
      if (stop.signal.aborted) return 0;
      log.error({ why: app.error }, 'cannot run');
      return tell(context, secrets.redact(app.error));
    }
    running = app.value;
    const control = config.policy.dryRun
      ? undefined
      : await ControlServer.open(config.ledger.path, app.value, { log, board: telemetry.board });
    await aborted(stop.signal);
    endMonitoring();
    await control?.close();
    // From here on the ledger may be closed under a reader.
    running = undefined;
    await app.value.close();
    await server.value.close();
    log.info('stopped');
    return 0;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
