/** Changes that come together are looked at together; but not later than this after the first of them. */
const DEBOUNCE_MS = 20;
const LONGEST_DEBOUNCE_MS = 250;

/** Gathers changes: one look after the last of them, or after a quarter of a second where they keep coming. */
export class Debounce {
  readonly #look: () => void;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #first: number | undefined;

  /** @param now milliseconds, by a clock that nobody sets */
  constructor(look: () => void, now: () => number) {
    this.#look = look;
    this.#now = now;
  }

  /** Whether something has changed that was not looked at. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  changed(): void {
    const now = this.#now();
    this.#first ??= now;
    const left = Math.max(0, this.#first + LONGEST_DEBOUNCE_MS - now);
    // A timer that is due is not begun anew: changes that come faster than timers run would put it off without end.
    if (left === 0 && this.pending) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), Math.min(DEBOUNCE_MS, left));
  }

  /** Forgets what was not looked at. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    this.#first = undefined;
    this.#look();
  }
}
