import { LONGEST_PAUSE_MS, parseRetryAfter } from '../../src/cloudflare/retry-after.ts';
import type { RateQuota } from './rate.ts';

/** Calls that had their turn already when another's answer came. */
const ON_THEIR_WAY = 5;

/** Watches that one process keeps the pauses and the quota that it was told of. */
export class RateGuard {
  readonly #fail: (why: string) => void;
  #pausedUntil = 0;
  /** What the process knows, and the calls that have left since it knows it. */
  #told: { readonly quota: RateQuota; readonly sent: number[] } | undefined;

  constructor(fail: (why: string) => void) {
    this.#fail = fail;
  }

  /** A call leaves. */
  sent(now: number): void {
    if (now < this.#pausedUntil) {
      this.#fail(
        `a call leaves ${this.#pausedUntil - now} ms before the end of the pause that a 429 asked for`,
      );
    }
    if (this.#told === undefined) return;
    const { quota, sent } = this.#told;
    sent.push(now);
    while ((sent[0] ?? now) <= now - quota.windowMs) sent.shift();
    if (sent.length > quota.calls + ON_THEIR_WAY) {
      this.#fail(`${sent.length} calls within ${quota.windowMs / 1000} s, where ${quota.calls} are allowed`);
    }
  }

  /** An answer arrives. */
  heard(status: number, headers: Headers, tells: RateQuota | undefined, wall: number, now: number): void {
    if (tells !== undefined && tells !== this.#told?.quota) this.#told = { quota: tells, sent: [] };
    if (status !== 429) return;
    const asked = parseRetryAfter(headers.get('retry-after'), wall) ?? 0;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(asked, LONGEST_PAUSE_MS));
  }
}
