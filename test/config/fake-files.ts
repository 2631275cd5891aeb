import { err, ok } from '../../src/domain/result.ts';
import type { TextFiles } from '../../src/config/text-file.ts';

/** Files in memory; every `put` counts as a change. */
export class FakeFiles implements TextFiles {
  readonly #texts = new Map<string, { readonly text: string; readonly version: number }>();
  #version = 0;
  reads = 0;

  put(path: string, text: string): this {
    this.#version += 1;
    this.#texts.set(path, { text, version: this.#version });
    return this;
  }

  remove(path: string): void {
    this.#texts.delete(path);
  }

  read(path: string) {
    this.reads += 1;
    const file = this.#texts.get(path);
    return file === undefined ? err('there is no such file') : ok(file.text);
  }

  stamp(path: string): string | undefined {
    return this.#texts.get(path)?.version.toString();
  }
}
