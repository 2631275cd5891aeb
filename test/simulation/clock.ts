interface Timer {
  due: number;
  /** Nothing where it was called off. */
  run: (() => void) | undefined;
  /** Begins its time anew. */
  refresh(): Timer;
}

const START = Date.parse('2026-03-01T12:00:00.000Z');

/**
 * Simulated time. Timers run in the order in which they are due, one after another, each with all that follows from
 * it at once; nothing waits. The wall clock can jump, timers do not follow it.
 */
export class SimClock {
  #time = 0;
  #skew = 0;
  readonly #timers: Timer[] = [];

  /** Milliseconds since the history began; never jumps. */
  get elapsed(): number {
    return this.#time;
  }

  /** The wall clock, milliseconds since the epoch. */
  readonly now = (): number => START + this.#time + this.#skew;

  /** As the wall clock would be, had nobody set it. */
  readonly steady = (): number => START + this.#time;

  /** ISO 8601 UTC, by the wall clock. */
  iso(): string {
    return new Date(this.now()).toISOString();
  }

  jump(ms: number): void {
    this.#skew += ms;
  }

  /** @returns what calls it off */
  after(ms: number, run: () => void): Timer {
    const timer: Timer = {
      due: this.#time,
      run,
      refresh: () => {
        const index = this.#timers.indexOf(timer);
        if (index >= 0) this.#timers.splice(index, 1);
        if (timer.run !== undefined) this.#insert(timer, ms);
        return timer;
      },
    };
    this.#insert(timer, ms);
    return timer;
  }

  #insert(timer: Timer, ms: number): void {
    timer.due = this.#time + Math.max(0, Math.ceil(ms));
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.due ?? 0) > timer.due) index -= 1;
    this.#timers.splice(index, 0, timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Runs everything that is due by then, `each` after every step. */
  async runUntil(time: number, each: () => void): Promise<void> {
    await everythingThatFollows();
    for (;;) {
      const [next] = this.#timers;
      if (next === undefined || next.due > time) break;
      this.#timers.shift();
      this.#time = next.due;
      if (next.run === undefined) continue;
      next.run();
      await everythingThatFollows();
      each();
    }
    this.#time = Math.max(this.#time, time);
  }

  /** Puts this clock behind the global timers while `work` runs, as fake timers do. */
  async whileInstalled<T>(work: () => Promise<T>): Promise<T> {
    const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    const replacement = {
      // As Node does it: whole milliseconds, and at least one.
      setTimeout: (run: () => void, ms = 0) => this.after(ms >= 1 ? Math.trunc(ms) : 1, run),
      clearTimeout: (timer: Timer | undefined) => {
        if (timer !== undefined) timer.run = undefined;
      },
    };
    Object.assign(globalThis, replacement);
    try {
      return await work();
    } finally {
      Object.assign(globalThis, real);
    }
  }
}

/** Every promise that is settled has had its turn by then, and what follows from that, and so on. */
function everythingThatFollows(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
