import { domainToASCII } from 'node:url';
import { err, ok, type Result } from './result.ts';
import { quoted } from './shown-text.ts';

declare const hostnameBrand: unique symbol;

/** A DNS name: lower case, A-labels, no final dot; `*` only as the whole first label. RFC 1123 §2.1, RFC 5891. */
export type Hostname = string & { readonly [hostnameBrand]: true };

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses a name as people write it: any letter case, Unicode or A-labels, with or without a final dot.
 * @returns the canonical name, or a sentence that says what is wrong and quotes the raw text.
 */
export function parseHostname(raw: string): Result<Hostname, string> {
  const trimmed = raw.trim();
  const wrong = (why: string): Result<never, string> => err(`${quoted(raw)} is not a DNS name: ${why}`);
  if (trimmed === '') return wrong('it is empty');
  const undotted = trimmed.endsWith('.') ? trimmed.slice(0, -1) : trimmed;
  const wildcard = undotted.startsWith('*.');
  const base = wildcard ? undotted.slice(2) : undotted;
  if (base.includes('*')) return wrong('a wildcard is only allowed as the whole first label (*.example.com)');
  const ascii = toAscii(base);
  if (ascii === undefined) return wrong('it has no valid A-label (punycode) form');
  if (ascii.includes(':')) return wrong('it is an IP address, not a name');
  const labels = ascii.split('.');
  for (const label of labels) {
    if (label === '') return wrong('it has an empty label');
    if (label.length > 63) return wrong(`the label ${quoted(label)} is longer than 63 characters`);
    if (!LABEL.test(label)) {
      return wrong(
        `the label ${quoted(label)} may hold only a-z, 0-9 and "-", and not begin or end with "-"`,
      );
    }
  }
  const last = labels.at(-1);
  if (last !== undefined && /^[0-9]+$/.test(last)) return wrong('it ends like an IP address');
  const name = wildcard ? `*.${ascii}` : ascii;
  if (name.length > 253) return wrong('it is longer than 253 characters');
  return ok(brand(name));
}

function toAscii(base: string): string | undefined {
  const lower = base.toLowerCase();
  // URL host parsing also reads numbers as IPv4 and decodes percent signs, so plain ASCII stays out of it.
  const plain = /^[\x20-\x7e]*$/.test(lower);
  if (plain && !/(^|\.)xn--/.test(lower)) return lower;
  if (/[^a-z0-9.\-\u{80}-\u{10ffff}]/u.test(lower)) return undefined;
  const ascii = domainToASCII(lower);
  if (ascii === '' || (plain && ascii !== lower)) return undefined;
  return ascii;
}

function brand(name: string): Hostname {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place that makes the brand
  return name as Hostname;
}

export function isWildcard(name: Hostname): boolean {
  return name.startsWith('*.');
}

/** Whether `name` is `zone` or below it, on a label boundary. */
export function isWithin(name: string, zone: string): boolean {
  return name.endsWith(zone) && (name.length === zone.length || name.at(-zone.length - 1) === '.');
}

/**
 * The name that both a listener and a route mean: the more specific of the two, where one covers the other.
 * A wildcard covers one or more labels, never its own parent. Gateway API, HTTPRouteSpec.hostnames.
 * `undefined` as an argument means "any name"; as an answer, that the two have no name in common.
 */
export function intersectHostnames(a: Hostname | undefined, b: Hostname | undefined): Hostname | undefined {
  if (a === undefined) return b;
  if (b === undefined || a === b) return a;
  if (covers(a, b)) return b;
  if (covers(b, a)) return a;
  return undefined;
}

/** Whether `wide` is a wildcard that covers `narrow` (which may be a narrower wildcard). */
export function covers(wide: Hostname, narrow: Hostname): boolean {
  return isWildcard(wide) && narrow.length > wide.length - 1 && narrow.endsWith(wide.slice(1));
}
