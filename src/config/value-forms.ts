import { isWildcard, parseHostname, type Hostname } from '../domain/hostname.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { SOURCE_KINDS, type SourceKind } from '../domain/source.ts';
import { wholeNumber } from './setting.ts';
import { parseWebAddress } from './web-address.ts';

/** An entry of ZONES: a name, or the id where names collide. */
export type ZoneSelector =
  | { readonly kind: 'name'; readonly name: Hostname }
  | { readonly kind: 'id'; readonly id: string };

/** Cloudflare's ids are 32 hexadecimal digits; such a thing is never read as a name. */
export function parseZoneSelector(raw: string): Result<ZoneSelector, string> {
  if (/^[0-9a-f]{32}$/i.test(raw)) return ok({ kind: 'id', id: raw.toLowerCase() });
  const name = parseHostname(raw);
  if (!name.ok) return name;
  if (isWildcard(name.value)) return err(`"${raw}" is a wildcard: allowed are names of zones, or their ids`);
  return ok({ kind: 'name', name: name.value });
}

export function zoneText(zone: ZoneSelector): string {
  return zone.kind === 'id' ? zone.id : zone.name;
}

/** An RFC 1123 label, as Kubernetes demands of a namespace. */
export function parseNamespace(raw: string): Result<string, string> {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(raw)
    ? ok(raw)
    : err(`"${raw}" is not a namespace: allowed are a-z, 0-9 and "-", at most 63`);
}

export function parseSourceKind(raw: string): Result<SourceKind, string> {
  const kind = SOURCE_KINDS.find((known) => known.toLowerCase() === raw.toLowerCase());
  if (kind !== undefined) return ok(kind);
  return err(`"${raw}" is not a source: allowed are ${SOURCE_KINDS.join(', ').toLowerCase()}`);
}

/** Short enough for a marker, and without anything that a comment could change. docs/ownership.md. */
export function parseOwnerId(raw: string): Result<string, string> {
  const text = raw.trim();
  return /^[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?$/.test(text)
    ? ok(text)
    : err(
        `"${raw}" is not an owner id: allowed are 1 to 32 of a-z, 0-9, "." and "-", with a letter or digit at both ends`,
      );
}

/** Ids that other versions accepted without a check: anything printable that one marker can hold. */
export function parseOwnerWord(raw: string): Result<string, string> {
  return /^[\x21-\x7e]{1,84}$/.test(raw)
    ? ok(raw)
    : err(`"${raw}" is not an owner id: allowed are printable ASCII characters without blanks, at most 84`);
}

export function parseMaxDeletes(raw: string): Result<number | 'off', string> {
  if (raw.trim().toLowerCase() === 'off') return ok('off');
  const count = wholeNumber(0, 1_000_000)(raw);
  return count.ok ? count : err(`"${raw}" is not allowed: a whole number, 0 to hold every deletion, or off`);
}

export function parsePath(raw: string): Result<string, string> {
  return raw.includes('\0') ? err('a path holds no NUL character') : ok(raw.trim());
}

/** A file on disk: a database in memory, or a URI that hides one, would forget what is ours. */
export function parseLedgerPath(raw: string): Result<string, string> {
  const path = raw.trim();
  if (path.includes(':memory:') || /^file:/i.test(path) || path.endsWith('/')) {
    return err(`"${raw}" is not allowed: the path of a file, such as /data/routeflare.db`);
  }
  return parsePath(path);
}

/** A web address without query, to which paths are appended. */
export function parseBaseUrl(raw: string): Result<URL, string> {
  const url = parseWebAddress(raw);
  if (!url.ok) return url;
  if (url.value.search !== '') return err(`"${raw}" cannot be used: it holds a query (?)`);
  return ok(new URL(url.value.href.replace(/\/+$/, '')));
}
