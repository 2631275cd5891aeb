import type { Family } from '../../src/domain/address.ts';
import type { Claim } from '../../src/domain/claim.ts';
import type {
  ClusterSnapshot,
  GatewayAddress,
  GatewayObject,
  KindView,
  Listener,
  ListenerSetObject,
  NamespaceObject,
  ParentRef,
  ParentStatus,
  Readiness,
  SourceObject,
  Trust,
} from '../../src/domain/cluster.ts';
import type { EgressState } from '../../src/domain/egress.ts';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import { known, type Observed } from '../../src/domain/observation.ts';
import { refText, SOURCE_KINDS } from '../../src/domain/source.ts';
import type { Desired, Fate } from '../../src/domain/want.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { deriveDesired, type DesiredInput } from '../../src/desired/desired.ts';

export const CURRENT: Trust = { kind: 'current' };

export function host(text: string): Hostname {
  const parsed = parseHostname(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** A parentRef to Gateway infra/public, all of its listeners. */
export function parentRef(over: Partial<ParentRef> = {}): ParentRef {
  return {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    namespace: 'infra',
    name: 'public',
    sectionName: undefined,
    port: undefined,
    ...over,
  };
}

export function accepted(ref: ParentRef, over: Partial<ParentStatus> = {}): ParentStatus {
  return {
    ref,
    controllerName: 'example.net/gateway',
    accepted: 'True',
    reason: 'Accepted',
    observedGeneration: 1,
    ...over,
  };
}

/** HTTPRoute shop/app for app.example.com on infra/public, mode gateway-address; each parentRef accepted. */
export function route(over: Partial<SourceObject> = {}): SourceObject {
  const parentRefs = over.parentRefs ?? [parentRef()];
  return {
    kind: 'HTTPRoute',
    namespace: 'shop',
    name: 'app',
    uid: 'uid',
    generation: 1,
    createdAt: '2026-01-01T00:00:00Z',
    deleting: false,
    selected: true,
    annotations: { 'content-mode': 'gateway-address' },
    hostnames: ['app.example.com'],
    parentRefs,
    parentStatuses: parentRefs.map((ref) => accepted(ref)),
    addresses: [],
    ...over,
  };
}

/** An HTTPS listener without hostname that allows routes of all namespaces. */
export function listener(over: Partial<Listener> = {}): Listener {
  return {
    name: 'https',
    hostname: undefined,
    port: 443,
    protocol: 'HTTPS',
    allowedNamespaces: { from: 'All', selector: undefined },
    allowedKinds: undefined,
    ...over,
  };
}

export function ip(value: string): GatewayAddress {
  return { type: 'IPAddress', value };
}

export function named(value: string): GatewayAddress {
  return { type: 'Hostname', value };
}

/** Gateway infra/public at 203.0.113.5. */
export function gateway(over: Partial<GatewayObject> = {}): GatewayObject {
  return {
    namespace: 'infra',
    name: 'public',
    deleting: false,
    annotations: {},
    listeners: [listener()],
    addresses: [ip('203.0.113.5')],
    ...over,
  };
}

/** ListenerSet team/more on Gateway infra/public, accepted with its one listener for *.example.com. */
export function listenerSet(over: Partial<ListenerSetObject> = {}): ListenerSetObject {
  const listeners = over.listeners ?? [listener({ name: 'wild', hostname: '*.example.com' })];
  return {
    namespace: 'team',
    name: 'more',
    deleting: false,
    annotations: {},
    gateway: { namespace: 'infra', name: 'public' },
    listeners,
    accepted: true,
    acceptedListeners: listeners.map(({ name }) => name),
    ...over,
  };
}

export const ZONE: Zone = { id: 'zone-1', name: 'example.com', status: 'active' };

/** A record of ours: A app.example.com 203.0.113.5, held by HTTPRoute shop/app through infra/public. */
export function claim(over: Partial<Omit<Claim, 'name'>> & { readonly name?: string } = {}): Claim {
  return {
    zoneId: ZONE.id,
    zoneName: ZONE.name,
    recordId: 'record-1',
    holder: { kind: 'HTTPRoute', namespace: 'shop', name: 'app' },
    via: { kind: 'Gateway', namespace: 'infra', name: 'public' },
    mode: 'gateway-address',
    cluster: '01234567',
    ttlWritten: false,
    proxiedWritten: false,
    adopted: false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    verifiedAt: undefined,
    type: 'A',
    content: '203.0.113.5',
    ttl: 'auto',
    proxied: false,
    ...over,
    name: host(over.name ?? 'app.example.com'),
  };
}

export function view<T>(
  objects: readonly (readonly [string, T])[],
  over: { readonly trust?: Trust; readonly bare?: readonly string[] } = {},
): KindView<T> {
  const map = new Map(objects);
  const bare = new Set(over.bare);
  return { trust: over.trust ?? CURRENT, objects: map, present: (key) => map.has(key) || bare.has(key) };
}

export function confirmed(family: Family, address: string): EgressState {
  return {
    family,
    votes: [],
    status: 'confirmed',
    address,
    confirmedAt: '2026-01-01T00:00:00Z',
    voters: ['a', 'b'],
  };
}

/** A world in few words; what is left out is known and empty, zones are `ZONE` alone. */
export interface Scene {
  readonly routes?: readonly SourceObject[];
  readonly gateways?: readonly GatewayObject[];
  readonly listenerSets?: readonly ListenerSetObject[];
  readonly listenerSetTrust?: Trust;
  readonly namespaces?: readonly NamespaceObject[];
  readonly claims?: readonly Claim[];
  readonly zones?: Observed<readonly Zone[]>;
  readonly egress?: readonly EgressState[];
  readonly protectedNames?: readonly string[];
  readonly watchedNamespaces?: readonly string[];
  readonly readiness?: Readonly<Record<string, Readiness>>;
  readonly watchedKinds?: DesiredInput['watchedKinds'];
  readonly trust?: Trust;
  readonly gatewayTrust?: Trust;
  readonly namespaceTrust?: Trust;
  /** Routes (`namespace/name`) that are there without any annotation. */
  readonly bare?: readonly string[];
}

const pathOf = (object: { readonly namespace: string; readonly name: string }) =>
  `${object.namespace}/${object.name}`;

export function inputOf(scene: Scene): DesiredInput {
  const routes = scene.routes ?? [];
  const routesOf = (kind: string) =>
    routes.filter((each) => each.kind === kind).map((each) => [pathOf(each), each] as const);
  const trust = scene.trust ?? CURRENT;
  const cluster: ClusterSnapshot = {
    sources: {
      HTTPRoute: view(routesOf('HTTPRoute'), { trust, bare: scene.bare ?? [] }),
      GRPCRoute: view(routesOf('GRPCRoute'), { trust }),
      TLSRoute: view(routesOf('TLSRoute'), { trust }),
      Ingress: view(routesOf('Ingress'), { trust }),
      Service: view(routesOf('Service'), { trust }),
    },
    gateways: view(
      (scene.gateways ?? [gateway()]).map((each) => [pathOf(each), each] as const),
      { trust: scene.gatewayTrust ?? CURRENT },
    ),
    listenerSets: view(
      (scene.listenerSets ?? []).map((each) => [pathOf(each), each] as const),
      { trust: scene.listenerSetTrust ?? CURRENT },
    ),
    namespaces: view(
      (scene.namespaces ?? []).map((each) => [each.name, each] as const),
      { trust: scene.namespaceTrust ?? CURRENT },
    ),
    readiness: new Map(Object.entries(scene.readiness ?? {})),
    watchedNamespaces: scene.watchedNamespaces === undefined ? undefined : new Set(scene.watchedNamespaces),
  };
  return {
    cluster,
    egress: new Map((scene.egress ?? []).map((state) => [state.family, state])),
    zones: scene.zones ?? known([ZONE]),
    claims: scene.claims ?? [],
    protectedNames: (scene.protectedNames ?? []).map(host),
    watchedKinds: scene.watchedKinds ?? new Set(SOURCE_KINDS),
  };
}

export function derive(scene: Scene): Desired {
  return deriveDesired(inputOf(scene));
}

/** What is published, as `TYPE name content[,content]`, sorted. */
export function published(scene: Scene): readonly string[] {
  return derive(scene)
    .wants.flatMap(({ name, type, standing }) =>
      standing.kind === 'publish' ? [`${type} ${name} ${standing.contents.join(',')}`] : [],
    )
    .sort();
}

/** The fate of the only claim, or of the one named, as `kind` or `kept:state` or `doomed:evidence`. */
export function fateOf(scene: Scene, recordId = 'record-1'): string {
  const fate = derive(scene).fates.get(recordId);
  return fate === undefined ? 'none' : fateText(fate);
}

export function fateText(fate: Fate): string {
  if (fate.kind === 'kept') return `kept:${fate.state}`;
  if (fate.kind === 'doomed') return `doomed:${fate.evidence}`;
  return fate.kind === 'moved' ? `moved:${fate.to.name}` : fate.kind;
}

/** Problems as `Reason source name: message`. */
export function problems(scene: Scene): readonly string[] {
  return derive(scene).problems.map(
    ({ reason, source, name, message }) =>
      `${reason} ${source === undefined ? '-' : refText(source)} ${name ?? '-'}: ${message}`,
  );
}
