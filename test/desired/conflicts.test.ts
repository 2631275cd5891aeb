import { describe, expect, it } from 'vitest';
import type { SourceObject } from '../../src/domain/cluster.ts';
import type { Claim } from '../../src/domain/claim.ts';
import { claim, derive, fateOf, problems, route, type Scene } from './builders.ts';

const OLD = '2025-01-01T00:00:00Z';
const NEW = '2026-06-01T00:00:00Z';
const fixed = (content: string, more: Readonly<Record<string, string>> = {}) => ({
  'content-mode': 'static',
  content,
  ...more,
});
const of = (namespace: string, name: string, over: Partial<SourceObject> = {}) =>
  route({ namespace, name, annotations: fixed('198.51.100.1'), ...over });
const heldBy = (namespace: string, name: string, over: Partial<Claim> = {}) =>
  claim({ ...over, name: 'app.example.com', holder: { kind: 'HTTPRoute', namespace, name } });
const winners = (scene: Scene) =>
  derive(scene).wants.map(
    ({ type, source, standing }) => `${type} ${source.namespace}/${source.name} ${standing.kind}`,
  );
const losers = (scene: Scene) => problems(scene).filter((each) => each.startsWith('HostnameConflict'));

describe('two sources, one name', () => {
  it('nobody holds it: the oldest, then namespace, then name', () => {
    expect(winners({ routes: [of('a', 'x', { createdAt: NEW }), of('b', 'x', { createdAt: OLD })] })).toEqual(
      ['A b/x publish'],
    );
    expect(winners({ routes: [of('b', 'a'), of('a', 'z')] })).toEqual(['A a/z publish']);
    expect(winners({ routes: [of('a', 'z'), of('a', 'b')] })).toEqual(['A a/b publish']);
  });

  it('the holder keeps it against an older source of another namespace; the loser is told', () => {
    const scene = {
      routes: [of('a', 'holder', { createdAt: NEW }), of('b', 'old', { createdAt: OLD })],
      claims: [heldBy('a', 'holder')],
    };
    expect(winners(scene)).toEqual(['A a/holder publish']);
    expect(derive(scene).losers).toMatchObject([{ source: { namespace: 'b', name: 'old' } }]);
    expect(losers(scene)).toHaveLength(1);
    expect(losers(scene)[0]).toMatch(
      /HTTPRoute\/b\/old app\.example\.com: .*HTTPRoute\/a\/holder, which holds it/,
    );
  });

  it('within the namespace the oldest takes it over, in place', () => {
    const scene = {
      routes: [of('a', 'holder', { createdAt: NEW }), of('a', 'old', { createdAt: OLD })],
      claims: [heldBy('a', 'holder')],
    };
    expect(winners(scene)).toEqual(['A a/old publish']);
    expect(fateOf(scene)).toBe('wanted');
  });

  it('a source of another namespace, older than both, does not profit from a quarrel in the holder’s', () => {
    const routes = [
      of('a', 'holder', { createdAt: NEW }),
      of('a', 'old', { createdAt: '2025-06-01T00:00:00Z' }),
      of('b', 'oldest', { createdAt: OLD }),
    ];
    const scene = { routes, claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual(['A a/old publish']);
    expect(losers(scene).join(' ')).toMatch(
      /HTTPRoute\/a\/holder .*a\/old, .*HTTPRoute\/b\/oldest .*a\/old, /,
    );
  });

  it('a holder that waits keeps its name', () => {
    const waiting = of('a', 'holder', { parentStatuses: [] });
    const scene = { routes: [waiting, of('b', 'old', { createdAt: OLD })], claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual(['A a/holder pending']);
    expect(fateOf(scene)).toBe('kept:pending');
    expect(losers(scene)).toHaveLength(1);
  });

  it('a frozen holder keeps its name', () => {
    const frozen = of('a', 'holder', { annotations: fixed('198.51.100.1', { ttl: 'x' }) });
    const scene = { routes: [frozen, of('b', 'old', { createdAt: OLD })], claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual(['A a/holder frozen']);
  });

  it('a holder that cannot be judged keeps its name against another namespace', () => {
    const unselected = of('a', 'holder', { selected: false });
    const scene = { routes: [unselected, of('b', 'old')], claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual([]);
    expect(losers(scene)).toHaveLength(1);
    expect(fateOf(scene)).toBe('kept:pending');
  });

  it('a suspended holder keeps its name against everybody, its own namespace included', () => {
    const suspended = of('a', 'holder', { annotations: fixed('198.51.100.1', { suspend: 'true' }) });
    const scene = {
      routes: [suspended, of('a', 'old', { createdAt: OLD })],
      claims: [heldBy('a', 'holder')],
    };
    expect(winners(scene)).toEqual(['A a/holder suspended']);
    expect(losers(scene)[0]).toContain('HTTPRoute/a/holder');
    expect(fateOf(scene)).toBe('kept:suspended');
  });

  it('a suspended holder out of sight keeps it too', () => {
    const unselected = of('a', 'holder', { selected: false });
    const scene = {
      routes: [unselected, of('a', 'old')],
      claims: [heldBy('a', 'holder', { state: 'suspended' })],
    };
    expect(winners(scene)).toEqual([]);
    expect(losers(scene)[0]).toContain('HTTPRoute/a/holder, which holds it suspended');
  });

  it('within the namespace a source that is there takes over from one that is no longer selected', () => {
    const unselected = of('a', 'holder', { selected: false });
    const scene = { routes: [unselected, of('a', 'other')], claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual(['A a/other publish']);
    expect(fateOf(scene)).toBe('wanted');
  });

  it('a record of each of two namespaces on one name: the oldest, not nobody', () => {
    const routes = [of('a', 'x', { createdAt: NEW }), of('b', 'y', { createdAt: OLD })];
    const claims = [heldBy('a', 'x'), heldBy('b', 'y', { recordId: 'record-2' })];
    expect(winners({ routes, claims })).toEqual(['A b/y publish']);
  });

  it('a winner that waits replaces nothing', () => {
    const cname = heldBy('b', 'y', { recordId: 'record-2', type: 'CNAME', content: 'lb.example.net' });
    const waiting = of('b', 'y', { annotations: fixed('lb.example.net'), parentStatuses: [] });
    const scene = { routes: [waiting], claims: [heldBy('a', 'gone'), cname] };
    expect(winners(scene)).toEqual(['CNAME b/y pending']);
    expect(fateOf(scene)).toBe('doomed:holder-absent');
    expect(fateOf(scene, 'record-2')).toBe('kept:pending');
  });

  it('one that waits and holds nothing does not compete', () => {
    const scene = { routes: [of('a', 'old', { createdAt: OLD, parentStatuses: [] }), of('b', 'x')] };
    expect(winners(scene)).toEqual(['A b/x publish']);
    expect(losers(scene)).toEqual([]);
  });

  it('when the holder goes, the loser takes over in place', () => {
    const scene = { routes: [of('b', 'x')], claims: [heldBy('a', 'holder')] };
    expect(winners(scene)).toEqual(['A b/x publish']);
    expect(fateOf(scene)).toBe('wanted');
  });

  it('A and AAAA are judged apart', () => {
    const routes = [of('a', 'x', { createdAt: NEW }), of('b', 'y', { annotations: fixed('2001:db8::1') })];
    expect(winners({ routes })).toEqual(['A a/x publish', 'AAAA b/y publish']);
  });

  it('CNAME and address types exclude each other', () => {
    const routes = [
      of('a', 'x', { createdAt: NEW, annotations: fixed('198.51.100.1, 2001:db8::1') }),
      of('b', 'y', { createdAt: OLD, annotations: fixed('lb.example.net') }),
    ];
    expect(winners({ routes })).toEqual(['CNAME b/y publish']);
    expect(losers({ routes })).toHaveLength(2);
    const held = { routes, claims: [heldBy('a', 'x')] };
    expect(winners(held)).toEqual(['A a/x publish', 'AAAA a/x publish']);
  });

  it('a loser’s record of an excluded type is replaced by the winner', () => {
    const scene = {
      routes: [
        of('a', 'holder', { createdAt: NEW }),
        of('a', 'old', { createdAt: OLD, annotations: fixed('lb.example.net') }),
      ],
      claims: [heldBy('a', 'holder')],
    };
    expect(winners(scene)).toEqual(['CNAME a/old publish']);
    expect(fateOf(scene)).toBe('replaced');
  });
});
