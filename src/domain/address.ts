import ipaddr from 'ipaddr.js';
import { err, ok, type Result } from './result.ts';
import { quoted } from './shown-text.ts';

export type Family = 4 | 6;

/**
 * How an address may be used. `special` is any other range that is not globally routable
 * (documentation, benchmarking, reserved, 6to4, Teredo, NAT64 …). IANA special-purpose registries.
 */
type AddressClass =
  | 'global'
  | 'private'
  | 'carrier-nat'
  | 'loopback'
  | 'unspecified'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'special';

/** `text` is canonical: dotted decimal, or RFC 5952. IPv4-mapped IPv6 becomes IPv4. */
export interface Address {
  readonly family: Family;
  readonly text: string;
  readonly class: AddressClass;
}

/** Parses one IP address; names, zone ids, ports, leading zeros and shorthand forms are refused. */
export function parseAddress(raw: string): Result<Address, string> {
  const text = raw.trim();
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0[0-9]/.test(text)) {
    return ok(fromV4(ipaddr.IPv4.parse(text)));
  }
  if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)) {
    const v6 = ipaddr.IPv6.parse(text);
    if (v6.isIPv4MappedAddress()) return ok(fromV4(v6.toIPv4Address()));
    return ok({ family: 6, text: v6.toRFC5952String(), class: classOfV6(v6) });
  }
  return err(`${quoted(raw)} is not an IP address`);
}

function fromV4(v4: ipaddr.IPv4): Address {
  return { family: 4, text: v4.toString(), class: classOfV4(v4) };
}

function classOfV4(v4: ipaddr.IPv4): AddressClass {
  const range = v4.range();
  if (range === 'unicast') return 'global';
  if (range === 'unspecified' && v4.toString() !== '0.0.0.0') return 'special';
  return CLASS_OF_RANGE[range] ?? 'special';
}

function classOfV6(v6: ipaddr.IPv6): AddressClass {
  const range = v6.range();
  const first = v6.parts[0] ?? 0;
  // ipaddr.js calls every range without a name of its own "unicast"; only 2000::/3 is allocated.
  if (range === 'unicast')
    return first >= 0x2000 && first <= 0x3fff && first >>> 4 !== 0x3ff ? 'global' : 'special';
  return CLASS_OF_RANGE[range] ?? 'special';
}

const CLASS_OF_RANGE: Readonly<Record<string, AddressClass>> = {
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'carrier-nat',
  loopback: 'loopback',
  unspecified: 'unspecified',
  linkLocal: 'link-local',
  multicast: 'multicast',
  broadcast: 'broadcast',
};

/** Why an address must not be published at all, or not with `proxied`; `undefined` when it may. */
export function unpublishable(address: Address, proxied: boolean): string | undefined {
  switch (address.class) {
    case 'loopback':
    case 'unspecified':
    case 'link-local':
    case 'multicast':
    case 'broadcast':
      return `${address.text} is a ${address.class} address and is never published`;
    case 'private':
    case 'carrier-nat':
      return proxied ? `${address.text} is a private address; Cloudflare's proxy cannot reach it` : undefined;
    case 'special':
    case 'global':
      return undefined;
  }
}
