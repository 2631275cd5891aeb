/** Cloudflare blocks for five minutes; whoever says more is not believed, and asked again after these. */
export const LONGEST_PAUSE_MS = 300_000;

/**
 * Reads a `retry-after` header, in milliseconds: whole seconds or a date (RFC 9110 §10.2.3). `undefined` when
 * absent or unreadable; never negative, never more than five minutes.
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const ms = /^[0-9]+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}
