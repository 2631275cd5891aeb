import type { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { pause, type Timings } from './timings.ts';

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

/** Why the server did not answer for a kind; nothing where it serves it. */
export async function refusalOf(
  connection: Connection,
  path: string,
  timings: Timings,
  signal: AbortSignal,
): Promise<ApiError | undefined> {
  const answer = await connection.json({
    method: 'GET',
    path,
    query: { limit: '1' },
    signal,
    headerTimeoutMs: timings.headerTimeoutMs,
    bodyTimeoutMs: timings.listBodyTimeoutMs,
  });
  return answer.ok ? undefined : answer.error;
}
