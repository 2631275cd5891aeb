import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** File systems that tell of nothing (network volumes) are asked this often; it costs two stat calls. */
const ASK_EVERY_MS = 5_000;

/** Tells when the ledger's file, or its log of writes, has changed. */
export class LedgerChanges implements Disposable {
  readonly #path: string;
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #wake: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#seen = stampOf(path);
    const file = basename(path);
    this.#watcher = watchOf(dirname(path), (name) => {
      if (name === null || name.startsWith(file)) this.#look();
    });
    this.#timer = setInterval(() => this.#look(), ASK_EVERY_MS);
  }

  /**
   * Waits until something changed since the last time, but not less than `leastMs` and not longer than `mostMs`.
   * Ends at once when `signal` does.
   */
  async next(leastMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
    await this.#sleep(leastMs, signal);
    if (stampOf(this.#path) === this.#seen) await this.#sleep(mostMs - leastMs, signal, true);
    this.#seen = stampOf(this.#path);
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  #look(): void {
    if (stampOf(this.#path) !== this.#seen) this.#wake?.();
  }

  #sleep(ms: number, signal: AbortSignal, wakes = false): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      if (wakes) this.#wake = end;
    });
  }
}

/** Where the system has no watches left, the timer alone has to do. */
function watchOf(directory: string, changed: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(directory, (_, name) => changed(name)).on('error', () => {});
  } catch {
    return undefined;
  }
}

function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((each) => {
      const found = statSync(each, { throwIfNoEntry: false });
      return found === undefined ? '-' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    })
    .join(', ');
}
