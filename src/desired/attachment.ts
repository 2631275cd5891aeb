import type { GatewayObject, ParentRef, SourceObject, Trust } from '../domain/cluster.ts';
import { intersectHostnames, isWildcard, type Hostname } from '../domain/hostname.ts';
import type { GatewayRef } from '../domain/source.ts';
import { notAccepted, parentText } from './acceptance.ts';
import type { Requested } from './hostnames.ts';
import { GATEWAY_GROUP, refusalOf } from './listener-checks.ts';
import type { PreparedListener, World } from './world.ts';

/** One parentRef of a route, judged. */
export interface Parent {
  readonly ref: ParentRef;
  /** Absent when it is no gateway at all (a Service of a mesh, say): it never gives a name. */
  readonly gateway: GatewayRef | undefined;
  /** Absent when the object is missing or not to be trusted. */
  readonly object: GatewayObject | undefined;
  /** The names it gives: `undefined`; or would give, but for the reason said. Never evidence that a name is gone. */
  readonly offers: ReadonlyMap<Hostname, string | undefined>;
  /** Why a name that is absent in `offers` proves nothing; `undefined` when it is proof. */
  readonly open: string | undefined;
}

/** Judges every parentRef, in spec order. Gateway API: parentRefs, allowedRoutes, RouteParentStatus. */
export function judgeParents(route: SourceObject, requested: Requested, world: World): readonly Parent[] {
  return route.parentRefs.map((ref) => {
    const gateway = gatewayRef(ref);
    if (gateway === undefined) return { ref, gateway, object: undefined, offers: new Map(), open: undefined };
    const object = world.gatewayOf(gateway);
    const unseen = whyUnseen(ref, world);
    if (unseen !== undefined || object === undefined) {
      return unseenParent(ref, gateway, requested, unseen ?? `${parentText(ref)} is missing`);
    }
    const seen = seenParent(route, ref, object, requested, world);
    const { trust } = world.input.cluster.gateways;
    return trust.kind === 'current' ? seen : { ...seen, open: seen.open ?? unknownGateways(trust) };
  });
}

function gatewayRef(ref: ParentRef): GatewayRef | undefined {
  if (ref.group !== GATEWAY_GROUP || (ref.kind !== 'Gateway' && ref.kind !== 'ListenerSet')) return undefined;
  return { kind: ref.kind, namespace: ref.namespace, name: ref.name };
}

/** Why a Gateway cannot be judged: it is unwatched, or was never seen. One last known serves, and proves nothing. */
function whyUnseen(ref: ParentRef, world: World): string | undefined {
  const { gateways, watchedNamespaces } = world.input.cluster;
  if (ref.kind === 'ListenerSet') return `${parentText(ref)}: this release does not read ListenerSets`;
  if (watchedNamespaces !== undefined && !watchedNamespaces.has(ref.namespace)) {
    return `WATCH_NAMESPACES does not include ${ref.namespace}, the namespace of ${parentText(ref)}`;
  }
  const { trust } = gateways;
  const isSeen =
    trust.kind === 'current' ||
    (trust.kind === 'stale' &&
      world.gatewayOf({ kind: 'Gateway', namespace: ref.namespace, name: ref.name }) !== undefined);
  return isSeen ? undefined : unknownGateways(trust);
}

function unknownGateways(trust: Trust): string {
  return `Gateways are not known${trust.kind === 'current' ? '' : `: ${trust.why}`}`;
}

function unseenParent(ref: ParentRef, gateway: GatewayRef, requested: Requested, why: string): Parent {
  const names = requested.kind === 'list' ? requested.names : [];
  return { ref, gateway, object: undefined, offers: new Map(names.map((name) => [name, why])), open: why };
}

function seenParent(
  route: SourceObject,
  ref: ParentRef,
  object: GatewayObject,
  requested: Requested,
  world: World,
): Parent {
  const unaccepted = notAccepted(route, ref);
  const offers = new Map<Hostname, string | undefined>();
  let open: string | undefined;
  for (const { listener, hostname } of listenersFor(ref, object, world)) {
    if (!hostname.ok) {
      open = `listener ${listener.name} of ${parentText(ref)}: ${hostname.error}`;
      continue;
    }
    const names = namesOf(requested, hostname.value);
    if (names.length === 0) continue;
    const refusal = refusalOf({ route, ref, gateway: object, listener, world });
    if (refusal?.evidence !== undefined) continue;
    // A parent about to take the route elsewhere proves nothing against the names it had: first new, then old.
    if (refusal === undefined && unaccepted !== undefined) open = unaccepted;
    const blocked = refusal?.why ?? unaccepted;
    for (const name of names) if (blocked === undefined || !offers.has(name)) offers.set(name, blocked);
  }
  return { ref, gateway: gatewayRef(ref), object, offers, open };
}

/** The listeners that a parentRef means: the one it names, or all. */
export function listenersFor(
  ref: ParentRef,
  object: GatewayObject,
  world: World,
): readonly PreparedListener[] {
  const all = world.listenersOf(object);
  return ref.sectionName === undefined
    ? all
    : all.filter(({ listener }) => listener.name === ref.sectionName);
}

/** The names a listener of this hostname gives. Its wildcard is never published by implication. */
function namesOf(requested: Requested, own: Hostname | undefined): readonly Hostname[] {
  if (requested.kind === 'listeners') return own === undefined || isWildcard(own) ? [] : [own];
  return requested.names.map((name) => intersectHostnames(name, own)).filter((name) => name !== undefined);
}
