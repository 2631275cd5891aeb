import { listPath, readableVersions, type Resource } from './kinds.ts';

/** The path under which a kind is listed, in the newest of its versions that the server was not seen to refuse. */
export class ServedPath {
  readonly #paths: readonly string[];
  #at = 0;

  constructor(resource: Resource, namespace: string | undefined) {
    this.#paths = readableVersions(resource).map((version) => listPath({ ...resource, version }, namespace));
  }

  get current(): string {
    return this.#paths[this.#at] ?? '';
  }

  /** Goes on to the next older version; answers false where there is none, and begins with the newest again. */
  tryOlder(): boolean {
    this.#at = (this.#at + 1) % this.#paths.length;
    return this.#at > 0;
  }
}
