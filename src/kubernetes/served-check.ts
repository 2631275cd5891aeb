import { pause } from './timings.ts';

/**
 * Asks a question again a few times after it was raised, and stops asking when disposed of. It tells a deleted
 * object from a deleted kind: when a CRD goes, the server first deletes every object of it, event by event, keeps
 * the watch open for minutes, and answers 404 only to those who ask anew.
 */
export class ServedCheck implements Disposable {
  readonly #delaysMs: readonly number[];
  readonly #ask: () => Promise<void>;
  #round: AbortController | undefined;

  constructor(delaysMs: readonly number[], ask: () => Promise<void>) {
    this.#delaysMs = delaysMs;
    this.#ask = ask;
  }

  /** Begins the delays anew. */
  raise(): void {
    this.#round?.abort();
    this.#round = new AbortController();
    void this.#run(this.#round.signal);
  }

  [Symbol.dispose](): void {
    this.#round?.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (const delayMs of this.#delaysMs) {
      await pause(delayMs, signal);
      if (signal.aborted) return;
      await this.#ask();
    }
  }
}
