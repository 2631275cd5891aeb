import { refusal, type Reply } from './api-json.ts';

export interface RateQuota {
  readonly calls: number;
  readonly windowMs: number;
}

/** https://developers.cloudflare.com/fundamentals/api/reference/limits/ */
export const USUAL_QUOTA: RateQuota = { calls: 1_200, windowMs: 300_000 };

/** What Cloudflare allows an account in a time, and what it says of that in its headers, where it does. */
export class SimRate {
  quota: RateQuota = USUAL_QUOTA;
  tells = false;
  #windowEnds = 0;
  #used = 0;

  /** The quota is another one from now on, and said to be so. */
  become(quota: RateQuota): void {
    this.quota = quota;
    this.tells = true;
    this.#windowEnds = 0;
  }

  /** Counts one call; answers the refusal where it is one too many. */
  spend(now: number): Reply | undefined {
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + this.quota.windowMs;
      this.#used = 0;
    }
    this.#used += 1;
    if (this.#used <= this.quota.calls) return undefined;
    const seconds = Math.ceil((this.#windowEnds - now) / 1000);
    return { ...refusal(429, [971]), headers: { 'retry-after': String(seconds) } };
  }

  headers(now: number): Readonly<Record<string, string>> {
    if (!this.tells) return {};
    const { calls, windowMs } = this.quota;
    const left = Math.max(0, calls - this.#used);
    const seconds = Math.max(0, Math.ceil((this.#windowEnds - now) / 1000));
    return {
      ratelimit: `"default";r=${left};t=${seconds}`,
      'ratelimit-policy': `"default";q=${calls};w=${windowMs / 1000}`,
    };
  }
}
