import { CloudflareRefusal } from './cloudflare-refusal.ts';

export interface RateLimitOptions {
  /** 1,200 when absent. */
  readonly requests?: number;
  /** Milliseconds; five minutes when absent. */
  readonly windowMs?: number;
}

/**
 * One allowance for all tokens together. Passing it blocks every request for a whole window
 * (https://developers.cloudflare.com/fundamentals/api/reference/limits/).
 */
export class RateLimit {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #now: () => Date;
  #windowEnds = 0;
  #used = 0;
  #blockedUntil = 0;

  constructor(options: RateLimitOptions, now: () => Date) {
    this.#requests = options.requests ?? 1200;
    this.#windowMs = options.windowMs ?? 300_000;
    this.#now = now;
  }

  /** Counts one request and gives the headers of its answer. Throws CloudflareRefusal (429, 971). */
  spend(): Record<string, string> {
    const now = this.#now().getTime();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + this.#windowMs;
      this.#used = 0;
    }
    this.#used += 1;
    if (now < this.#blockedUntil) throw this.#refusal(now);
    if (this.#used > this.#requests) {
      this.#blockedUntil = now + this.#windowMs;
      throw this.#refusal(now);
    }
    return this.#headers(now);
  }

  /** The next request is one too many. */
  exhaust(): void {
    this.#windowEnds = this.#now().getTime() + this.#windowMs;
    this.#used = this.#requests;
  }

  reset(): void {
    this.#windowEnds = 0;
    this.#blockedUntil = 0;
  }

  #headers(now: number): Record<string, string> {
    const left = Math.max(0, this.#requests - this.#used);
    const seconds = Math.ceil((this.#windowEnds - now) / 1000);
    return {
      ratelimit: `"default";r=${String(left)};t=${String(seconds)}`,
      'ratelimit-policy': `"default";q=${String(this.#requests)};w=${String(this.#windowMs / 1000)}`,
    };
  }

  #refusal(now: number): CloudflareRefusal {
    return new CloudflareRefusal(429, 971, 'Please wait and consider throttling your request speed', [], {
      ...this.#headers(now),
      'retry-after': String(Math.ceil((this.#blockedUntil - now) / 1000)),
    });
  }
}
