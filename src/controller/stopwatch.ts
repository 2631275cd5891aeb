import { instantOf, type Clock } from '../domain/clock.ts';

interface Running {
  /** When it began, as it is written down: ISO 8601. */
  readonly since: string;
  /** Milliseconds that had passed when it was first asked for, and the steady clock's at that moment. */
  readonly before: number;
  readonly from: number;
}

/**
 * How long ago something was that is written down with a date. What passed before this run can only be told by the wall
 * clock; from the first question on the steady one counts, so that a clock that is set cuts no wait short, nor draws it out.
 */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It began in this run: when, the steady clock says. Nothing where its time runs already. */
  began(key: string, since: string, from: number): void {
    if (!this.#running.has(key)) this.#running.set(key, { since, before: 0, from });
  }

  /** Milliseconds since then, at least 0. */
  elapsedMs(key: string, since: string): number {
    const at = instantOf(this.#clock);
    let running = this.#running.get(key);
    if (running?.since !== since) {
      running = { since, before: Math.max(0, at.wall - Date.parse(since)), from: at.steady };
      this.#running.set(key, running);
    }
    return running.before + at.steady - running.from;
  }

  /** Forgets all but these. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#running.keys()) if (!keys.has(key)) this.#running.delete(key);
  }
}
