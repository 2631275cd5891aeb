import { err, type Result } from '../domain/result.ts';
import { Secret } from './secret.ts';
import type { SettingReader } from './setting-reader.ts';
import type { TextFiles } from './text-file.ts';
import { parseToken } from './token-shape.ts';
import { readToken, type TokenOrigin } from './token-source.ts';

const TOKEN = 'CLOUDFLARE_API_TOKEN';
const TOKEN_FILE = 'CLOUDFLARE_API_TOKEN_FILE';

/** Reads the token from one of its two places. Neither value is ever in a message. */
export function readTokenSettings(read: SettingReader, files: TextFiles): TokenOrigin {
  const raw = read.raw(TOKEN);
  const path = read.raw(TOKEN_FILE)?.trim();
  if (raw !== undefined && path !== undefined) {
    read.refuse(TOKEN, `is set beside ${TOKEN_FILE}: set exactly one of the two`);
  }
  if (path !== undefined) return fromFile(read, path, files);
  if (raw === undefined) {
    read.refuse(TOKEN, `is not set: set it, or ${TOKEN_FILE} to the path of a file that holds the token`);
    return NONE;
  }
  read.effective[TOKEN] = '(set)';
  const token = parseToken(raw);
  if (!token.ok) read.refuse(TOKEN, token.error);
  return token.ok ? { kind: 'value', token: token.value } : NONE;
}

function fromFile(read: SettingReader, path: string, files: TextFiles): TokenOrigin {
  const token = looksLikeToken(path)
    ? refusedPath(`its value looks like a token itself, which belongs in ${TOKEN}`)
    : readToken(path, files);
  if (token.ok) {
    read.keepSecret(token.value.reveal());
    read.effective[TOKEN_FILE] = path;
    return { kind: 'file', path, token: token.value };
  }
  read.refuse(TOKEN_FILE, looksLikeToken(path) ? token.error : `"${path}": ${token.error}`);
  return NONE;
}

/** A path of that length without a slash or dot is far less likely than a token put in the wrong place. */
function looksLikeToken(path: string): boolean {
  return /^[\w-]{30,}$/.test(path);
}

function refusedPath(why: string): Result<Secret, string> {
  return err(why);
}

/** Stands in after a refusal, which keeps the whole configuration from getting out. */
const NONE: TokenOrigin = { kind: 'value', token: new Secret('') };
