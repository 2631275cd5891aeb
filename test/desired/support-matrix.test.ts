import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GatewayAddress, SourceObject } from '../../src/domain/cluster.ts';
import { SOURCE_KINDS, type SourceKind } from '../../src/domain/source.ts';
import {
  claim,
  confirmed,
  fateOf,
  gateway,
  ip,
  listener,
  listenerSet,
  named,
  parentRef,
  published,
  route,
  type Scene,
} from './builders.ts';

type Keys = Readonly<Record<string, string>>;

const MODE = { 'content-mode': 'gateway-address' };
const isRoute = (kind: SourceKind) => kind !== 'Ingress' && kind !== 'Service';
const protocolOf = (kind: SourceKind) => (kind === 'TLSRoute' ? 'TLS' : 'HTTPS');

/** A source of a kind as its API would have it, with whatever gives addresses to it. */
function scene(
  kind: SourceKind,
  annotations: Keys,
  {
    addresses = [ip('203.0.113.5')],
    over = {},
    more = {},
  }: {
    readonly addresses?: readonly GatewayAddress[];
    readonly over?: Partial<SourceObject>;
    readonly more?: Scene;
  } = {},
): Scene {
  const source = route({
    kind,
    annotations,
    ...(isRoute(kind) ? {} : { parentRefs: [], addresses }),
    ...(kind === 'Service' ? { hostnames: [] } : {}),
    ...over,
  });
  return {
    gateways: [gateway({ addresses, listeners: [listener({ protocol: protocolOf(kind) })] })],
    ...more,
    routes: [source],
  };
}

/** With the name asked for in the way that every kind has. */
const keyed = (keys: Keys) => ({ hostnames: 'app.example.com', ...keys });
const publishes = (it: Scene, ...lines: readonly string[]) =>
  JSON.stringify(published(it)) === JSON.stringify(lines);
const A = 'A app.example.com 203.0.113.5';

/** Whether a kind has a feature, by trying it. The names are those of docs/support-matrix.md. */
const FEATURES: Readonly<Record<string, (kind: SourceKind) => boolean>> = {
  'its own hostnames': (kind) => publishes(scene(kind, MODE), A),
  '`hostnames`': (kind) => publishes(scene(kind, keyed(MODE), { over: { hostnames: ['x.example.com'] } }), A),
  "a listener's exact hostname": (kind) => {
    const listeners = [listener({ protocol: protocolOf(kind), hostname: 'app.example.com' })];
    return publishes(
      scene(kind, MODE, { over: { hostnames: [] }, more: { gateways: [gateway({ listeners })] } }),
      A,
    );
  },
  wildcards: (kind) =>
    publishes(scene(kind, keyed({ ...MODE, hostnames: '*.example.com' })), 'A *.example.com 203.0.113.5'),
  '`content-mode: gateway-address`': (kind) => publishes(scene(kind, keyed(MODE)), A),
  '`content-mode: ddns`': (kind) =>
    publishes(
      { ...scene(kind, keyed({ 'content-mode': 'ddns' })), egress: [confirmed(4, '198.51.100.7')] },
      'A app.example.com 198.51.100.7',
    ),
  '`content-mode: static`': (kind) =>
    publishes(
      scene(kind, keyed({ 'content-mode': 'static', content: 'lb.example.net' })),
      'CNAME app.example.com lb.example.net',
    ),
  'a CNAME to a hostname address': (kind) =>
    publishes(
      scene(kind, keyed(MODE), { addresses: [named('lb.example.net')] }),
      'CNAME app.example.com lb.example.net',
    ),
  '`type: A/AAAA`': (kind) =>
    publishes(
      scene(kind, keyed({ ...MODE, type: 'A/AAAA' }), { addresses: [ip('203.0.113.5'), ip('2001:db8::5')] }),
      A,
      'AAAA app.example.com 2001:db8::5',
    ),
  '`addresses: all`': (kind) =>
    publishes(
      scene(kind, keyed({ ...MODE, addresses: 'all' }), {
        addresses: [ip('203.0.113.5'), ip('203.0.113.6')],
      }),
      'A app.example.com 203.0.113.5,203.0.113.6',
    ),
  'defaults from a Gateway': (kind) => {
    const listeners = [listener({ protocol: protocolOf(kind) })];
    const gateways = [gateway({ annotations: MODE, listeners })];
    return publishes(scene(kind, {}, { more: { gateways } }), A);
  },
  'a ListenerSet as parent': (kind) => {
    const parentRefs = isRoute(kind)
      ? [parentRef({ kind: 'ListenerSet', namespace: 'team', name: 'more' })]
      : [];
    const listenerSets = [listenerSet({ listeners: [listener({ protocol: protocolOf(kind) })] })];
    const gateways = [gateway({ listeners: [], allowedListeners: { from: 'All', selector: undefined } })];
    const it = scene(kind, MODE, { over: { parentRefs }, more: { gateways, listenerSets } });
    return isRoute(kind) && publishes(it, A);
  },
  '`gateway`': (kind) => {
    const other = gateway({
      name: 'other',
      addresses: [ip('203.0.113.9')],
      listeners: [listener({ protocol: protocolOf(kind) })],
    });
    const it = scene(kind, keyed({ ...MODE, gateway: 'other' }), {
      over: isRoute(kind) ? { parentRefs: [parentRef(), parentRef({ name: 'other' })] } : {},
    });
    return publishes({ ...it, gateways: [...(it.gateways ?? []), other] }, 'A app.example.com 203.0.113.9');
  },
  '`suspend`': (kind) => {
    const claims = [claim({ holder: { kind, namespace: 'shop', name: 'app' } })];
    return fateOf({ ...scene(kind, keyed({ ...MODE, suspend: 'true' })), claims }) === 'kept:suspended';
  },
  '`require-ready`': (kind) => {
    const claims = [claim({ holder: { kind, namespace: 'shop', name: 'app' } })];
    const readiness = { [`${kind}/shop/app`]: { kind: 'unready', why: 'down', isOver: true } } as const;
    const it = { ...scene(kind, keyed({ ...MODE, 'require-ready': 'true' })), claims };
    return fateOf({ ...it, readiness }) === 'doomed:not-ready';
  },
};

const [page = ''] = readFileSync(new URL('../../docs/support-matrix.md', import.meta.url), 'utf8').split(
  '\n## What is told',
);
const rows = new Map(
  [...page.matchAll(/^\| (.+) \|$/gm)].map((row) => {
    const [feature = '', ...cells] = (row[1] ?? '').split(' | ');
    return [feature, cells] as const;
  }),
);

describe('docs/support-matrix.md', () => {
  it('has a column for each kind, and a row for each feature that is tried', () => {
    expect(rows.get('feature')).toEqual([...SOURCE_KINDS]);
    const features = [...rows.keys()].filter((row) => row !== 'feature' && !row.startsWith('---'));
    expect(features.toSorted()).toEqual(Object.keys(FEATURES).toSorted());
  });

  for (const [feature, has] of Object.entries(FEATURES)) {
    it.each(SOURCE_KINDS.map((kind, column) => [kind, column] as const))(`%s: ${feature}`, (kind, column) => {
      expect(rows.get(feature)?.[column]).toBe(has(kind) ? 'yes' : 'no');
    });
  }
});
