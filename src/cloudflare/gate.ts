import { fullBudget, heard, paused, remaining, spent, waitFor, type Budget, type Use } from './budget.ts';

export interface GateClock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onBudget?: (remaining: number | undefined) => void;
}

/** `late`: the wait would not end before the call's deadline. */
export type Admission =
  | { readonly kind: 'go' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'late'; readonly waitMs: number };

/** Where all calls of one client pass, so that they share one budget and one pause. */
export class Gate {
  readonly #clock: GateClock;
  #budget: Budget;

  constructor(clock: GateClock) {
    this.#clock = clock;
    this.#budget = fullBudget(clock.now());
  }

  /** Waits for its turn at most until `deadline`, and takes one call out of the budget. */
  async admit(use: Use, deadline: number): Promise<Admission> {
    const { now, sleep, signal } = this.#clock;
    for (;;) {
      if (signal.aborted) return { kind: 'stopped' };
      const waitMs = waitFor(this.#budget, use, now());
      if (waitMs === 0) break;
      if (now() + waitMs >= deadline) return { kind: 'late', waitMs };
      try {
        await sleep(waitMs, signal);
      } catch {
        return { kind: 'stopped' };
      }
    }
    this.#budget = spent(this.#budget, now());
    return { kind: 'go' };
  }

  /** Why a call that was let through must not leave after all: a 429 was heard while its connection was set up. */
  heldBack(): string | undefined {
    const isPaused = this.#budget.pausedUntil > this.#clock.now();
    return isPaused ? 'Cloudflare has asked for a pause meanwhile' : undefined;
  }

  /** Takes note of the rate-limit headers of any answer. */
  heard(headers: Headers): void {
    const now = this.#clock.now();
    const [ratelimit, policy] = [headers.get('ratelimit'), headers.get('ratelimit-policy')];
    this.#budget = heard(this.#budget, { ratelimit, policy }, now);
    this.#clock.onBudget?.(remaining(this.#budget, now));
  }

  /** Holds every call back, after a 429. */
  pause(forMs: number): void {
    this.#budget = paused(this.#budget, forMs, this.#clock.now());
  }
}
