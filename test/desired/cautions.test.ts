import { describe, expect, it } from 'vitest';
import { known } from '../../src/domain/observation.ts';
import { gateway, ip, problems, published, route, ZONE, type Scene } from './builders.ts';

const text = (scene: Scene) => problems(scene).join('\n');
const fixed = (content: string, more: Readonly<Record<string, string>> = {}) => ({
  'content-mode': 'static',
  content,
  ...more,
});

describe('what is published and may not do what its author means', () => {
  it('a CNAME at the apex', () => {
    const apex = { routes: [route({ hostnames: ['example.com'], annotations: fixed('lb.example.net') })] };
    expect(published(apex)).toEqual(['CNAME example.com lb.example.net']);
    expect(text(apex)).toMatch(/^Pending HTTPRoute\/shop\/app example\.com: .*CNAME flattening/);
    const below = { routes: [route({ annotations: fixed('lb.example.net') })] };
    expect(problems(below)).toEqual([]);
  });

  it.each([
    ['a.b.example.com', 'true', true],
    ['*.b.example.com', 'true', true],
    ['a.b.example.com', 'false', false],
    ['b.example.com', 'true', false],
    ['*.example.com', 'true', false],
    ['example.com', 'true', false],
  ])('%s with proxied %s beyond Universal SSL: %s', (name, proxied, told) => {
    const routes = [route({ hostnames: [name], annotations: fixed('198.51.100.4', { proxied }) })];
    expect(published({ routes })).toHaveLength(1);
    expect(text({ routes }).includes('Universal SSL')).toBe(told);
  });

  it('an exact name of AAAA alone that hides the A of a wildcard', () => {
    const wide = route({ name: 'wide', hostnames: ['*.example.com'], annotations: fixed('198.51.100.4') });
    const six = route({ annotations: fixed('2001:db8::1') });
    expect(text({ routes: [wide, six] })).toMatch(
      /^Pending HTTPRoute\/shop\/app .*no A record from \*\.example\.com/,
    );
    expect(problems({ routes: [six] })).toEqual([]);
    const both = route({ annotations: fixed('2001:db8::1, 198.51.100.5') });
    expect(problems({ routes: [wide, both] })).toEqual([]);
  });

  it('a wildcard beside exact names hides nothing, and is not told', () => {
    const routes = [route({ hostnames: ['*.example.com', 'a.example.com', 'b.example.com'] })];
    expect(problems({ routes })).toEqual([]);
  });

  it('a name that a longer zone covers, too, which is not active', () => {
    const child = { id: 'zone-2', name: 'dev.example.com', status: 'pending' };
    const routes = [route({ hostnames: ['app.dev.example.com', 'app.example.com'] })];
    const zones = known([ZONE, child]);
    expect(published({ routes, zones })).toHaveLength(2);
    expect(problems({ routes, zones })).toEqual([
      expect.stringMatching(
        /^Pending HTTPRoute\/shop\/app app\.dev\.example\.com: .*also in zone dev\.example\.com \(id zone-2\).*"pending".*ZONES/,
      ),
    ]);
    expect(problems({ routes, zones: known([ZONE, { ...child, status: 'active' }]) })).toEqual([]);
  });

  it('a private address with proxied waits, and says why', () => {
    const scene = {
      gateways: [gateway({ addresses: [ip('10.0.0.7')] })],
      routes: [route({ annotations: { 'content-mode': 'gateway-address', proxied: 'true' } })],
    };
    expect(published(scene)).toEqual([]);
    expect(text(scene)).toContain("Cloudflare's proxy cannot reach it");
  });
});
