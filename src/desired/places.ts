import type {
  ClusterSnapshot,
  GatewayObject,
  KindView,
  Listener,
  ListenerSetObject,
} from '../domain/cluster.ts';
import { parseHostname, type Hostname } from '../domain/hostname.ts';
import { ok, type Result } from '../domain/result.ts';
import type { GatewayRef } from '../domain/source.ts';
import { addressPool, type AddressPool } from './address-pool.ts';
import { defaultsOf, type Defaults } from './gateway-defaults.ts';
import { namespaceBarrier, unknown, type Barrier } from './namespace-rule.ts';

export interface PreparedListener {
  readonly listener: Listener;
  readonly hostname: Result<Hostname | undefined, string>;
  /** Why it lets nobody in, whatever its own rules say. */
  readonly barrier: Barrier | undefined;
}

/** A gateway as a place to attach to. A ListenerSet has addresses, and defaults below its own, from its Gateway. */
export interface Place {
  readonly ref: GatewayRef;
  readonly listeners: readonly PreparedListener[];
  readonly pool: AddressPool;
  readonly defaults: Defaults;
  /** Why what it does not give proves nothing: it is only as last known. */
  readonly open: string | undefined;
}

/** Nothing follows from a place that is not seen. */
export type Sight =
  | { readonly kind: 'seen'; readonly place: Place }
  | { readonly kind: 'unseen'; readonly why: string };

export function placeText({ kind, namespace, name }: GatewayRef): string {
  return `${kind} ${namespace}/${name}`;
}

export function sightOf(ref: GatewayRef, cluster: ClusterSnapshot): Sight {
  return ref.kind === 'Gateway' ? gatewaySight(ref, cluster) : listenerSetSight(ref, cluster);
}

function gatewaySight(ref: GatewayRef, cluster: ClusterSnapshot): Sight {
  const found = find(ref, cluster.gateways, cluster);
  if (!found.ok) return { kind: 'unseen', why: found.error };
  const { object, open } = found.value;
  const place: Place = {
    ref,
    listeners: object.listeners.map((listener) => prepared(listener, undefined)),
    pool: addressPool(object.addresses),
    defaults: defaultsOf(object.annotations, placeText(ref)),
    open,
  };
  return { kind: 'seen', place };
}

function listenerSetSight(ref: GatewayRef, cluster: ClusterSnapshot): Sight {
  const found = find(ref, cluster.listenerSets, cluster);
  if (!found.ok) return { kind: 'unseen', why: found.error };
  const { object: set, open } = found.value;
  if (set.gateway === undefined) {
    return { kind: 'unseen', why: `the parentRef of ${placeText(ref)} is no Gateway` };
  }
  const gatewayRef: GatewayRef = { kind: 'Gateway', ...set.gateway };
  const behind = gatewaySight(gatewayRef, cluster);
  const gateway = cluster.gateways.objects.get(keyOf(gatewayRef));
  if (behind.kind === 'unseen' || gateway === undefined) {
    const why = behind.kind === 'unseen' ? behind.why : `${placeText(gatewayRef)} is missing`;
    return { kind: 'unseen', why: `${placeText(ref)}: ${why}` };
  }
  const barrier = setBarrier(set, gateway, ref, cluster);
  const listeners = set.listeners.map((listener) =>
    prepared(listener, barrier ?? entryBarrier(set, listener, ref)),
  );
  const { pool, defaults, open: below } = behind.place;
  const place: Place = {
    ref,
    listeners,
    pool,
    defaults: defaultsOf(set.annotations, placeText(ref), defaults),
    open: open ?? below,
  };
  return { kind: 'seen', place };
}

/** Why a Gateway does not take a ListenerSet. Its `Accepted` is never evidence; `allowedListeners` is. */
function setBarrier(
  set: ListenerSetObject,
  gateway: GatewayObject,
  ref: GatewayRef,
  cluster: ClusterSnapshot,
): Barrier | undefined {
  const barrier = namespaceBarrier(
    {
      rule: gateway.allowedListeners ?? { from: 'None', selector: undefined },
      home: gateway.namespace,
      namespace: set.namespace,
      owner: `Gateway ${gateway.namespace}/${gateway.name}`,
      what: 'ListenerSets',
      field: 'allowedListeners',
    },
    cluster,
  );
  if (barrier !== undefined) return barrier;
  return set.accepted ? undefined : unknown(`${placeText(ref)} is not accepted by its Gateway yet`);
}

function entryBarrier(set: ListenerSetObject, { name }: Listener, ref: GatewayRef): Barrier | undefined {
  if (set.acceptedListeners.includes(name)) return undefined;
  return unknown(`listener ${name} of ${placeText(ref)} is not accepted yet`);
}

function prepared(listener: Listener, barrier: Barrier | undefined): PreparedListener {
  return {
    listener,
    hostname: listener.hostname ? parseHostname(listener.hostname) : ok(undefined),
    barrier,
  };
}

interface Found<T> {
  readonly object: T;
  readonly open: string | undefined;
}

function find<T>(
  ref: GatewayRef,
  view: KindView<T> | undefined,
  { watchedNamespaces }: ClusterSnapshot,
): Result<Found<T>, string> {
  const wrong = (why: string): Result<never, string> => ({ ok: false, error: why });
  if (watchedNamespaces?.has(ref.namespace) === false) {
    return wrong(`WATCH_NAMESPACES does not include ${ref.namespace}, the namespace of ${placeText(ref)}`);
  }
  if (view === undefined) return wrong(`${ref.kind}s are not watched`);
  const { trust } = view;
  const open = trust.kind === 'current' ? undefined : `${ref.kind}s are not known: ${trust.why}`;
  // One last known serves, and proves nothing.
  const object =
    trust.kind === 'current' || trust.kind === 'stale' ? view.objects.get(keyOf(ref)) : undefined;
  return object === undefined ? wrong(open ?? `${placeText(ref)} is missing`) : ok({ object, open });
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
