import type { ParentRef, SourceObject } from '../domain/cluster.ts';
import { covers, intersectHostnames, isWildcard, type Hostname } from '../domain/hostname.ts';
import type { GatewayRef } from '../domain/source.ts';
import { notAccepted, parentText } from './acceptance.ts';
import { addressPool, type AddressPool } from './address-pool.ts';
import type { Requested } from './hostnames.ts';
import { GATEWAY_GROUP, refusalOf } from './listener-checks.ts';
import { placeText, type Place, type PreparedListener } from './places.ts';
import type { World } from './world.ts';

/** One parentRef of a route, judged; or, of an Ingress or Service, the load balancer that it is itself. */
export interface Parent {
  /** Absent of an Ingress or Service. */
  readonly ref: ParentRef | undefined;
  /** Absent when it is no gateway at all (a Service of a mesh, say): it never gives a name. */
  readonly gateway: GatewayRef | undefined;
  /** Absent when the gateway is missing or was never seen. */
  readonly place: Place | undefined;
  /** The addresses it lists, where that is known. */
  readonly pool: AddressPool | undefined;
  /** The names it gives: `undefined`; or would give, but for the reason said. Never evidence that a name is gone. */
  readonly offers: ReadonlyMap<Hostname, string | undefined>;
  /** Why a name that is absent in `offers` proves nothing; `undefined` when it is proof. */
  readonly open: string | undefined;
}

/** Judges every parentRef, in spec order. Gateway API: parentRefs, allowedRoutes, RouteParentStatus. */
export function judgeParents(route: SourceObject, requested: Requested, world: World): readonly Parent[] {
  return route.parentRefs.map((ref) => {
    const gateway = gatewayRef(ref);
    if (gateway === undefined) return { ref, ...NO_GATEWAY };
    const sight = world.sightOf(gateway);
    return sight.kind === 'seen'
      ? seenParent(route, ref, sight.place, requested, world)
      : unseenParent(ref, gateway, requested, sight.why);
  });
}

const NO_GATEWAY: Omit<Parent, 'ref'> = {
  gateway: undefined,
  place: undefined,
  pool: undefined,
  offers: new Map(),
  open: undefined,
};

/** An Ingress or Service gives every name that it asks for. */
export function ownParent(object: SourceObject, requested: Requested): Parent {
  const names = requested.kind === 'list' ? requested.names : [];
  return {
    ...NO_GATEWAY,
    ref: undefined,
    pool: addressPool(object.addresses),
    offers: new Map(names.map((name) => [name, object.unfit])),
  };
}

function gatewayRef(ref: ParentRef): GatewayRef | undefined {
  if (ref.group !== GATEWAY_GROUP || (ref.kind !== 'Gateway' && ref.kind !== 'ListenerSet')) return undefined;
  return { kind: ref.kind, namespace: ref.namespace, name: ref.name };
}

function unseenParent(ref: ParentRef, gateway: GatewayRef, requested: Requested, why: string): Parent {
  const names = requested.kind === 'list' ? requested.names : [];
  const offers = new Map(names.map((name) => [name, why]));
  return { ...NO_GATEWAY, ref, gateway, offers, open: why };
}

function seenParent(
  route: SourceObject,
  ref: ParentRef,
  place: Place,
  requested: Requested,
  world: World,
): Parent {
  const { cluster } = world.input;
  const unaccepted = notAccepted(route, ref);
  const offers = new Map<Hostname, string | undefined>();
  let open = place.open;
  for (const prepared of listenersFor(ref, place)) {
    const { listener, hostname } = prepared;
    if (!hostname.ok) {
      open = `listener ${listener.name} of ${parentText(ref)}: ${hostname.error}`;
      continue;
    }
    const names = namesOf(requested, hostname.value);
    if (names.length === 0) continue;
    const refusal = refusalOf({ route, ref, place: place.ref, prepared, cluster });
    if (refusal?.evidence !== undefined) continue;
    // A parent about to take the route elsewhere proves nothing against the names it had: first new, then old.
    if (refusal === undefined && unaccepted !== undefined) open = unaccepted;
    const blocked = refusal?.why ?? unaccepted;
    for (const name of names) if (blocked === undefined || !offers.has(name)) offers.set(name, blocked);
  }
  return { ref, gateway: place.ref, place, pool: place.pool, offers, open };
}

/** In words, which listeners of a parent give a name that it gives, and by which hostname. */
export function givenBy(
  route: SourceObject,
  { ref, place }: Parent,
  name: Hostname,
  { input: { cluster } }: World,
): string {
  if (ref === undefined || place === undefined) return 'its own rules ask for it';
  const giving = listenersFor(ref, place).filter((prepared) => {
    const own = prepared.hostname.ok ? prepared.hostname.value : name;
    const isMeant = own === undefined || own === name || covers(own, name);
    return isMeant && refusalOf({ route, ref, place: place.ref, prepared, cluster }) === undefined;
  });
  const names = giving.map(({ listener }) => `${listener.name} (${listener.hostname ?? 'any hostname'})`);
  return `given by listener ${names.join(', ')} of ${placeText(place.ref)}`;
}

/** The listeners that a parentRef means: the one it names, or all. */
export function listenersFor(ref: ParentRef, { listeners }: Place): readonly PreparedListener[] {
  return ref.sectionName === undefined
    ? listeners
    : listeners.filter(({ listener }) => listener.name === ref.sectionName);
}

/** The names a listener of this hostname gives. Its wildcard is never published by implication. */
function namesOf(requested: Requested, own: Hostname | undefined): readonly Hostname[] {
  if (requested.kind === 'listeners') return own === undefined || isWildcard(own) ? [] : [own];
  return requested.names.map((name) => intersectHostnames(name, own)).filter((name) => name !== undefined);
}
