import type { SimClock } from './clock.ts';
import type { SimService, SimSlice } from './cluster.ts';

interface Span {
  readonly since: number;
  readonly isReady: boolean;
}

/** Since when each Service really has had a ready endpoint, or none. */
export class EndpointLog {
  readonly #clock: SimClock;
  readonly #spans = new Map<string, Span[]>();

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  /** Takes down what changed. */
  note(truth: {
    readonly services: ReadonlyMap<string, SimService>;
    readonly slices: ReadonlyMap<string, SimSlice>;
  }): void {
    const ready = new Set(
      [...truth.slices.values()].flatMap(({ namespace, service, isReady }) =>
        isReady ? [`${namespace}/${service}`] : [],
      ),
    );
    for (const key of new Set([...this.#spans.keys(), ...truth.services.keys()])) {
      const isReady = truth.services.has(key) && ready.has(key);
      const spans = this.#spans.get(key) ?? [];
      this.#spans.set(key, spans);
      if (spans.at(-1)?.isReady !== isReady) spans.push({ since: this.#clock.elapsed, isReady });
    }
  }

  /** Whether it was so at any moment of that time up to now; one that never was there never was ready. */
  was(isReady: boolean, key: string, withinMs: number): boolean {
    const spans = this.#spans.get(key) ?? [];
    const from = this.#clock.elapsed - withinMs;
    const [first] = spans;
    if (!isReady && (first === undefined || first.since > from)) return true;
    return spans.some((span, index) => {
      const until = spans[index + 1]?.since ?? Number.POSITIVE_INFINITY;
      return span.isReady === isReady && until >= from;
    });
  }
}
