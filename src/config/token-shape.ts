import { err, ok, type Result } from '../domain/result.ts';
import { Secret } from './secret.ts';

/** In characters. Anything shorter is no token, and too common a text to be hidden where it occurs. */
export const SHORTEST_TOKEN = 8;
const PLACEHOLDER =
  /[<>{}$]|^\*+$|^(.)\1+$|^(?:your|my|the)[-_]|^(?:change|replace)[-_]?(?:me|this)|^(?:insert|put|enter|example|placeholder|redacted|dummy|todo|undefined)(?:[-_]|$)/i;

/**
 * Takes the blanks around a token away and refuses what cannot be one, before Cloudflare answers with a malformed
 * header (6003, 6111). Nothing of the text is in an error.
 */
export function parseToken(raw: string): Result<Secret, string> {
  const text = raw.trim();
  if (text === '') return err('the token is empty');
  if (/["'`]/.test(text)) return err('the token holds quotation marks: write it without them');
  if (/^bearer(?:\s|$)/i.test(text)) return err('the token begins with "Bearer": leave that word out');
  if (/^[A-Z_]+=/.test(text)) return err('the token begins with NAME=: only what follows belongs here');
  if (/[\r\n]/.test(text)) return err('the token has more than one line: only the token belongs here');
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) {
    return err('the token holds a blank, a backslash or a character beyond ASCII, which no token has');
  }
  if (PLACEHOLDER.test(text)) return err('this is a placeholder: write the token that Cloudflare showed');
  if (/^[0-9a-f]{37}$/.test(text)) {
    return err('this looks like the Global API Key: create an API token with Zone:Read and DNS:Edit instead');
  }
  if (text.length < SHORTEST_TOKEN) return err(`the token is shorter than ${SHORTEST_TOKEN} characters`);
  return ok(new Secret(text));
}
