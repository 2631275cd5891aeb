import { parseAddress } from '../domain/address.ts';
import { err, ok, type Result } from '../domain/result.ts';

/**
 * Parses an address that is asked over HTTP: `https`, or `http` on loopback; no user name, password or fragment.
 * Errors never show what stands before an `@` or in a query, either of which may hold a secret.
 */
export function parseWebAddress(raw: string): Result<URL, string> {
  const shown = raw
    .trim()
    .replace(/\/\/[^/?#]*@/, '//…@')
    .replace(/\?.*$/s, '?…');
  const wrong = (why: string): Result<never, string> =>
    err(`"${shown}" cannot be used: ${why}; allowed are https URLs, or http on loopback`);
  const url = URL.canParse(raw.trim()) ? new URL(raw.trim()) : undefined;
  if (url === undefined) return wrong('it is not a URL');
  if (url.username !== '' || url.password !== '') return wrong('it holds a user name or password');
  if (url.hash !== '') return wrong('it holds a fragment (#)');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return ok(url);
  return wrong(
    url.protocol === 'http:'
      ? 'it is plain http to another host'
      : `its scheme is ${url.protocol.slice(0, -1)}`,
  );
}

/** The URL for a log: a query is left out. */
export function shownWebAddress(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

function isLoopback(url: URL): boolean {
  if (url.hostname === 'localhost') return true;
  const address = parseAddress(url.hostname.replace(/^\[|\]$/g, ''));
  return address.ok && address.value.class === 'loopback';
}
