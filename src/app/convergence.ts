import { STUCK_MS, type App } from './app.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Why not all is done that can be: what was not read yet, or failed and is tried again. `undefined` when it is. Waiting
 * for a person, and what is wrong in the cluster or at a name, are no failure of the controller.
 */
export function troubleOf({ health }: Telemetry, app: App | undefined): string | undefined {
  const { ok, text } = health.ready();
  if (!ok) return missing(text);
  if (app === undefined) return 'the controller is starting';
  if (app.loop.stuck(STUCK_MS)) return `a pass takes longer than ${STUCK_MS / 60_000} minutes`;
  return app.loop.trouble();
}

function missing(report: string): string {
  const lines = report.split('\n').filter((line) => line.startsWith('[-] '));
  return lines.map((line) => line.slice(4)).join('; ');
}
