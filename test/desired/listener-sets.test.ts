import { describe, expect, it } from 'vitest';
import {
  claim,
  fateOf,
  gateway,
  listener,
  listenerSet,
  named,
  parentRef,
  problems,
  published,
  route,
  type Scene,
} from './builders.ts';

const refToSet = (over: Parameters<typeof parentRef>[0] = {}) =>
  parentRef({ kind: 'ListenerSet', namespace: 'team', name: 'more', ...over });
const attached = (over: Parameters<typeof route>[0] = {}) => route({ parentRefs: [refToSet()], ...over });
const ALL = { from: 'All', selector: undefined };
const open = gateway({ allowedListeners: ALL, listeners: [] });
const held = claim({ via: { kind: 'ListenerSet', namespace: 'team', name: 'more' } });
const scene: Scene = {
  gateways: [open],
  listenerSets: [listenerSet()],
  routes: [attached()],
  claims: [held],
};
const A = ['A app.example.com 203.0.113.5'];
const text = (it: Scene) => problems(it).join('\n');
const selector = { matchLabels: { listeners: 'yes' }, matchExpressions: [] };

describe('external-dns TestGatewayHTTPRouteWith…', () => {
  it("ListenerSetParentRef: the name, with the Gateway's address", () => {
    expect(published(scene)).toEqual(A);
    expect(fateOf(scene)).toBe('wanted');
    expect(problems(scene)).toEqual([]);
  });

  it('ListenerSetWildcardHostnameIntersection: a deep name under the wildcard', () => {
    const routes = [attached({ hostnames: ['a.b.example.com', 'else.example.org'] })];
    expect(published({ ...scene, routes, claims: [] })).toEqual(['A a.b.example.com 203.0.113.5']);
    expect(text({ ...scene, routes, claims: [] })).toContain('listener wild of ListenerSet team/more');
  });

  it('ListenerSetNotAccepted: the route is not accepted by it', () => {
    expect(fateOf({ ...scene, routes: [attached({ parentStatuses: [] })] })).toBe('kept:pending');
  });

  it('ListenerSetNotAllowedByGateway: the Gateway takes none; the record goes', () => {
    const gateways = [gateway({ listeners: [] })];
    expect(fateOf({ ...scene, gateways })).toBe('doomed:permission-removed');
    expect(text({ ...scene, gateways })).toContain(
      'Gateway infra/public does not allow ListenerSets from namespace team (allowedListeners.namespaces.from: None)',
    );
  });

  it.each([
    ['ListenerSetStatusNotAccepted', listenerSet({ accepted: false }), 'is not accepted by its Gateway yet'],
    [
      'ListenerSetListenerStatusRequired',
      listenerSet({ acceptedListeners: [] }),
      'listener wild of ListenerSet',
    ],
    [
      'ListenerSetListenerStatusNotAccepted',
      listenerSet({ acceptedListeners: ['other'] }),
      'is not accepted yet',
    ],
  ])('%s: nothing is published, and nothing goes', (_, set, why) => {
    const it = { ...scene, listenerSets: [set] };
    expect(published(it)).toEqual([]);
    expect(fateOf(it)).toBe('kept:pending');
    expect(text(it)).toContain(why);
  });

  it('ListenerSetTargetAnnotation: a hostname of the Gateway gives a CNAME', () => {
    const gateways = [{ ...open, addresses: [named('lb.example.net')] }];
    expect(published({ ...scene, gateways, claims: [] })).toEqual(['CNAME app.example.com lb.example.net']);
  });

  it('ListenerSetAllowedRoutesSame: the namespace of the set counts, not that of its Gateway', () => {
    const same = { from: 'Same', selector: undefined };
    const listenerSets = [listenerSet({ listeners: [listener({ name: 'wild', allowedNamespaces: same })] })];
    expect(fateOf({ ...scene, listenerSets })).toBe('doomed:permission-removed');
    const routes = [attached({ namespace: 'team' })];
    expect(published({ ...scene, listenerSets, routes, claims: [] })).toEqual(A);
    const infra = [attached({ namespace: 'infra' })];
    expect(published({ ...scene, listenerSets, routes: infra, claims: [] })).toEqual([]);
  });

  it('ListenerSetSectionName: only the listener named', () => {
    const listeners = [
      listener({ name: 'one', hostname: 'one.example.com' }),
      listener({ name: 'two', hostname: 'two.example.com' }),
    ];
    const routes = [
      attached({ hostnames: ['*.example.com'], parentRefs: [refToSet({ sectionName: 'two' })] }),
    ];
    expect(published({ ...scene, listenerSets: [listenerSet({ listeners })], routes, claims: [] })).toEqual([
      'A two.example.com 203.0.113.5',
    ]);
  });

  it('CrossNamespaceListenerSetSelectedByGateway: chosen by the labels of its namespace', () => {
    const gateways = [{ ...open, allowedListeners: { from: 'Selector', selector } }];
    const labelled = (word: string) => ({
      ...scene,
      gateways,
      namespaces: [{ name: 'team', labels: { listeners: word } }],
    });
    expect(published(labelled('yes'))).toEqual(A);
    expect(fateOf(labelled('no'))).toBe('doomed:permission-removed');
    expect(fateOf({ ...scene, gateways })).toBe('kept:pending');
  });

  it('allowedListeners Same: only sets of the namespace of the Gateway', () => {
    const gateways = [{ ...open, allowedListeners: { from: 'Same', selector: undefined } }];
    expect(fateOf({ ...scene, gateways })).toBe('doomed:permission-removed');
    const near = {
      gateways,
      listenerSets: [listenerSet({ namespace: 'infra' })],
      routes: [attached({ parentRefs: [refToSet({ namespace: 'infra' })] })],
    };
    expect(published(near)).toEqual(A);
  });

  it('ListenerSetOwnTargetAnnotation, …Precedence: keys of the set go before those of its Gateway', () => {
    const keys = { 'content-mode': 'static', content: 'gw.example.net', ttl: '600' };
    const routes = [attached({ annotations: {} })];
    const gateways = [{ ...open, annotations: keys }];
    expect(published({ ...scene, gateways, routes, claims: [] })).toEqual([
      'CNAME app.example.com gw.example.net',
    ]);
    const listenerSets = [listenerSet({ annotations: { content: 'set.example.net' } })];
    expect(published({ ...scene, gateways, listenerSets, routes, claims: [] })).toEqual([
      'CNAME app.example.com set.example.net',
    ]);
    const wrong = [listenerSet({ annotations: { ttl: 'x' } })];
    expect(text({ ...scene, gateways, listenerSets: wrong, routes, claims: [] })).toContain(
      'routeflare/ttl of ListenerSet team/more: "x" cannot be used',
    );
  });

  it('ListenerSetGatewayNotFound: unknown, nothing goes', () => {
    expect(fateOf({ ...scene, gateways: [] })).toBe('kept:pending');
    expect(text({ ...scene, gateways: [] })).toContain(
      'ListenerSet team/more: Gateway infra/public is missing',
    );
  });
});

describe('a ListenerSet', () => {
  it('that is missing is unknown, and so is one of a kind that is not served', () => {
    expect(fateOf({ ...scene, listenerSets: [] })).toBe('kept:pending');
    const listenerSetTrust = { kind: 'unlisted', why: 'the server could not find it' } as const;
    expect(fateOf({ ...scene, listenerSets: [], listenerSetTrust })).toBe('kept:pending');
    expect(text({ ...scene, listenerSets: [], listenerSetTrust })).toContain('ListenerSets are not known');
    expect(published({ routes: [route()], listenerSets: [], listenerSetTrust })).toEqual(A);
  });

  it('whose listener is taken away lets the record go', () => {
    expect(fateOf({ ...scene, listenerSets: [listenerSet({ listeners: [] })] })).toBe(
      'doomed:listener-removed',
    );
  });

  it('whose parent is no Gateway is unknown', () => {
    expect(fateOf({ ...scene, listenerSets: [listenerSet({ gateway: undefined })] })).toBe('kept:pending');
  });

  it('that is only last known goes on serving, and proves nothing', () => {
    const stale = { kind: 'stale', why: 'no progress' } as const;
    expect(published({ ...scene, listenerSetTrust: stale })).toEqual(A);
    const listenerSets = [listenerSet({ listeners: [] })];
    expect(fateOf({ ...scene, listenerSets, listenerSetTrust: stale })).toBe('kept:pending');
    expect(fateOf({ ...scene, listenerSets, gatewayTrust: stale })).toBe('kept:pending');
  });

  it('is another parent than its Gateway: each gives its own names', () => {
    const gateways = [{ ...open, listeners: [listener({ hostname: 'gw.example.com' })] }];
    const routes = [
      attached({ hostnames: ['gw.example.com', 'app.example.com'], parentRefs: [parentRef(), refToSet()] }),
    ];
    const listenerSets = [
      listenerSet({ listeners: [listener({ name: 'wild', hostname: 'app.example.com' })] }),
    ];
    expect(published({ gateways, routes, listenerSets })).toEqual([
      'A app.example.com 203.0.113.5',
      'A gw.example.com 203.0.113.5',
    ]);
  });
});
