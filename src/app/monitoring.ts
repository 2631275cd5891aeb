import { SYSTEM_CLOCK } from './system-clock.ts';
import type { Config } from '../config/config.ts';
import { SecretUrl } from '../config/secret-url.ts';
import { diskFiles } from '../config/text-file.ts';
import { approvables } from '../controller/approvables.ts';
import { shownText } from '../domain/shown-text.ts';
import type { App } from './app.ts';
import { troubleOf } from './convergence.ts';
import type { Telemetry } from './telemetry.ts';

const LOOK_MS = 2_000;
/** A part of an address that is as long as this is no word of every day, but may be the secret itself. */
const SHORTEST_SECRET_PART = 16;

/**
 * Begins to send heartbeats and notices to where the settings say; what they need is loaded only then. With DRY_RUN
 * nothing is sent: the monitor is the real controller's.
 * @returns ends it
 */
export async function startMonitoring(
  { monitoring, policy }: Config,
  telemetry: Telemetry,
  running: () => App | undefined,
  stop: AbortSignal,
): Promise<() => void> {
  const { heartbeat, notice } = monitoring;
  if ((heartbeat === undefined && notice === undefined) || policy.dryRun) return () => {};
  const { log, secrets } = telemetry;
  const hide = (url: { reveal(): string }): void => {
    for (const part of partsOf(new URL(url.reveal()))) secrets.add(part);
  };
  const onSending =
    (what: string) =>
    (failure: string | undefined): void => {
      if (failure === undefined) log.info({ what }, 'monitor reached again');
      else log.warn({ what, why: failure }, 'monitor not reached');
    };
  const { sendSignal } = await import('../telemetry/signal-request.ts');
  const looks: (() => Promise<void>)[] = [];
  if (heartbeat !== undefined) {
    const { Heartbeat, heartbeatRequest } = await import('../telemetry/heartbeat.ts');
    const url = new SecretUrl(heartbeat.url, diskFiles, hide);
    const beats = new Heartbeat({
      intervalMs: heartbeat.intervalMs,
      trouble: () => troubleOf(telemetry, running()),
      send: (trouble) => {
        const shown = trouble === undefined ? undefined : shownText(secrets.redact(trouble));
        return sendSignal(heartbeatRequest(url.current(), heartbeat.format, shown), stop);
      },
      onSending: onSending('heartbeat'),
      now: SYSTEM_CLOCK.steady,
    });
    looks.push(() => beats.look());
  }
  if (notice !== undefined) {
    const { Notice, noticeRequest } = await import('../telemetry/notice.ts');
    const url = new SecretUrl(notice.url, diskFiles, hide);
    const notices = new Notice({
      waiting: () => {
        const app = telemetry.health.ready().ok ? running() : undefined;
        return app === undefined ? undefined : approvables(app.world.ledger.claims(), app.loop.orphans());
      },
      send: (text) => sendSignal(noticeRequest(url.current(), notice.format, secrets.redact(text)), stop),
      onSending: onSending('notice'),
      now: SYSTEM_CLOCK.steady,
    });
    looks.push(() => notices.look());
  }
  const timer = setInterval(() => {
    for (const look of looks)
      look().catch((cause: unknown) => log.error({ err: cause }, 'fault of the program'));
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** What of an address could give it away. */
function partsOf(url: URL): readonly string[] {
  const parts = [...url.pathname.split('/'), ...url.searchParams.values(), url.password];
  return [
    url.href,
    ...(url.pathname === '/' ? [] : [url.pathname]),
    ...(url.search === '' ? [] : [url.search]),
    ...parts.filter((part) => part.length >= SHORTEST_SECRET_PART),
  ];
}
