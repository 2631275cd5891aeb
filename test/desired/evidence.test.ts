import { describe, expect, it } from 'vitest';
import { known, unavailable } from '../../src/domain/observation.ts';
import {
  claim,
  confirmed,
  derive,
  fateOf,
  gateway,
  ip,
  listener,
  named,
  parentRef,
  problems,
  published,
  route,
  ZONE,
} from './builders.ts';

const annotations = (more: Readonly<Record<string, string>>) => ({
  'content-mode': 'gateway-address',
  ...more,
});
const claims = [claim()];
const stale = { kind: 'stale', why: 'the watch made no progress for ten minutes' } as const;

describe('what allows a deletion', () => {
  it('the holder absent from a complete list', () => {
    expect(fateOf({ claims })).toBe('doomed:holder-absent');
  });

  it('all annotations, the content-mode, or its value taken away', () => {
    expect(fateOf({ claims, bare: ['shop/app'] })).toBe('doomed:content-mode-removed');
    expect(fateOf({ claims, routes: [route({ annotations: { type: 'A' } })] })).toBe(
      'doomed:content-mode-removed',
    );
    expect(fateOf({ claims, routes: [route({ annotations: { 'content-mode': 'None' } })] })).toBe(
      'doomed:content-mode-removed',
    );
  });

  it('the hostname taken away', () => {
    expect(fateOf({ claims, routes: [route({ hostnames: ['new.example.com'] })] })).toBe(
      'doomed:hostname-removed',
    );
  });

  it('the hostname taken away counts also while no parent can be judged', () => {
    expect(fateOf({ claims, gateways: [], routes: [route({ hostnames: ['new.example.com'] })] })).toBe(
      'doomed:hostname-removed',
    );
  });

  it('the type taken away', () => {
    const aaaa = [claim({ type: 'AAAA', content: '2001:db8::5' })];
    expect(fateOf({ claims: aaaa, routes: [route()] })).toBe('doomed:type-removed');
    const none = route({ annotations: annotations({ type: 'A/AAAA', 'content-mode-aaaa': 'none' }) });
    expect(fateOf({ claims: aaaa, routes: [none] })).toBe('doomed:content-mode-removed');
  });

  it('a content edited so that it has no address of the family', () => {
    const content = (text: string) => [route({ annotations: { 'content-mode': 'static', content: text } })];
    const aaaa = [claim({ type: 'AAAA', content: '2001:db8::5' })];
    expect(fateOf({ claims: aaaa, routes: content('198.51.100.4, 2001:db8::5') })).toBe('wanted');
    expect(fateOf({ claims: aaaa, routes: content('198.51.100.4') })).toBe('doomed:type-removed');
  });

  it('the parentRef taken away', () => {
    expect(fateOf({ claims, routes: [route({ parentRefs: [] })] })).toBe('doomed:parent-removed');
    const service = parentRef({ group: '', kind: 'Service' });
    expect(fateOf({ claims, routes: [route({ parentRefs: [service] })] })).toBe('doomed:parent-removed');
  });

  it('the listener taken away, renamed, or given another hostname or protocol', () => {
    const routes = [route({ parentRefs: [parentRef({ sectionName: 'https' })] })];
    const withListener = (over: Parameters<typeof listener>[0]) => [gateway({ listeners: [listener(over)] })];
    expect(fateOf({ claims, routes, gateways: [gateway({ listeners: [] })] })).toBe(
      'doomed:listener-removed',
    );
    expect(fateOf({ claims, routes, gateways: withListener({ name: 'web' }) })).toBe(
      'doomed:listener-removed',
    );
    expect(fateOf({ claims, routes, gateways: withListener({ hostname: 'x.example.com' }) })).toBe(
      'doomed:listener-removed',
    );
    expect(fateOf({ claims, routes, gateways: withListener({ protocol: 'TLS' }) })).toBe(
      'doomed:listener-removed',
    );
  });
});

describe('what does not', () => {
  it('an object marked for deletion but still there', () => {
    expect(
      fateOf({ claims, routes: [route({ deleting: true })], gateways: [gateway({ deleting: true })] }),
    ).toBe('wanted');
  });

  it('a list that is not complete, or a watch without progress', () => {
    expect(fateOf({ claims, trust: stale })).toBe('kept:pending');
    expect(fateOf({ claims, trust: { kind: 'unlisted', why: 'not listed yet' } })).toBe('kept:pending');
    expect(fateOf({ claims, trust: stale, routes: [route({ hostnames: ['new.example.com'] })] })).toBe(
      'kept:pending',
    );
    expect(problems({ claims, trust: stale })).toEqual([
      'Pending - -: HTTPRoute objects are not known: the watch made no progress for ten minutes; the last known ones count, and no record of theirs goes',
    ]);
  });

  it('ends in-place service neither: what is last known is served, and nothing of it goes', () => {
    const ddns = [route({ annotations: { 'content-mode': 'ddns' } })];
    const scene = { claims: [claim({ mode: 'ddns' })], routes: ddns, egress: [confirmed(4, '198.51.100.7')] };
    for (const blind of [{ trust: stale }, { gatewayTrust: stale }, { trust: stale, gatewayTrust: stale }]) {
      expect(published({ ...scene, ...blind })).toEqual(['A app.example.com 198.51.100.7']);
      expect(fateOf({ ...scene, ...blind })).toBe('wanted');
      expect([...derive({ ...scene, ...blind }).egressFamilies]).toEqual([4]);
    }
    const unlisted = { kind: 'unlisted', why: 'not listed yet' } as const;
    expect(published({ ...scene, trust: unlisted })).toEqual([]);
    expect(published({ ...scene, gatewayTrust: unlisted })).toEqual([]);
  });

  it.each([
    ['hostname', { routes: [route({ hostnames: ['new.example.com'] })] }],
    ['content-mode', { routes: [route({ annotations: { type: 'A' } })] }],
    ['parentRef', { routes: [route({ parentRefs: [] })] }],
    ['listener', { routes: [route()], gateways: [gateway({ listeners: [] })] }],
  ])('a %s that was taken away, while the routes are only last known', (_, scene) => {
    expect(fateOf({ claims, ...scene, trust: stale })).toBe('kept:pending');
    expect(fateOf({ claims, ...scene })).toContain('doomed');
  });

  it('a label of a Namespace that is only last known', () => {
    const selector = { matchLabels: { dns: 'yes' }, matchExpressions: [] };
    const gateways = [
      gateway({ listeners: [listener({ allowedNamespaces: { from: 'Selector', selector } })] }),
    ];
    const labelled = (dns: string) => ({
      claims,
      gateways,
      routes: [route()],
      namespaces: [{ name: 'shop', labels: { dns } }],
      namespaceTrust: stale,
    });
    expect(fateOf(labelled('yes'))).toBe('wanted');
    expect(fateOf(labelled('no'))).toBe('kept:pending');
  });

  it('Gateways that are not known', () => {
    const gateways = [gateway({ listeners: [] })];
    expect(fateOf({ claims, routes: [route()], gateways, gatewayTrust: stale })).toBe('kept:pending');
  });

  it('a kind outside SOURCES, a namespace outside WATCH_NAMESPACES', () => {
    expect(fateOf({ claims, watchedKinds: new Set(['GRPCRoute']) })).toBe('kept:pending');
    expect(fateOf({ claims, watchedNamespaces: ['infra'] })).toBe('kept:pending');
    const scene = { claims, routes: [route()], watchedNamespaces: ['shop'] };
    expect(fateOf(scene)).toBe('kept:pending');
    expect(problems(scene)[0]).toContain('WATCH_NAMESPACES does not include infra');
  });

  it('a family or address that vanished', () => {
    const routes = [route({ annotations: annotations({ type: 'A/AAAA' }) })];
    const both = [claim(), claim({ recordId: 'record-2', type: 'AAAA', content: '2001:db8::5' })];
    const scene = { routes, claims: both };
    expect(published(scene)).toEqual(['A app.example.com 203.0.113.5']);
    expect([fateOf(scene), fateOf(scene, 'record-2')]).toEqual(['wanted', 'kept:pending']);
    expect(problems(scene)[0]).toContain('no IPv6 address');
    expect(problems({ routes, claims })).toEqual([]);
  });

  it('zones that are not known, not visible or ambiguous', () => {
    const routes = [route()];
    expect(fateOf({ claims, routes, zones: unavailable('timeout') })).toBe('kept:pending');
    expect(problems({ claims, routes, zones: unavailable('timeout') })).toEqual([
      'Pending - -: the zones are not known: timeout',
    ]);
    expect(fateOf({ claims, routes, zones: known([]) })).toBe('kept:pending');
    const twin = { ...ZONE, id: 'zone-0' };
    expect(fateOf({ claims, routes, zones: known([ZONE, twin]) })).toBe('kept:pending');
    expect(problems({ routes, zones: known([ZONE, twin]) })[0]).toContain('ids zone-0, zone-1');
  });

  it('a claim whose holder is not known, or that was released', () => {
    expect(fateOf({ claims: [claim({ holder: undefined })] })).toBe('kept:left');
    const trust = { kind: 'stale', why: 'no progress' } as const;
    expect(fateOf({ claims: [claim({ holder: undefined })], trust })).toBe('kept:pending');
    expect(fateOf({ claims: [claim({ holder: undefined })], routes: [route()] })).toBe('wanted');
    expect(fateOf({ claims: [claim({ state: 'released' })], routes: [route()] })).toBe('kept:pending');
  });

  it('a name of PROTECTED_NAMES, whatever happens to its holder', () => {
    expect(fateOf({ claims, protectedNames: ['*.example.com'] })).toBe('kept:pending');
    const scene = { claims, routes: [route()], protectedNames: ['app.example.com'] };
    expect(published(scene)).toEqual([]);
    expect(problems(scene)[0]).toContain('PROTECTED_NAMES has app.example.com');
  });
});

describe('suspend', () => {
  const suspended = route({
    annotations: { ...annotations({}), suspend: 'True' },
    hostnames: ['new.example.com'],
  });

  it('keeps records exactly as they are, whatever else was edited', () => {
    expect(fateOf({ claims, routes: [suspended] })).toBe('kept:suspended');
    expect(published({ claims, routes: [suspended] })).toEqual([]);
  });

  it('leaves the record when the source is deleted with the key on it', () => {
    expect(fateOf({ claims: [claim({ state: 'suspended' })] })).toBe('kept:left');
    expect(fateOf({ claims: [claim({ state: 'left' })] })).toBe('kept:left');
  });

  it('is not forgotten while the source is out of sight', () => {
    const trust = { kind: 'unlisted', why: 'starting' } as const;
    expect(fateOf({ claims: [claim({ state: 'suspended' })], trust })).toBe('kept:suspended');
  });

  it('is over once the key is taken away with the others', () => {
    expect(fateOf({ claims: [claim({ state: 'suspended' })], bare: ['shop/app'] })).toBe(
      'doomed:content-mode-removed',
    );
  });

  it.each([
    ['suspended', { 'content-mode': 'gateway-address', suspend: 'true' }, 'kept:suspended'],
    ['frozen', { 'content-mode': 'gatewayaddress' }, 'kept:frozen'],
  ] as const)('a left record is its holder’s again once that is back and %s', (_how, annotations, fate) => {
    const scene = { claims: [claim({ state: 'left' })], routes: [route({ annotations })] };
    expect(fateOf(scene)).toBe(fate);
    const other = route({ namespace: 'a', createdAt: '2020-01-01T00:00:00Z' });
    expect(fateOf({ ...scene, routes: [...scene.routes, other] })).toBe(fate);
  });

  it('a left record is taken over by the source that wants its name', () => {
    const scene = { claims: [claim({ state: 'left' })], routes: [route({ namespace: 'new' })] };
    expect(fateOf(scene)).toBe('wanted');
    expect(published(scene)).toEqual(['A app.example.com 203.0.113.5']);
  });
});

describe('a change of type', () => {
  it('from IP to hostname address: the A record is replaced by the CNAME', () => {
    const gateways = [gateway({ addresses: [named('lb.example.net')] })];
    const scene = { claims, gateways, routes: [route()] };
    expect(fateOf(scene)).toBe('replaced');
    expect(published(scene)).toEqual(['CNAME app.example.com lb.example.net']);
  });

  it('to a type that has no content yet: the present record stays', () => {
    const scene = { claims, routes: [route({ annotations: annotations({ type: 'CNAME' }) })] };
    expect(fateOf(scene)).toBe('kept:pending');
  });

  it('from CNAME back to addresses that are gone: the CNAME stays', () => {
    const cname = [claim({ type: 'CNAME', content: 'lb.example.net' })];
    expect(fateOf({ claims: cname, routes: [route()], gateways: [gateway({ addresses: [] })] })).toBe(
      'kept:pending',
    );
    expect(
      fateOf({ claims: cname, routes: [route()], gateways: [gateway({ addresses: [ip('203.0.113.5')] })] }),
    ).toBe('replaced');
  });
});

it('tells which egress families somebody needs', () => {
  const of = (more: Readonly<Record<string, string>>) =>
    derive({ routes: [route({ annotations: more })] }).egressFamilies;
  expect([...of({ 'content-mode': 'gateway-address' })]).toEqual([]);
  expect([...of({ 'content-mode': 'ddns' })]).toEqual([4]);
  expect([...of({ 'content-mode': 'ddns', type: 'A/AAAA' })]).toEqual([4, 6]);
  expect([...of({ 'content-mode': 'ddns', type: 'A/AAAA', 'content-mode-aaaa': 'gateway-address' })]).toEqual(
    [4],
  );
});
