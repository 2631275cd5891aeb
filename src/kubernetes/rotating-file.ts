import { readFile, stat } from 'node:fs/promises';

/** How long a file's content is used before its modification time is looked at again. As client-go does. */
const CHECK_EVERY_MS = 60_000;

/**
 * A file that is replaced while we run: a projected token or a CA bundle. Read again when its modification time
 * changed, looked at every minute and after `expire()`. Where it cannot be read, the last content stays in use.
 */
export class RotatingFile {
  readonly path: string;
  readonly #now: () => number;
  #text: string | undefined;
  #stamp = '';
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, now: () => number) {
    this.path = path;
    this.#now = now;
  }

  /** The content without surrounding white space; `undefined` when it could never be read or is empty. */
  async text(): Promise<string | undefined> {
    if (this.#text !== undefined && this.#now() - this.#checkedAt < CHECK_EVERY_MS) return this.#text;
    this.#checkedAt = this.#now();
    try {
      const { mtimeMs, ino, size } = await stat(this.path);
      const stamp = `${mtimeMs}/${ino}/${size}`;
      if (stamp !== this.#stamp || this.#text === undefined) {
        this.#text = (await readFile(this.path, 'utf8')).trim() || this.#text;
        this.#stamp = stamp;
      }
    } catch {
      return this.#text;
    }
    return this.#text;
  }

  /** Makes the next `text()` read the file whatever its modification time says. */
  expire(): void {
    this.#checkedAt = Number.NEGATIVE_INFINITY;
    this.#stamp = '';
  }
}
