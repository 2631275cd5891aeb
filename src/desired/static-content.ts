import { parseAddress, unpublishable, type Address } from '../domain/address.ts';
import { isWildcard, parseHostname, type Hostname } from '../domain/hostname.ts';
import type { RecordType } from '../domain/record.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { quoted } from '../domain/shown-text.ts';

/** The annotation `content`, parsed: addresses in the order written, or one hostname. */
export type StaticContent =
  | { readonly kind: 'addresses'; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: 'hostname'; readonly hostname: Hostname };

const ALLOWED =
  'at most one IPv4 and one IPv6 address (more with routeflare/addresses: all), or one hostname';

/** Parses `content`. Canonical and distinct; the error says what is wrong and what is allowed. */
export function parseStaticContent(
  raw: string,
  options: { readonly all: boolean; readonly proxied: boolean },
): Result<StaticContent, string> {
  const entries = raw
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) return err(`it is empty; allowed: ${ALLOWED}`);
  const addresses: Address[] = [];
  for (const entry of entries) {
    const address = parseAddress(entry);
    if (address.ok) {
      const why = unpublishable(address.value, options.proxied);
      if (why !== undefined) return err(`${why}; allowed: ${ALLOWED}`);
      addresses.push(address.value);
    } else if (entries.length === 1) {
      return parseTarget(entry);
    } else {
      return err(
        `${quoted(entry)} is not an IP address, and a hostname must stand alone; allowed: ${ALLOWED}`,
      );
    }
  }
  const textsOf = (family: 4 | 6) => [
    ...new Set(addresses.filter((each) => each.family === family).map((each) => each.text)),
  ];
  const [v4, v6] = [textsOf(4), textsOf(6)];
  if (!options.all && (v4.length > 1 || v6.length > 1)) {
    return err(`more than one address of a family; allowed: ${ALLOWED}`);
  }
  return ok({ kind: 'addresses', v4, v6 });
}

function parseTarget(entry: string): Result<StaticContent, string> {
  const hostname = parseHostname(entry);
  if (!hostname.ok) return err(`${hostname.error}; allowed: ${ALLOWED}`);
  if (isWildcard(hostname.value)) return err(`a wildcard is no target; allowed: ${ALLOWED}`);
  return ok({ kind: 'hostname', hostname: hostname.value });
}

/** The types that the content itself gives. */
export function typesOfContent(content: StaticContent): readonly RecordType[] {
  if (content.kind === 'hostname') return ['CNAME'];
  const v4: readonly RecordType[] = content.v4.length > 0 ? ['A'] : [];
  const v6: readonly RecordType[] = content.v6.length > 0 ? ['AAAA'] : [];
  return [...v4, ...v6];
}
