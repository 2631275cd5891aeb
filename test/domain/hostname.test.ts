import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  covers,
  intersectHostnames,
  isWildcard,
  isWithin,
  parseHostname,
  type Hostname,
} from '../../src/domain/hostname.ts';

function host(text: string): Hostname {
  const parsed = parseHostname(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

describe('parseHostname, the cases of external-dns TestIsDNS1123Domain', () => {
  it.each([
    ['empty', ''],
    ['label-too-long', `${'a'.repeat(64)}.example.com`],
    ['domain-too-long', `${'a.'.repeat(130)}example.com`],
    ['dash-prefix', '-a.example.com'],
    ['dash-suffix', 'a-.example.com'],
    ['underscore', 'a_b.example.com'],
    ['plus', 'a+b.example.com'],
    ['brackets', '[a].example.com'],
    ['parens', '(a).example.com'],
    ['ipv4-rejected', '192.0.2.1'],
    ['ipv6-rejected', '2001:db8::1'],
    ['bracketed ipv6', '[2001:db8::1]'],
    ['wildcard-must-be-complete-label', '*example.net'],
    ['wildcard inside', 'a.*.example.net'],
    ['bare wildcard', '*'],
    ['double wildcard', '*.*.example.net'],
    ['empty label', 'a..example.com'],
    ['leading dot', '.example.com'],
    ['two final dots', 'example.com..'],
    ['a port', 'example.com:80'],
    ['a path', 'example.com/x'],
    ['a space', 'a b.example.com'],
    ['broken punycode', 'xn--\u0000.example.com'],
    ['percent signs in a Unicode name', 'b\u00fc%63her.example.com'],
    ['full-width IP address', '\uff11\uff12\uff17.0.0.1'],
  ])('refuses %s', (_case, raw) => {
    expect(parseHostname(raw)).toEqual({
      ok: false,
      error: expect.stringContaining(`"${raw}" is not a DNS name: `),
    });
  });

  it.each([
    ['hostname', 'localhost', 'localhost'],
    ['subdomain', 'a.b.example.com', 'a.b.example.com'],
    ['dashes', 'a-b--c.example.com', 'a-b--c.example.com'],
    ['wild', '*.example.com', '*.example.com'],
    ['letter case', 'App.EXAMPLE.com', 'app.example.com'],
    ['final dot', 'app.example.com.', 'app.example.com'],
    ['spaces around', ' app.example.com ', 'app.example.com'],
    ['IDN', 'B\u00fccher.example.com', 'xn--bcher-kva.example.com'],
    ['IDN wildcard', '*.b\u00fccher.example.com', '*.xn--bcher-kva.example.com'],
    ['A-label', 'XN--bcher-kva.example.com', 'xn--bcher-kva.example.com'],
    ['decomposed letters', 'bu\u0308cher.example.com', 'xn--bcher-kva.example.com'],
    ['sharp s stays itself (RFC 5891)', 'stra\u00dfe.example.com', 'xn--strae-oqa.example.com'],
    ['digits first', '1.example.com', '1.example.com'],
    ['63-character label', `${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  ])('reads %s', (_case, raw, name) => {
    expect(parseHostname(raw)).toEqual({ ok: true, value: name });
  });

  it('reads its own answer as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string({ unit: 'grapheme' })), (raw) => {
        const parsed = parseHostname(raw);
        expect(parsed.ok ? parseHostname(parsed.value) : parsed).toEqual(parsed);
      }),
    );
  });
});

describe('intersectHostnames, the cases of external-dns TestGatewayMatchingHost', () => {
  it.each([
    ['empty-matches-nonempty', undefined, 'example.net', 'example.net'],
    ['simple-match', 'example.net', 'example.net', 'example.net'],
    ['wildcard-matches-longer', '*.example.net', 'test.example.net', 'test.example.net'],
    ['wildcard-matches-equal-length', '*.example.net', 'a.example.net', 'a.example.net'],
    ['wildcard-matches-multiple-subdomains', '*.example.net', 'foo.bar.example.net', 'foo.bar.example.net'],
    ['wildcard-doesnt-match-parent', '*.example.net', 'example.net', undefined],
    ['narrower wildcard', '*.example.net', '*.a.example.net', '*.a.example.net'],
    ['no label boundary', '*.example.net', 'aexample.net', undefined],
    ['other names', 'a.example.net', 'b.example.net', undefined],
    ['disjoint wildcards', '*.a.example.net', '*.b.example.net', undefined],
  ])('%s, in both orders', (_case, one, two, expected) => {
    const a = one === undefined ? undefined : host(one);
    const b = host(two);
    expect(intersectHostnames(a, b)).toBe(expected);
    expect(intersectHostnames(b, a)).toBe(expected);
  });

  it('empty-matches-empty: no name at all', () => {
    expect(intersectHostnames(undefined, undefined)).toBeUndefined();
  });

  it('only a wildcard covers', () => {
    expect(covers(host('*.example.net'), host('a.b.example.net'))).toBe(true);
    expect(covers(host('example.net'), host('a.example.net'))).toBe(false);
    expect(isWildcard(host('*.example.net'))).toBe(true);
    expect(isWildcard(host('example.net'))).toBe(false);
  });
});

it.each([
  ['example.com', 'example.com', true],
  ['a.example.com', 'example.com', true],
  ['*.example.com', 'example.com', true],
  ['aexample.com', 'example.com', false],
  ['com', 'example.com', false],
  ['example.com', 'a.example.com', false],
])('%s is within %s: %s', (name, zone, expected) => {
  expect(isWithin(name, zone)).toBe(expected);
});
