import { describe, expect, it } from 'vitest';
import { parseTtl, ttlFromApi, ttlToApi } from '../../src/domain/ttl.ts';
import { zoneFor, type Zone } from '../../src/domain/zone.ts';

describe('parseTtl', () => {
  it.each([
    ['auto', 'auto'],
    [' AUTO ', 'auto'],
    ['60', 60],
    ['86400', 86_400],
  ] as const)('%s', (raw, value) => {
    expect(parseTtl(raw)).toEqual({ ok: true, value });
    expect(ttlFromApi(ttlToApi(value))).toBe(value);
  });

  it.each(['', '1', '59', '86401', '60s', '1m', '-60', '60.5', '1e3', '0x3c', '٦٠'])(
    'refuses "%s"',
    (raw) => {
      const error = `"${raw}" is not a TTL: allowed are "auto" and whole seconds from 60 to 86400`;
      expect(parseTtl(raw)).toEqual({ ok: false, error });
    },
  );

  it('is 1 at Cloudflare when automatic', () => {
    expect(ttlToApi('auto')).toBe(1);
    expect(ttlFromApi(1)).toBe('auto');
  });
});

describe('zoneFor', () => {
  const zone = (name: string, status = 'active', id = `${name}-${status}`): Zone => ({ id, name, status });
  const idOf = (name: string, ...zones: readonly Zone[]) => {
    const choice = zoneFor(name, zones);
    return choice.kind === 'zone' ? choice.zone.id : choice.kind;
  };

  it('is the longest on a label boundary', () => {
    const zones = [zone('example.com'), zone('a.example.com'), zone('ample.com')];
    expect(idOf('x.a.example.com', ...zones)).toBe('a.example.com-active');
    expect(idOf('xa.example.com', ...zones)).toBe('example.com-active');
    expect(idOf('a.example.com', ...zones)).toBe('a.example.com-active');
    expect(idOf('*.example.com', ...zones)).toBe('example.com-active');
  });

  it('is none outside of all', () => {
    expect(idOf('example.org', zone('example.com'))).toBe('none');
    expect(idOf('com', zone('example.com'))).toBe('none');
    expect(idOf('example.com')).toBe('none');
  });

  it('prefers an active parent to an inactive child, and takes an inactive one only when no active covers', () => {
    expect(idOf('x.a.example.com', zone('a.example.com', 'pending'), zone('example.com'))).toBe(
      'example.com-active',
    );
    expect(idOf('x.a.example.com', zone('a.example.com', 'pending'))).toBe('a.example.com-pending');
  });

  it('of two with one name takes the active one, else neither', () => {
    expect(idOf('x.example.com', zone('example.com', 'moved'), zone('example.com'))).toBe(
      'example.com-active',
    );
    expect(
      idOf('x.example.com', zone('example.com', 'active', '1'), zone('example.com', 'active', '2')),
    ).toBe('ambiguous');
    expect(
      idOf('x.example.com', zone('example.com', 'moved', '1'), zone('example.com', 'pending', '2')),
    ).toBe('ambiguous');
  });
});
