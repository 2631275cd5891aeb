import { err, ok, type Result } from '../domain/result.ts';

/** Tokens of before a rotation can still turn up in late answers. */
const REMEMBERED = 4;

/** The API token as its source gives it now; knows the last few, so that no text can carry one outside. */
export class Token {
  readonly #source: () => Promise<string> | string;
  #seen: readonly string[] = [];

  constructor(source: () => Promise<string> | string) {
    this.#source = source;
  }

  /** Asks the source. The error is a sentence without the token. */
  async read(): Promise<Result<string, string>> {
    let token: string;
    try {
      token = (await this.#source()).trim();
    } catch (error) {
      return err(`the API token could not be read (${errorCode(error)})`);
    }
    if (token === '') return err('the API token is empty');
    if (this.#seen[0] !== token) {
      this.#seen = [token, ...this.#seen.filter((other) => other !== token)].slice(0, REMEMBERED);
    }
    if (/[^\x21-\x7e]/.test(token))
      return err('the API token has a space, a line break or a non-ASCII character');
    return ok(token);
  }

  /** The text with every token that was seen lately taken out. */
  scrub(text: string): string {
    return this.#seen.reduce((rest, token) => rest.replaceAll(token, '[token]'), text);
  }
}

/** The short code of a system error, which holds neither paths nor values. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'no reason given';
}
