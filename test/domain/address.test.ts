import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, unpublishable } from '../../src/domain/address.ts';

describe('parseAddress', () => {
  it.each([
    ['203.0.114.5', 4, '203.0.114.5', 'global'],
    [' 8.8.8.8 ', 4, '8.8.8.8', 'global'],
    ['10.1.2.3', 4, '10.1.2.3', 'private'],
    ['172.31.0.1', 4, '172.31.0.1', 'private'],
    ['192.168.1.1', 4, '192.168.1.1', 'private'],
    ['100.64.0.1', 4, '100.64.0.1', 'carrier-nat'],
    ['127.0.0.53', 4, '127.0.0.53', 'loopback'],
    ['0.0.0.0', 4, '0.0.0.0', 'unspecified'],
    ['0.1.2.3', 4, '0.1.2.3', 'special'],
    ['169.254.10.1', 4, '169.254.10.1', 'link-local'],
    ['224.0.0.251', 4, '224.0.0.251', 'multicast'],
    ['255.255.255.255', 4, '255.255.255.255', 'broadcast'],
    ['192.0.2.1', 4, '192.0.2.1', 'special'],
    ['198.18.0.1', 4, '198.18.0.1', 'special'],
    ['240.0.0.1', 4, '240.0.0.1', 'special'],
    ['2606:4700:0000::1111', 6, '2606:4700::1111', 'global'],
    ['2A00:1450::', 6, '2a00:1450::', 'global'],
    ['fd00::1', 6, 'fd00::1', 'private'],
    ['fe80::1', 6, 'fe80::1', 'link-local'],
    ['::1', 6, '::1', 'loopback'],
    ['::', 6, '::', 'unspecified'],
    ['ff02::1', 6, 'ff02::1', 'multicast'],
    ['2001:db8::1', 6, '2001:db8::1', 'special'],
    ['2002:c000:204::1', 6, '2002:c000:204::1', 'special'],
    ['64:ff9b::808:808', 6, '64:ff9b::808:808', 'special'],
    ['3fff:fff::1', 6, '3fff:fff::1', 'special'],
    ['4000::1', 6, '4000::1', 'special'],
    ['::ffff:8.8.8.8', 4, '8.8.8.8', 'global'],
    ['::ffff:127.0.0.1', 4, '127.0.0.1', 'loopback'],
  ] as const)('%s', (raw, family, text, addressClass) => {
    expect(parseAddress(raw)).toEqual({ ok: true, value: { family, text, class: addressClass } });
  });

  it.each([
    '',
    'example.com',
    '256.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.04',
    '0x7f.0.0.1',
    '2130706433',
    '1.2.3.4:80',
    '1.2.3.4/24',
    '[::1]',
    'fe80::1%eth0',
    '1::2::3',
    '12345::',
  ])('refuses "%s"', (raw) => {
    const parsed = parseAddress(raw);
    expect(parsed).toEqual({ ok: false, error: `"${raw}" is not an IP address` });
  });

  it('reads its own answer as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (raw) => {
        const parsed = parseAddress(raw);
        expect(parseAddress(parsed.ok ? parsed.value.text : 'not read')).toEqual(parsed);
      }),
    );
  });
});

describe('unpublishable', () => {
  it.each([
    ['127.0.0.1', false, false],
    ['::', false, false],
    ['fe80::1', false, false],
    ['ff02::1', false, false],
    ['255.255.255.255', false, false],
    ['10.0.0.1', true, false],
    ['fd00::1', true, false],
    ['100.64.0.1', true, false],
    ['8.8.8.8', true, true],
    ['192.0.2.1', true, true],
  ])('%s: plain %s, proxied %s', (raw, plain, proxied) => {
    const parsed = parseAddress(raw);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(unpublishable(parsed.value, false) === undefined).toBe(plain);
    expect(unpublishable(parsed.value, true) === undefined).toBe(proxied);
  });
});
