import { describe, expect, it } from 'vitest';
import {
  accepted,
  claim,
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
  type Scene,
} from './builders.ts';
import { known } from '../../src/domain/observation.ts';

const annotations = (more: Readonly<Record<string, string>>) => ({
  'content-mode': 'gateway-address',
  ...more,
});
const at = (...names: readonly string[]) => names.map((name) => listener({ name, hostname: name }));
const oldRef = parentRef({ sectionName: 'old.example.com' });
const newRef = parentRef({ sectionName: 'new.example.com' });
const sections = { gateways: [gateway({ listeners: at('old.example.com', 'new.example.com') })] };
const wild = { hostnames: ['*.example.com'], parentRefs: [newRef] };
const heldOld = claim({ name: 'old.example.com' });
const held = [claim()];
const text = (scene: Scene) => problems(scene).join('\n');

describe('scenarios that external-dns does not test', () => {
  it('1: status lists old and new section, spec only the new: only the new host, and the old one goes', () => {
    const routes = [route({ ...wild, parentStatuses: [accepted(oldRef), accepted(newRef)] })];
    const scene = { ...sections, routes, claims: [heldOld] };
    expect(published(scene)).toEqual(['A new.example.com 203.0.113.5']);
    expect(fateOf(scene)).toBe('doomed:listener-removed');
  });

  it('2: new section pending, old one still accepted: keep what is there, publish nothing new', () => {
    const routes = [route({ ...wild, parentStatuses: [accepted(oldRef)] })];
    const scene = { ...sections, routes, claims: [heldOld] };
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:pending');
    expect(text(scene)).toContain('status.parents has no entry for it');
  });

  it('2: the same for a port: an entry for another port is another parent', () => {
    const routes = [
      route({ parentRefs: [parentRef({ port: 443 })], parentStatuses: [accepted(parentRef({ port: 80 }))] }),
    ];
    expect(published({ routes })).toEqual([]);
    expect(fateOf({ routes, claims: held })).toBe('kept:pending');
  });

  it('3: observedGeneration behind metadata.generation: retain, publish nothing new', () => {
    const routes = [route({ generation: 2 })];
    expect(fateOf({ routes, claims: held })).toBe('kept:pending');
    expect(derive({ routes, claims: held }).wants.map(({ standing }) => standing.kind)).toEqual(['pending']);
    expect(published({ routes })).toEqual([]);
    expect(text({ routes })).toContain('observedGeneration 1, generation 2');
  });

  it.each(['False', 'Unknown', undefined] as const)('4: Accepted from True to %s: retain', (status) => {
    const routes = [
      route({ parentStatuses: [accepted(parentRef(), { accepted: status, reason: 'Broken' })] }),
    ];
    expect(fateOf({ routes, claims: held })).toBe('kept:pending');
    expect(text({ routes, claims: held })).toContain('reason Broken');
  });

  it('5: addresses become empty: retain', () => {
    const scene = { routes: [route()], gateways: [gateway({ addresses: [] })], claims: held };
    expect(fateOf(scene)).toBe('kept:pending');
    expect(text(scene)).toContain('lists no address');
  });

  it('6: two status entries for one parent, one accepted: accepted', () => {
    const parentStatuses = [
      accepted(parentRef(), { accepted: 'False', controllerName: 'example.org/other' }),
      accepted(parentRef()),
    ];
    expect(published({ routes: [route({ parentStatuses })] })).toEqual(['A app.example.com 203.0.113.5']);
  });

  it('7, 8: two routes, one host: the oldest wins, in whatever order they are read', () => {
    const older = route({
      name: 'z',
      createdAt: '2025-01-01T00:00:00Z',
      annotations: annotations({ proxied: 'true' }),
    });
    const gateways = [gateway(), gateway({ name: 'other', addresses: [ip('203.0.113.9')] })];
    const younger = route({ parentRefs: [parentRef({ name: 'other' })] });
    for (const routes of [
      [older, younger],
      [younger, older],
    ]) {
      const { wants } = derive({ routes, gateways });
      expect(wants.map(({ source, proxied }) => [source.name, proxied.value])).toEqual([['z', true]]);
      expect(text({ routes, gateways })).toMatch(
        /^HostnameConflict HTTPRoute\/shop\/app .*HTTPRoute\/shop\/z/,
      );
    }
  });

  it('9: IPv4 and IPv6 addresses: A and AAAA', () => {
    const gateways = [gateway({ addresses: [ip('2001:db8::5'), ip('203.0.113.5')] })];
    expect(
      published({ gateways, routes: [route({ annotations: annotations({ type: 'a/aaaa' }) })] }),
    ).toEqual(['A app.example.com 203.0.113.5', 'AAAA app.example.com 2001:db8::5']);
  });

  it('10: one IP and one hostname address: the IP record; the hostname is reported', () => {
    const scene = {
      gateways: [gateway({ addresses: [named('lb.example.net'), ip('203.0.113.5')] })],
      routes: [route()],
    };
    expect(published(scene)).toEqual(['A app.example.com 203.0.113.5']);
    expect(text(scene)).toContain('hostname address lb.example.net is not used');
    const cname = { ...scene, routes: [route({ annotations: annotations({ type: 'CNAME' }) })] };
    expect(published(cname)).toEqual([]);
    expect(text(cname)).toContain('give no CNAME record');
  });

  it('11: two hostname addresses: one CNAME, the published one while it is listed, reported', () => {
    const scene = {
      gateways: [gateway({ addresses: [named('b.example.net'), named('a.example.net')] })],
      routes: [route()],
    };
    expect(published(scene)).toEqual(['CNAME app.example.com b.example.net']);
    const claims = [claim({ type: 'CNAME', content: 'a.example.net' })];
    expect(published({ ...scene, claims })).toEqual(['CNAME app.example.com a.example.net']);
    expect(text(scene)).toContain('a CNAME has one target');
  });

  it('12: address type NamedAddress: skipped with its reason', () => {
    const addresses = [{ type: 'NamedAddress', value: 'pool-1' }];
    const scene = { gateways: [gateway({ addresses })], routes: [route()] };
    expect(published(scene)).toEqual([]);
    expect(text(scene)).toContain('"pool-1" has type NamedAddress');
    const beside = { ...scene, gateways: [gateway({ addresses: [...addresses, ip('203.0.113.5')] })] };
    expect(published(beside)).toEqual(['A app.example.com 203.0.113.5']);
  });

  it('13: allowedRoutes.kinds without HTTPRoute: nothing, and the record goes', () => {
    const allowedKinds = [{ group: 'gateway.networking.k8s.io', kind: 'GRPCRoute' }];
    const scene = {
      gateways: [gateway({ listeners: [listener({ allowedKinds })] })],
      routes: [route()],
      claims: held,
    };
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('doomed:permission-removed');
    expect(text(scene)).toContain('does not allow HTTPRoute (allowedRoutes.kinds: GRPCRoute)');
  });

  it('14: allowedRoutes.namespaces from None: nothing, and the record goes', () => {
    const allowedNamespaces = { from: 'None', selector: undefined };
    const gateways = [gateway({ listeners: [listener({ allowedNamespaces })] })];
    expect(fateOf({ gateways, routes: [route()], claims: held })).toBe('doomed:permission-removed');
    expect(text({ gateways, routes: [route()] })).toContain('allowedRoutes.namespaces.from: None');
  });

  it('15, 16: letter case, final dot and IDN have one canonical form', () => {
    expect(published({ routes: [route({ hostnames: ['App.Example.COM.', 'app.example.com'] })] })).toEqual([
      'A app.example.com 203.0.113.5',
    ]);
    expect(
      published({ routes: [route({ hostnames: ['bücher.example.com', 'xn--bcher-kva.example.com'] })] }),
    ).toEqual(['A xn--bcher-kva.example.com 203.0.113.5']);
  });

  it('17: a narrower wildcard under a wider one: the narrower, from either side', () => {
    const narrow = ['A *.dev.example.com 203.0.113.5'];
    const wide = [gateway({ listeners: at('*.example.com') })];
    const deep = [gateway({ listeners: at('*.dev.example.com') })];
    expect(published({ gateways: wide, routes: [route({ hostnames: ['*.dev.example.com'] })] })).toEqual(
      narrow,
    );
    expect(published({ gateways: deep, routes: [route({ hostnames: ['*.example.com'] })] })).toEqual(narrow);
  });

  it('18: an empty item in a hostname list is ignored with a warning', () => {
    const scene = { routes: [route({ annotations: annotations({ hostnames: 'one.example.com,' }) })] };
    expect(published(scene)).toEqual(['A one.example.com 203.0.113.5']);
    expect(text(scene)).toContain('its empty items are ignored');
  });

  it('19: hostnames on a hostless route under a wildcard listener: only the annotated host', () => {
    const scene = {
      gateways: [gateway({ listeners: at('*.example.com', 'fixed.example.com') })],
      routes: [route({ hostnames: [], annotations: annotations({ hostnames: 'one.example.com' }) })],
    };
    expect(published(scene)).toEqual(['A one.example.com 203.0.113.5']);
  });

  it('20: a hostname outside every zone: a reason that names the zones, and the record is kept', () => {
    const scene = {
      routes: [route({ hostnames: ['app.example.org'] })],
      claims: [claim({ name: 'app.example.org' })],
    };
    expect(published(scene)).toEqual([]);
    expect(text(scene)).toMatch(
      /^ZoneNotFound HTTPRoute\/shop\/app app\.example\.org: .*in no zone that the token sees.*: example\.com/,
    );
    expect(fateOf(scene)).toBe('kept:pending');
  });

  it('21: a child zone and its parent both visible: the longest', () => {
    const child = { id: 'zone-2', name: 'app.example.com', status: 'active' };
    const scene = { routes: [route()], zones: known([ZONE, child]), claims: held };
    expect(derive(scene).wants.map(({ zone }) => zone.id)).toEqual(['zone-2']);
    expect(fateOf(scene)).toBe('moved:app.example.com');
  });

  it("22: the Gateway's own conditions are not asked: an accepted route of a Gateway with an address publishes", () => {
    expect(published({ routes: [route()], gateways: [gateway({ deleting: true })] })).toHaveLength(1);
  });

  it('23: a label change flips a selector: records come and go with it', () => {
    const selector = {
      matchLabels: {},
      matchExpressions: [{ key: 'dns', operator: 'In', values: ['yes'] }],
    };
    const gateways = [
      gateway({ listeners: [listener({ allowedNamespaces: { from: 'Selector', selector } })] }),
    ];
    const scene = { gateways, routes: [route()], claims: held };
    const labelled = (dns: string) => ({ ...scene, namespaces: [{ name: 'shop', labels: { dns } }] });
    expect(fateOf(labelled('yes'))).toBe('wanted');
    expect(fateOf(labelled('no'))).toBe('doomed:permission-removed');
    expect(fateOf(scene)).toBe('kept:pending');
    expect(fateOf({ ...labelled('no'), namespaceTrust: { kind: 'stale', why: 'no progress' } })).toBe(
      'kept:pending',
    );
    const off = { kind: 'off', why: 'WATCH_NAMESPACES' } as const;
    expect(fateOf({ ...scene, namespaceTrust: off, watchedNamespaces: ['shop', 'infra'] })).toBe('wanted');
  });

  it('24: a Gateway that is gone for a while deletes nothing', () => {
    expect(fateOf({ routes: [route()], gateways: [], claims: held })).toBe('kept:pending');
    expect(text({ routes: [route()], gateways: [] })).toContain('Gateway infra/public is missing');
    expect(fateOf({ routes: [route()], claims: held })).toBe('wanted');
  });

  it('25: an underscore host and a 64-character label are rejected with a reason, the others go on', () => {
    const long = `${'a'.repeat(64)}.example.com`;
    const scene = {
      routes: [route({ hostnames: ['my_app.example.com', long, 'app.example.com'] })],
      claims: held,
    };
    expect(published(scene)).toEqual(['A app.example.com 203.0.113.5']);
    expect(text(scene)).toContain('"my_app.example.com" is not a DNS name');
    expect(text(scene)).toContain('longer than 63 characters');
    expect(fateOf(scene)).toBe('wanted');
  });
});

describe('the parent that counts', () => {
  const other = parentRef({ name: 'other' });
  const gateways = [gateway(), gateway({ name: 'other', addresses: [ip('203.0.113.9')] })];
  const routes = [route({ parentRefs: [parentRef(), other] })];
  const viaOther = claim({
    via: { kind: 'Gateway', namespace: 'infra', name: 'other' },
    content: '203.0.113.9',
  });

  it('is the one that gave the present record, while the route refers to it', () => {
    expect(published({ gateways, routes, claims: [viaOther] })).toEqual(['A app.example.com 203.0.113.9']);
  });

  it('stays that one while it is missing: the record waits instead of moving', () => {
    expect(published({ gateways: [gateway()], routes, claims: [viaOther] })).toEqual([]);
    expect(fateOf({ gateways: [gateway()], routes, claims: [viaOther] })).toBe('kept:pending');
  });

  it('is another once the route no longer refers to it', () => {
    expect(published({ gateways, routes: [route()], claims: [viaOther] })).toEqual([
      'A app.example.com 203.0.113.5',
    ]);
  });

  it('is the first that yields content', () => {
    const empty = [gateway({ addresses: [] }), gateways[1] ?? gateway()];
    expect(published({ gateways: empty, routes })).toEqual(['A app.example.com 203.0.113.9']);
  });

  it('is never one that the route does not have: the annotation freezes and names the parents', () => {
    const scene = { routes: [route({ annotations: annotations({ gateway: 'nope' }) })], claims: held };
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(text(scene)).toContain(
      'routeflare/gateway: "nope" names no parent of the route; allowed: infra/public',
    );
  });

  it('that refuses the name while another gives it: nothing is deleted', () => {
    const refusing = [gateway({ listeners: at('else.example.com') }), gateways[1] ?? gateway()];
    const pinned = [
      route({ parentRefs: [parentRef(), other], annotations: annotations({ gateway: 'public' }) }),
    ];
    expect(published({ gateways: refusing, routes: pinned, claims: held })).toEqual([]);
    expect(fateOf({ gateways: refusing, routes: pinned, claims: held })).toBe('kept:pending');
  });
});

describe('of several listeners', () => {
  const unknownNamespace = { from: 'Selector', selector: { matchLabels: { a: 'b' }, matchExpressions: [] } };

  it('one that accepts the name is enough, whatever the others are', () => {
    const listeners = [
      listener({ name: 'open' }),
      listener({ name: 'other', allowedNamespaces: unknownNamespace }),
    ];
    for (const each of [listeners, listeners.toReversed()]) {
      expect(published({ gateways: [gateway({ listeners: each })], routes: [route()] })).toHaveLength(1);
    }
  });

  it('the one that covers the name says why not', () => {
    const listeners = [
      listener({ name: 'closed', allowedNamespaces: { from: 'None', selector: undefined } }),
      listener({ name: 'other', hostname: 'else.example.com' }),
    ];
    for (const each of [listeners, listeners.toReversed()]) {
      const scene = { gateways: [gateway({ listeners: each })], routes: [route()], claims: held };
      expect(fateOf(scene)).toBe('doomed:permission-removed');
      expect(text(scene)).toContain('listener closed');
    }
  });
});
