import { describe, expect, it } from 'vitest';
import {
  accepted,
  claim,
  derive,
  fateOf,
  gateway,
  ip,
  listener,
  parentRef,
  problems,
  published,
  route,
  ZONE,
  type Scene,
} from './builders.ts';
import { known } from '../../src/domain/observation.ts';

const TUNNEL = '00000000-0000-0000-0000-000000000000.cfargotunnel.com';
const viaTunnel = { 'content-mode': 'static', content: TUNNEL, proxied: 'true' };
const external = (keys: Readonly<Record<string, string>> = viaTunnel) =>
  gateway({ name: 'external', annotations: keys });
const internal = (keys: Readonly<Record<string, string>> = { 'content-mode': 'gateway-address' }) =>
  gateway({ name: 'internal', annotations: keys, addresses: [ip('10.0.0.7')] });
const refTo = (name: string) => parentRef({ name });
const bare = (...names: readonly string[]) =>
  route({ annotations: {}, parentRefs: names.map((name) => refTo(name)) });
const via = (name: string) => ({ kind: 'Gateway', namespace: 'infra', name }) as const;
const heldByTunnel = claim({
  type: 'CNAME',
  content: TUNNEL,
  proxied: true,
  mode: 'static',
  via: via('external'),
});
const text = (scene: Scene) => problems(scene).join('\n');
const stale = { kind: 'stale', why: 'no progress' } as const;

describe('a Gateway with a content-mode', () => {
  const gateways = [external(), internal()];

  it('publishes its routes, which need no annotation', () => {
    const { wants } = derive({ gateways, routes: [bare('external')] });
    expect(wants).toMatchObject([
      { type: 'CNAME', standing: { contents: [TUNNEL] }, proxied: { value: true, written: true } },
    ]);
    expect(published({ gateways, routes: [bare('internal')] })).toEqual(['A app.example.com 10.0.0.7']);
    expect(problems({ gateways, routes: [bare('external'), bare('internal')] })).toEqual([]);
  });

  it('publishes no route that opts out with none', () => {
    const routes = [route({ annotations: { 'content-mode': 'none' }, parentRefs: [refTo('external')] })];
    expect(published({ gateways, routes })).toEqual([]);
    expect(fateOf({ gateways, routes, claims: [heldByTunnel] })).toBe('doomed:content-mode-removed');
  });

  it('gives way to its routes, key by key', () => {
    const routes = [
      route({ annotations: { proxied: 'false', ttl: '300' }, parentRefs: [refTo('external')] }),
    ];
    expect(derive({ gateways, routes }).wants).toMatchObject([
      { type: 'CNAME', proxied: { value: false, written: true }, ttl: { value: 300, written: true } },
    ]);
    expect(problems({ gateways, routes })).toEqual([]);
    const own = route({
      annotations: { 'content-mode': 'gateway-address' },
      parentRefs: [refTo('external')],
    });
    // A default that does not fit the route's own mode is no mistake of anybody.
    expect(problems({ gateways: [external({ ...viaTunnel, proxied: 'false' })], routes: [own] })).toEqual([]);
  });

  it('says nothing of a Gateway that only sets a ttl: its bare routes ask for nothing', () => {
    const scene = { gateways: [external({ ttl: '300' })], routes: [bare('external')] };
    expect(published(scene)).toEqual([]);
    expect(problems(scene)).toEqual([]);
  });

  it('gives its ttl to routes that have a mode of their own', () => {
    const routes = [route({ parentRefs: [refTo('external')] })];
    expect(derive({ gateways: [external({ ttl: '300' })], routes }).wants).toMatchObject([
      { ttl: { value: 300, written: true } },
    ]);
  });

  it('takes the records along when its key goes, and only then', () => {
    const routes = [bare('external')];
    const claims = [heldByTunnel];
    expect(fateOf({ gateways, routes, claims })).toBe('wanted');
    expect(fateOf({ gateways: [external({})], routes, claims })).toBe('doomed:content-mode-removed');
    expect(fateOf({ gateways: [external({})], routes, claims, gatewayTrust: stale })).toBe('kept:pending');
    expect(fateOf({ gateways, routes: [bare()], claims })).toBe('doomed:parent-removed');
  });

  it('that vanished is unknown: claims stay, and routes that hold nothing are not bothered', () => {
    const scene = { gateways: [], routes: [bare('external')] };
    expect(fateOf({ ...scene, claims: [heldByTunnel] })).toBe('kept:pending');
    expect(text({ ...scene, claims: [heldByTunnel] })).toContain('Gateway infra/external is missing');
    expect(problems(scene)).toEqual([]);
    const aaaa = claim({ type: 'AAAA', content: '2001:db8::1', via: via('external') });
    expect(fateOf({ ...scene, claims: [aaaa] })).toBe('kept:pending');
  });
});

describe('of two Gateways', () => {
  const gateways = [external(), internal()];

  it('the first that yields content counts, with its own keys alone', () => {
    const first = external({ 'content-mode': 'static', content: TUNNEL });
    const second = internal({ 'content-mode': 'gateway-address', proxied: 'true', ttl: '300' });
    const routes = [bare('external', 'internal')];
    expect(derive({ gateways: [first, second], routes }).wants).toMatchObject([
      { type: 'CNAME', proxied: { written: false }, ttl: { written: false } },
    ]);
    expect(published({ gateways, routes: [bare('internal', 'external')] })).toEqual([
      'A app.example.com 10.0.0.7',
    ]);
  });

  it('the one that gave the record counts while the route refers to it', () => {
    const claims = [heldByTunnel];
    expect(published({ gateways, routes: [bare('internal', 'external')], claims })).toEqual([
      `CNAME app.example.com ${TUNNEL}`,
    ]);
  });

  it('a parentRef that moves takes the record from CNAME to A in place', () => {
    const scene = { gateways, routes: [bare('internal')], claims: [heldByTunnel] };
    expect(published(scene)).toEqual(['A app.example.com 10.0.0.7']);
    expect(fateOf(scene)).toBe('replaced');
  });

  it('and keeps the CNAME until the new parent has accepted the route', () => {
    const moving = route({ annotations: {}, parentRefs: [refTo('internal')], parentStatuses: [] });
    const scene = { gateways, routes: [moving], claims: [heldByTunnel] };
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:pending');
    const old = { ...moving, parentStatuses: [accepted(refTo('external'))] };
    expect(fateOf({ ...scene, routes: [old] })).toBe('kept:pending');
  });

  it('the one with a mode counts, whichever comes first', () => {
    const routes = [bare('external', 'internal')];
    expect(published({ gateways: [external({}), internal()], routes })).toEqual([
      'A app.example.com 10.0.0.7',
    ]);
  });

  it('a name that only the one without a mode gives is not published, and not told', () => {
    const listeners = [listener({ hostname: 'lan.example.com' })];
    const scene = {
      gateways: [external({}), { ...internal(), listeners }],
      routes: [route({ ...bare('external', 'internal'), hostnames: ['app.example.com', 'lan.example.com'] })],
    };
    expect(published(scene)).toEqual(['A lan.example.com 10.0.0.7']);
    expect(problems(scene)).toEqual([]);
    const claims = [claim({ via: via('external') })];
    expect(fateOf({ ...scene, claims })).toBe('doomed:content-mode-removed');
  });

  it('the one that the annotation gateway names counts', () => {
    const routes = [
      route({
        annotations: { gateway: 'internal' },
        parentRefs: [refTo('external'), refTo('internal')],
      }),
    ];
    expect(published({ gateways, routes })).toEqual(['A app.example.com 10.0.0.7']);
  });
});

describe('a key of a Gateway that cannot be used', () => {
  const gateways = [external({ ...viaTunnel, ttl: 'soon' })];

  it('freezes the routes that inherit it, and is told on them with the Gateway', () => {
    const scene = { gateways, routes: [bare('external')], claims: [heldByTunnel] };
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(problems(scene)).toEqual([
      'InvalidAnnotation HTTPRoute/shop/app -: routeflare/ttl of Gateway infra/external: "soon" cannot be used; allowed: "auto", or whole seconds from 60 to 86400',
    ]);
  });

  it('freezes also what an edit of the route would let go; its deletion does not', () => {
    const elsewhere = route({ ...bare('external'), hostnames: ['new.example.com'] });
    expect(fateOf({ gateways, routes: [elsewhere], claims: [heldByTunnel] })).toBe('kept:frozen');
    expect(fateOf({ gateways, claims: [heldByTunnel] })).toBe('doomed:holder-absent');
  });

  it('is nothing to a route that writes the key itself', () => {
    const routes = [route({ annotations: { ttl: 'auto' }, parentRefs: [refTo('external')] })];
    expect(published({ gateways, routes })).toEqual([`CNAME app.example.com ${TUNNEL}`]);
    expect(problems({ gateways, routes })).toEqual([]);
  });

  it('content that cannot be used freezes, too', () => {
    const scene = {
      gateways: [external({ ...viaTunnel, content: 'a b' })],
      routes: [bare('external')],
      claims: [heldByTunnel],
    };
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(text(scene)).toContain('routeflare/content of Gateway infra/external: "a b" cannot be used');
  });
});

describe('suspend on a Gateway', () => {
  const gateways = [external({ ...viaTunnel, suspend: 'true' }), internal()];

  it('leaves the records of its routes as they are, and publishes nothing new', () => {
    const scene = { gateways, routes: [bare('external')], claims: [heldByTunnel] };
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:suspended');
    expect(problems(scene)).toEqual([]);
    expect(derive({ gateways, routes: [bare('external')] }).wants).toEqual([]);
  });

  it('keeps also a name that its route no longer asks for, and where only a marker says who holds it', () => {
    const routes = [route({ ...bare('external'), hostnames: ['new.example.com'] })];
    expect(fateOf({ gateways, routes, claims: [heldByTunnel] })).toBe('kept:suspended');
    expect(fateOf({ gateways, routes, claims: [{ ...heldByTunnel, via: undefined }] })).toBe(
      'kept:suspended',
    );
  });

  it.each([
    ['is missing', [internal()], undefined],
    ['may not be read', [], { kind: 'unlisted', why: 'forbidden' }],
  ] as const)('is not forgotten while the Gateway %s', (_, seen, gatewayTrust) => {
    const suspended = { ...heldByTunnel, state: 'suspended', stateReason: 'its gateway says so' } as const;
    const unseen = { gateways: seen, claims: [suspended], ...(gatewayTrust && { gatewayTrust }) };
    const scene = { ...unseen, routes: [bare('external')] };
    expect(fateOf(scene)).toBe('kept:suspended');
    expect(published(scene)).toEqual([]);
    const edited = route({ ...bare('external'), hostnames: ['new.example.com'] });
    expect(fateOf({ ...unseen, routes: [edited] })).toBe('kept:suspended');
    const retyped = route({ ...bare('external'), annotations: { type: 'A' } });
    expect(fateOf({ ...unseen, routes: [retyped] })).toBe('kept:suspended');
    expect(fateOf({ ...unseen, routes: [] })).toBe('kept:left');
    const active = { ...suspended, state: 'active' } as const;
    expect(fateOf({ ...scene, claims: [active] })).toBe('kept:pending');
  });

  it('is told to whoever waits for a record below it', () => {
    expect(problems({ gateways, routes: [bare('external')] })).toEqual([
      expect.stringMatching(
        /^Pending HTTPRoute\/\S+ \S+: Gateway infra\/external carries routeflare\/suspend: nothing is/,
      ),
    ]);
  });

  it('is not forgotten while no zone, or two, can be the name’s', () => {
    const twins = known([ZONE, { ...ZONE, id: 'zone-0' }]);
    for (const zones of [known([]), twins]) {
      expect(fateOf({ gateways, routes: [bare('external')], claims: [heldByTunnel], zones })).toBe(
        'kept:suspended',
      );
    }
  });

  it('ends for a route that leaves it', () => {
    const scene = { gateways, routes: [bare('internal')], claims: [heldByTunnel] };
    expect(fateOf(scene)).toBe('replaced');
  });

  it('keeps other sources from taking the name', () => {
    const rival = route({
      name: 'rival',
      createdAt: '2020-01-01T00:00:00Z',
      parentRefs: [refTo('internal')],
    });
    const scene = { gateways, routes: [bare('external'), rival], claims: [heldByTunnel] };
    expect(published(scene)).toEqual([]);
    expect(text(scene)).toContain('holds it suspended');
  });
});
