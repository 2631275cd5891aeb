import type { BackendRef, ParentRef, SourceObject } from '../../src/domain/cluster.ts';
import {
  BACKEND_PORT,
  GATEWAYS,
  GRACES,
  NAMES,
  NAMESPACES,
  ROUTE_KINDS,
  SERVICES,
  SET,
  TARGETS,
  V4,
  V6,
  type RouteKind,
} from './names.ts';
import type { Random } from './random.ts';

const GROUP = 'gateway.networking.k8s.io';

type Notes = Readonly<Record<string, string>>;

export function newRoute(random: Random, createdAt: string, kinds: readonly RouteKind[]): SourceObject {
  const letter = kinds.length > 1 ? random.pick(['r', 'g', 't'] as const) : 'r';
  const name = `${letter}${random.below(letter === 'r' ? 3 : 2)}`;
  const namespace = random.pick(NAMESPACES);
  return {
    kind: ROUTE_KINDS[letter],
    namespace,
    name,
    uid: `uid-${createdAt}-${name}`,
    generation: 1,
    createdAt,
    deleting: false,
    selected: true,
    annotations: random.chance(0.15) ? withoutMode(someNotes(random)) : someNotes(random),
    hostnames: someNames(random),
    parentRefs: someParents(random),
    parentStatuses: [],
    addresses: [],
    backends: someBackends(random, namespace),
  };
}

/** Now and then in a namespace that lets nobody in. */
function someBackends(random: Random, home: string): readonly BackendRef[] {
  const chosen = new Set([random.pick(SERVICES)]);
  if (random.chance(0.2)) chosen.add(random.pick(SERVICES));
  const port = random.pick([BACKEND_PORT, BACKEND_PORT, undefined]);
  const namespace = random.chance(0.05) ? 'closed' : home;
  return [...chosen].map((name) => ({ group: '', kind: 'Service', namespace, name, port }));
}

export function someNames(random: Random): readonly string[] {
  const names = new Set([random.pick(NAMES)]);
  while (random.chance(0.4)) names.add(random.pick(NAMES));
  return [...names];
}

export function someParents(random: Random): readonly ParentRef[] {
  const chosen = new Set<string>([random.pick(GATEWAYS)]);
  if (random.chance(0.3)) chosen.add(random.pick(GATEWAYS));
  const gateways = [...chosen].map((name) => refTo('Gateway', 'infra', name));
  if (!random.chance(0.15)) return gateways;
  const set = refTo('ListenerSet', SET.namespace, SET.name);
  return random.pick([[set], [set, ...gateways], [...gateways, set]]);
}

function refTo(kind: string, namespace: string, name: string): ParentRef {
  return { group: GROUP, kind, namespace, name, sectionName: undefined, port: undefined };
}

export function someNotes(random: Random): Notes {
  const mode = random.pick(['gateway-address', 'gateway-address', 'static', 'static', 'ddns', 'none']);
  return {
    'content-mode': mode,
    ...(mode === 'static' ? { content: someContent(random) } : {}),
    ...maybe(random, 0.35, 'type', ['A', 'AAAA', 'A/AAAA', 'A/AAAA', 'CNAME']),
    ...maybe(random, 0.15, 'proxied', ['true', 'false']),
    ...maybe(random, 0.15, 'ttl', ['auto', '300', '600']),
    ...maybe(random, 0.25, 'adopt', ['true']),
    ...maybe(random, 0.1, 'addresses', ['all']),
    ...maybe(random, 0.1, 'content-mode-aaaa', ['none', 'ddns', 'gateway-address']),
    ...maybe(random, 0.15, 'require-ready', Object.keys(GRACES)),
  };
}

/** What its gateways say, if they do. */
function withoutMode({ 'content-mode': _mode, ...rest }: Notes): Notes {
  return rest;
}

/** What a gateway sets for the routes attached to it: nothing, as a rule. */
export function someDefaults(random: Random): Notes {
  if (random.chance(0.65)) return {};
  const { adopt: _adopt, 'require-ready': _ready, ...notes } = someNotes(random);
  const kept = Object.entries(notes).filter(([key]) => key !== 'content-mode' || random.chance(0.7));
  return { ...Object.fromEntries(kept), ...maybe(random, 0.08, 'suspend', ['true']) };
}

export function spoiltDefaults(notes: Notes, random: Random): Notes {
  const [key, value] = random.pick(WRONG.filter(([each]) => !OWN_KEYS.includes(each)));
  return { ...notes, [key]: value };
}

function someContent(random: Random): string {
  const v4 = random.pick(V4);
  const v6 = random.pick(V6);
  return random.pick([v4, v4, v4, v6, `${v4},${v6}`, random.pick(TARGETS)]);
}

/** One key changed, added or taken away. */
export function editedNotes(notes: Notes, random: Random): Notes {
  const fresh = someNotes(random);
  const keys = [...new Set([...Object.keys(notes), ...Object.keys(fresh)])].filter(
    (key) => key !== 'suspend',
  );
  const key = random.pick(keys);
  const { [key]: _old, ...rest } = notes;
  const value = fresh[key];
  const content =
    value === 'static' && notes['content'] === undefined ? { content: someContent(random) } : {};
  return value === undefined ? rest : { ...rest, ...content, [key]: value };
}

const WRONG: readonly (readonly [string, string])[] = [
  ['content-mode', 'gatewayaddress'],
  ['type', 'MX'],
  ['ttl', 'soon'],
  ['ttl', '59'],
  ['proxied', 'maybe'],
  ['adopt', 'yes'],
  ['require-ready', 'soon'],
  ['content', '!!'],
  ['content', '127.0.0.1'],
  ['hostnames', 'a.example.com,bad_name!'],
  ['hostnames', 'bad_name!'],
];

/** Those that a gateway cannot set. */
const OWN_KEYS = ['adopt', 'hostnames', 'require-ready'];

export function spoiltNotes(notes: Notes, random: Random): Notes {
  const [key, value] = random.pick(WRONG);
  return { ...notes, [key]: value };
}

function maybe(random: Random, probability: number, key: string, values: readonly string[]): Notes {
  return random.chance(probability) ? { [key]: random.pick(values) } : {};
}
