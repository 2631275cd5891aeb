import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { admit, egressAddress } from '../../src/ddns/classes.ts';
import type { Cidr } from '../../src/domain/cidr.ts';
import { CLOUDFLARE_RANGES } from '../../src/ddns/cloudflare-ranges.ts';
import type { Family } from '../../src/domain/address.ts';

const NO_RULES = { allow: [], only: [] };
const v4 = (text: string): Cidr => ({ family: 4, text });

/** What an echo service may say and a careless reader believes. */
const NEVER: readonly [Family, string, RegExp][] = [
  [4, '0.0.0.0', /unspecified/],
  [4, '0.1.2.3', /not globally routable/],
  [4, '10.1.2.3', /private/],
  [4, '100.64.0.1', /carrier-nat/],
  [4, '127.0.0.1', /loopback/],
  [4, '169.254.7.7', /link-local/],
  [4, '172.16.0.1', /private/],
  [4, '172.31.255.255', /private/],
  [4, '192.0.0.8', /not globally routable/],
  [4, '192.0.2.1', /not globally routable/],
  [4, '192.88.99.1', /not globally routable/],
  [4, '192.168.1.1', /private/],
  [4, '198.18.0.1', /not globally routable/],
  [4, '198.19.255.255', /not globally routable/],
  [4, '198.51.100.1', /not globally routable/],
  [4, '203.0.113.9', /not globally routable/],
  [4, '224.0.0.1', /multicast/],
  [4, '240.0.0.1', /not globally routable/],
  [4, '255.255.255.255', /broadcast/],
  [4, '162.158.10.1', /Cloudflare.*162\.158\.0\.0\/15/],
  [4, '104.28.5.5', /Cloudflare/],
  [4, '01.2.3.4', /not an IP address/],
  [4, '8.8.8', /not an IP address/],
  [4, '134744072', /not an IP address/],
  [4, '2a01:4f8::1', /not an IPv4 address/],
  [4, '::ffff:8.8.8.8', /IPv4-mapped/],
  [6, '::', /unspecified/],
  [6, '::1', /loopback/],
  [6, 'fe80::1', /link-local/],
  [6, 'fe80::1%eth0', /not an IP address/],
  [6, '2a01:4f8::1%eth0', /not an IP address/],
  [6, 'fd12:3456::1', /private/],
  [6, '2001:db8::1', /not globally routable/],
  [6, '3fff::1', /not globally routable/],
  [6, '::ffff:1.2.3.4', /not an IPv6 address/],
  [6, 'ff02::1', /multicast/],
  [6, '2002:102:304::1', /not globally routable/],
  [6, '64:ff9b::102:304', /not globally routable/],
  [6, '2001:0:53aa::1', /not globally routable/],
  [6, '2001:20::1', /not globally routable/],
  [6, '5f00::1', /not globally routable/],
  [6, '100::1', /not globally routable/],
  [6, '2606:4700::1111', /Cloudflare.*2606:4700::\/32/],
  [6, '8.8.8.8', /not an IPv6 address/],
];

describe('an address that cannot be the egress address', () => {
  it.each(NEVER)('IPv%i %s', (family, raw, why) => {
    const vote = admit({ voter: 'ipify', operator: 'ipify', address: raw }, family, NO_RULES);
    expect(vote).toEqual({ voter: 'ipify', operator: 'ipify', refused: expect.stringMatching(why) });
  });

  it('is any address of a special range or of Cloudflare', () => {
    const special = [
      ...'0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24'.split(
        ' ',
      ),
      ...'192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24'.split(' '),
      ...'224.0.0.0/4 240.0.0.0/4 2001::/23 2001:db8::/32 2002::/16 3fff::/20 fc00::/7 fe80::/10'.split(' '),
      ...'ff00::/8 ::/8 100::/64 64:ff9b::/96 4000::/3'.split(' '),
      ...CLOUDFLARE_RANGES.map(({ text }) => text),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...special),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (range, noise) => {
          const [network, length] = ipaddr.parseCIDR(range);
          const bytes = network.toByteArray().map((byte, index) => {
            const hostBits = Math.max(0, Math.min(8, 8 * (index + 1) - length));
            return byte | ((noise[index] ?? 0) & (2 ** hostBits - 1));
          });
          const family = network.kind() === 'ipv4' ? 4 : 6;
          const text = ipaddr.fromByteArray(bytes).toString();
          expect(egressAddress(text, family, NO_RULES).ok).toBe(false);
        },
      ),
    );
  });
});

describe('an address that can be', () => {
  it('comes out canonical', () => {
    expect(egressAddress('81.2.69.9', 4, NO_RULES)).toEqual({ ok: true, value: '81.2.69.9' });
    expect(egressAddress('2A01:4F8:0:0::0001', 6, NO_RULES)).toEqual({ ok: true, value: '2a01:4f8::1' });
  });
});

describe('the settings', () => {
  it('DDNS_ALLOW_CIDRS lifts global routability, inside its networks', () => {
    const rules = { allow: [v4('10.0.0.0/8'), { family: 6, text: 'fd00::/8' } as const], only: [] };
    expect(egressAddress('10.9.8.7', 4, rules)).toEqual({ ok: true, value: '10.9.8.7' });
    expect(egressAddress('fd00::7', 6, rules)).toEqual({ ok: true, value: 'fd00::7' });
    expect(egressAddress('192.168.1.1', 4, rules).ok).toBe(false);
  });

  it.each(['127.0.0.1', '0.0.0.0', '169.254.1.1', '224.0.0.1', '162.158.10.1'])(
    'DDNS_ALLOW_CIDRS does not lift the refusal of %s',
    (address) => {
      expect(egressAddress(address, 4, { allow: [v4('0.0.0.0/0')], only: [] }).ok).toBe(false);
    },
  );

  it('DDNS_ONLY_CIDRS keeps a fail-over line out', () => {
    const rules = { allow: [], only: [v4('81.2.69.0/24')] };
    expect(egressAddress('81.2.69.142', 4, rules).ok).toBe(true);
    expect(egressAddress('8.8.8.8', 4, rules)).toEqual({
      ok: false,
      error: '8.8.8.8 is not in DDNS_ONLY_CIDRS',
    });
  });

  it('DDNS_ONLY_CIDRS does not make a private address acceptable', () => {
    expect(egressAddress('10.0.0.1', 4, { allow: [], only: [v4('10.0.0.0/8')] }).ok).toBe(false);
  });
});
