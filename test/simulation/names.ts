import type { Zone } from '../../src/domain/zone.ts';

/** The small world that all histories share. Few names and addresses, so that everything meets. */
export const OWNER = 'home';
export const FORMER = 'routeflare';
export const CLUSTER = 'aaaaaaaa';
export const OTHER_CLUSTER = 'bbbbbbbb';
/** What the cluster is after it was built anew. */
export const REBUILT_CLUSTER = 'dddddddd';
export const ALL_ZONES: readonly Zone[] = [
  { id: 'z-com', name: 'example.com', status: 'active' },
  { id: 'z-sub', name: 'sub.example.com', status: 'active' },
  { id: 'z-org', name: 'example.org', status: 'active' },
];
export const NAMES: readonly string[] = [
  'a.example.com',
  'b.example.com',
  'c.example.com',
  '*.example.com',
  'a.sub.example.com',
  'b.sub.example.com',
  'a.example.org',
  'example.org',
];
export const V4 = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '10.0.0.7'] as const;
export const V6 = ['2001:db8::1', '2001:db8::2'] as const;
export const TARGETS = ['one.example.net', 'two.example.net'] as const;
export const EGRESS = { 4: ['203.0.113.9', '198.51.100.4'], 6: ['2001:db8:f::9', '2001:db8:e::4'] } as const;
export const NAMESPACES = ['shop', 'web'] as const;
/** Kinds of routes, by the letter that the names of each begin with. */
export const ROUTE_KINDS = { r: 'HTTPRoute', g: 'GRPCRoute', t: 'TLSRoute' } as const;
export type RouteKind = (typeof ROUTE_KINDS)[keyof typeof ROUTE_KINDS];

/** The kind of the route of that key, `namespace/name`. */
export function routeKindOf(key: string): RouteKind {
  const letter = /\/(?<letter>[gt])\d+$/.exec(key)?.groups?.['letter'];
  return letter === 'g' || letter === 't' ? ROUTE_KINDS[letter] : 'HTTPRoute';
}

export const GATEWAYS = ['inner', 'outer'] as const;
export const TOKENS = ['cloudflare-token-number-one', 'cloudflare-token-number-two'] as const;
/** The one ListenerSet. */
export const SET = { namespace: 'shop', name: 'extra' } as const;
/** In each namespace. */
export const SERVICES = ['app', 'spare'] as const;
export const BACKEND_PORT = 80;
/** What `require-ready` is given, and how long that is in milliseconds. */
export const GRACES: Readonly<Record<string, number>> = {
  true: 600_000,
  '1s': 1_000,
  '30s': 30_000,
  '5m': 300_000,
};
/** What PROTECTED_NAMES is set to. */
export const PROTECTIONS: readonly (readonly string[])[] = [
  [],
  ['a.example.com'],
  ['*.sub.example.com'],
  ['example.org', 'b.example.com'],
  ['*.example.com'],
];
