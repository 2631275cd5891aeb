import { unreachable } from '../domain/result.ts';
import type { NextStep } from './next-step.ts';

export interface QueueOptions {
  /** Works on one key; what it answers decides when the key comes again. Must not throw. */
  readonly work: (key: string) => Promise<NextStep>;
  readonly concurrency: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  readonly random: () => number;
}

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;
/** What a timer can hold; it would fire at once for more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Passes that each change something are let run on at once this often; then ever more slowly. */
const FREE_FOLLOW_UPS = 4;

interface Entry {
  due: number | undefined;
  working: boolean;
  /** When the work under way began. */
  since: number | undefined;
  failures: number;
  /** Follow-ups in a row that changed something; work that somebody asked for does not count. */
  restless: number;
  asked: boolean;
  /** Told when its work ends. */
  readonly waiting: (() => void)[];
}

/**
 * Keys, never events: a key waits once however often it is added, is never worked on twice at a time, and one
 * added while it is worked on comes again. Each key has a backoff of its own, so a broken zone stops no other.
 */
export class KeyedQueue {
  readonly #options: QueueOptions;
  readonly #entries = new Map<string, Entry>();
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Asks for a key in `ms` milliseconds, or sooner where that is already due. A failing key keeps its backoff. */
  add(key: string, ms = 0): void {
    this.#add(key, ms, true);
  }

  /** Asks for a key now because work on another changed something: two keys may not drive each other without end. */
  follow(key: string): void {
    this.#add(key, 0, false);
  }

  #add(key: string, ms: number, asked: boolean): void {
    if (this.#closed) return;
    const entry = this.#entryOf(key);
    entry.asked ||= asked;
    if (entry.failures > 0 && entry.due !== undefined) return;
    const due = this.#options.now() + ms;
    entry.due = entry.due === undefined ? due : Math.min(entry.due, due);
    this.#arm();
  }

  /** Forgets a key that has no more meaning. */
  remove(key: string): void {
    this.#entries.delete(key);
  }

  /** Drops a key's backoff: what it failed on may be mended. */
  retryNow(key: string): void {
    const entry = this.#entryOf(key);
    entry.failures = 0;
    entry.due = undefined;
    this.add(key);
  }

  /**
   * Runs something else on a key while its own work does not, and waits for that where it does.
   * @throws when the queue is closed
   */
  async exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#entryOf(key);
    while (entry.working) await new Promise<void>((resolve) => entry.waiting.push(resolve));
    if (this.#closed) throw new Error('the controller stops');
    entry.working = true;
    entry.since = this.#options.now();
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#ended(entry);
    }
  }

  /** Takes no more work and waits for what is being done. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#working > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Whether some work has been going on for longer than that. */
  stuck(ms: number): boolean {
    const before = this.#options.now() - ms;
    return [...this.#entries.values()].some(({ since }) => since !== undefined && since < before);
  }

  /** Whether nothing is being worked on or due now. */
  get atRest(): boolean {
    const now = this.#options.now();
    return (
      this.#working === 0 && [...this.#entries.values()].every(({ due }) => due === undefined || due > now)
    );
  }

  #entryOf(key: string): Entry {
    const entry = this.#entries.get(key) ?? {
      due: undefined,
      working: false,
      since: undefined,
      failures: 0,
      restless: 0,
      asked: false,
      waiting: [],
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#working >= this.#options.concurrency) return;
    const waiting = [...this.#entries.values()].filter((entry) => !entry.working && entry.due !== undefined);
    if (waiting.length === 0) return;
    const next = Math.min(...waiting.map((entry) => entry.due ?? 0));
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, next - this.#options.now()));
    this.#timer = setTimeout(() => this.#start(), wait);
  }

  #start(): void {
    const now = this.#options.now();
    for (const [key, entry] of this.#entries) {
      if (this.#closed || this.#working >= this.#options.concurrency) break;
      if (entry.working || entry.due === undefined || entry.due > now) continue;
      entry.due = undefined;
      entry.working = true;
      entry.since = now;
      this.#working += 1;
      void this.#run(key, entry);
    }
    this.#arm();
  }

  async #run(key: string, entry: Entry): Promise<void> {
    const { asked } = entry;
    entry.asked = false;
    const step = await this.#options.work(key);
    this.#schedule(entry, step, asked);
    this.#ended(entry);
  }

  #ended(entry: Entry): void {
    entry.working = false;
    entry.since = undefined;
    this.#working -= 1;
    if (this.#closed && this.#working === 0) for (const done of this.#idle) done();
    for (const next of entry.waiting.splice(0)) next();
    this.#arm();
  }

  #schedule(entry: Entry, step: NextStep, asked: boolean): void {
    const now = this.#options.now();
    switch (step.kind) {
      case 'done':
        entry.failures = 0;
        entry.restless = 0;
        return;
      case 'after': {
        entry.failures = 0;
        if (step.ms > 0) entry.restless = 0;
        else entry.restless = asked ? Math.max(1, entry.restless) : entry.restless + 1;
        const slowed =
          entry.restless <= FREE_FOLLOW_UPS ? step.ms : Math.min(60_000, 50 * 2 ** entry.restless);
        entry.due = Math.min(entry.due ?? Number.POSITIVE_INFINITY, now + slowed);
        return;
      }
      case 'retry': {
        const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** entry.failures);
        entry.failures += 1;
        const backoff = ceiling / 2 + (this.#options.random() * ceiling) / 2;
        entry.due = now + Math.max(backoff, step.notBeforeMs);
        return;
      }
      default:
        unreachable(step);
    }
  }
}
