/** What must be true before the controller is ready. */
export const CONDITIONS = [
  'caches synced',
  'ledger open',
  'token accepted',
  'only writer',
  'every zone tried once',
] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface HealthReport {
  readonly ok: boolean;
  /** Lines for a person; the first is the verdict. */
  readonly text: string;
}

/**
 * Liveness is the heartbeat of the loop alone: an outage elsewhere must not restart the pod. Readiness is a list of
 * conditions that the parts set and withdraw.
 */
export class Health {
  readonly #states = new Map<Condition, { readonly met: boolean; readonly why: string }>();
  readonly #longestSilenceMs: number;
  readonly #now: () => number;
  #lastBeat: number;

  /** `now` is any clock that does not run backwards, in milliseconds; the start counts as a beat. */
  constructor(longestSilenceMs: number, now: () => number = () => performance.now()) {
    this.#longestSilenceMs = longestSilenceMs;
    this.#now = now;
    this.#lastBeat = now();
  }

  /** The loop went round. */
  beat(): void {
    this.#lastBeat = this.#now();
  }

  /** `note` is what a person should know all the same. */
  met(condition: Condition, note = ''): void {
    this.#states.set(condition, { met: true, why: note });
  }

  /** `why` is shown by `/readyz`. */
  unmet(condition: Condition, why: string): void {
    this.#states.set(condition, { met: false, why });
  }

  live(): HealthReport {
    const silentMs = this.#now() - this.#lastBeat;
    if (silentMs <= this.#longestSilenceMs) return { ok: true, text: 'ok\n' };
    return { ok: false, text: `the loop made no progress for ${Math.round(silentMs / 1000)} s\n` };
  }

  ready(): HealthReport {
    const lines = CONDITIONS.map((condition) => {
      const state = this.#states.get(condition) ?? { met: false, why: 'not yet' };
      const why = state.why === '' ? '' : `: ${state.why}`;
      return `${state.met ? '[+]' : '[-]'} ${condition}${why}`;
    });
    const ok = CONDITIONS.every((condition) => this.#states.get(condition)?.met === true);
    return { ok, text: `${ok ? 'ready' : 'not ready'}\n${lines.join('\n')}\n` };
  }
}
