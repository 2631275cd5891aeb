import { err, ok, type Result } from './result.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DEFAULT_MS = 600_000;
/** A week: longer than any outage that somebody waits for, and well within a timer's reach. */
const LONGEST_MS = 7 * 24 * 3_600_000;

const ALLOWED = 'true (10 minutes), or a duration from 1s to 168h such as 90s, 5m or 1h30m';

/** How long a source with `require-ready` may have no ready backend, in milliseconds; `true` is ten minutes. */
export function parseReadyGrace(raw: string): Result<number, string> {
  const text = raw.trim().toLowerCase();
  if (text === 'true') return ok(DEFAULT_MS);
  if (!/^(?:[0-9]{1,9}(?:ms|s|m|h))+$/.test(text)) return err(ALLOWED);
  let total = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)(ms|s|m|h)/g)) {
    total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return total >= 1000 && total <= LONGEST_MS ? ok(total) : err(ALLOWED);
}
