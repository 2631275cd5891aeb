import type { Result } from '../domain/result.ts';
import { ok } from '../domain/result.ts';
import type { Secret } from './secret.ts';
import type { TextFiles } from './text-file.ts';
import { parseToken } from './token-shape.ts';

/** Where the token came from at start, checked. */
export type TokenOrigin =
  | { readonly kind: 'value'; readonly token: Secret }
  | { readonly kind: 'file'; readonly path: string; readonly token: Secret };

/**
 * The token in force. A file is read again when it changed, and after a refusal; while it is unreadable or holds no
 * token, the last good one stays and `problem` says so. Every token is shown to `onToken` before it is handed out,
 * so that a log can hide it first.
 */
export class TokenSource {
  readonly #origin: TokenOrigin;
  readonly #files: TextFiles;
  readonly #onToken: (token: Secret) => void;
  #token: Secret;
  #stamp: string | undefined;
  #problem: string | undefined;

  constructor(origin: TokenOrigin, files: TextFiles, onToken: (token: Secret) => void) {
    this.#origin = origin;
    this.#files = files;
    this.#onToken = onToken;
    this.#token = origin.token;
    onToken(origin.token);
  }

  /** Why the file could not be used when it was last read; holds nothing of it. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The token to send now. */
  current(): string {
    if (this.#origin.kind === 'file' && this.#files.stamp(this.#origin.path) !== this.#stamp) this.refresh();
    return this.#token.reveal();
  }

  /** Reads the file anew, whatever its stamp. @returns whether the token is another one than before */
  refresh(): boolean {
    if (this.#origin.kind !== 'file') return false;
    const { path } = this.#origin;
    // The stamp is taken first: a change between the two reads is then seen by the next call.
    this.#stamp = this.#files.stamp(path);
    const read = readToken(path, this.#files);
    this.#problem = read.ok ? undefined : `CLOUDFLARE_API_TOKEN_FILE: ${read.error}`;
    if (!read.ok || read.value.equals(this.#token)) return false;
    this.#token = read.value;
    this.#onToken(read.value);
    return true;
  }
}

/** Reads and checks the token in a file. */
export function readToken(path: string, files: TextFiles): Result<Secret, string> {
  const text = files.read(path);
  if (!text.ok) return text;
  const token = parseToken(text.value);
  return token.ok ? ok(token.value) : token;
}
