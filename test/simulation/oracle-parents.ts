import type {
  ClusterSnapshot,
  GatewayObject,
  Listener,
  ParentRef,
  SourceObject,
  Trust,
} from '../../src/domain/cluster.ts';

export type Notes = Readonly<Record<string, string>>;

/** Raw values that the simulated world uses and the contract does not know. */
export const UNUSABLE = new Set([
  'maybe',
  'soon',
  'MX',
  'gatewayaddress',
  '59',
  '!!',
  '127.0.0.1',
  'yes',
  'bad_name!',
]);
/** Keys that a gateway gives to the routes attached to it. */
const INHERITED = [
  'content-mode',
  'content-mode-aaaa',
  'type',
  'ttl',
  'proxied',
  'content',
  'addresses',
  'suspend',
];

/** One parent of a route, as far as the contract asks about it. */
export interface OracleParent {
  readonly key: string;
  /** Absent when it is missing, or was never seen. */
  readonly gateway: GatewayObject | undefined;
  /** It is as it was seen, and not only as it was last known. */
  readonly isKnown: boolean;
  /** The route's keys, and below them the gateway's. */
  readonly notes: Notes;
  /** Whether it gives the name, or may once it accepts the route or more is known. */
  readonly offer: 'gives' | 'may' | 'never';
  /** What it does not give proves nothing. */
  readonly open: boolean;
}

/** @param names that the route asks for */
export function parentsOf(
  route: SourceObject,
  names: readonly string[],
  name: string,
  cluster: ClusterSnapshot,
): readonly OracleParent[] {
  return route.parentRefs.map((ref): OracleParent => {
    const key = `${ref.kind}/${ref.namespace}/${ref.name}`;
    const place = ref.kind === 'Gateway' ? gatewayAt(keyOf(ref), cluster) : setAt(keyOf(ref), cluster);
    if (place === undefined) {
      const offer = names.some((each) => meet(each, name) === name) ? 'may' : 'never';
      return { key, gateway: undefined, isKnown: false, notes: route.annotations, offer, open: true };
    }
    const { gateway, isKnown, given } = place;
    const { offer, open } = offerOf({ route, ref, names, name, place, cluster });
    return {
      key,
      gateway,
      isKnown,
      notes: { ...given, ...route.annotations },
      offer,
      open: open || !isKnown,
    };
  });
}

type Permission = 'yes' | 'no' | 'unknown';

/** What a route can be attached to, with whatever stands before its listeners. */
interface Place {
  readonly gateway: GatewayObject;
  readonly namespace: string;
  readonly isKnown: boolean;
  readonly given: Notes;
  readonly listeners: readonly { readonly listener: Listener; readonly entry: Permission }[];
}

function gatewayAt(key: string, { gateways }: ClusterSnapshot): Place | undefined {
  const gateway = isSeen(gateways) ? gateways.objects.get(key) : undefined;
  if (gateway === undefined) return undefined;
  const listeners = gateway.listeners.map((listener) => ({ listener, entry: 'yes' as const }));
  const isKnown = gateways.trust.kind === 'current';
  return { gateway, namespace: gateway.namespace, isKnown, given: givenBy(gateway), listeners };
}

/** A ListenerSet has the addresses of its Gateway, and that one's keys below its own. */
function setAt(key: string, cluster: ClusterSnapshot): Place | undefined {
  const view = cluster.listenerSets;
  const set = view !== undefined && isSeen(view) ? view.objects.get(key) : undefined;
  const behind = set?.gateway === undefined ? undefined : gatewayAt(keyOf(set.gateway), cluster);
  if (set === undefined || behind === undefined) return undefined;
  const { gateway } = behind;
  const taken = allows(gateway.allowedListeners?.from ?? 'None', set.namespace, gateway.namespace, cluster);
  const listeners = set.listeners.map((listener) => {
    const isAccepted = set.accepted && set.acceptedListeners.includes(listener.name);
    return { listener, entry: taken === 'yes' && !isAccepted ? ('unknown' as const) : taken };
  });
  const isKnown = behind.isKnown && view?.trust.kind === 'current';
  const given = { ...behind.given, ...givenBy(set) };
  return { gateway, namespace: set.namespace, isKnown, given, listeners };
}

function givenBy({ annotations }: { readonly annotations: Notes }): Notes {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => INHERITED.includes(key)));
}

interface OfferCase {
  readonly route: SourceObject;
  readonly ref: ParentRef;
  readonly names: readonly string[];
  readonly name: string;
  readonly place: Place;
  readonly cluster: ClusterSnapshot;
}

function offerOf({
  route,
  ref,
  names,
  name,
  place,
  cluster,
}: OfferCase): Pick<OracleParent, 'offer' | 'open'> {
  const status = route.parentStatuses.find(
    (each) => keyOf(each.ref) === keyOf(ref) && each.ref.kind === ref.kind,
  );
  const accepted = status?.accepted === 'True' && (status.observedGeneration ?? 0) >= route.generation;
  let offer: OracleParent['offer'] = 'never';
  let open = false;
  for (const { listener, entry } of place.listeners) {
    const fits = names.some((each) => meet(each, listener.hostname) === name);
    const named = names.some((each) => meet(each, listener.hostname) !== undefined);
    if (!carries(listener.protocol, route.kind)) continue;
    const own = allows(listener.allowedNamespaces.from, route.namespace, place.namespace, cluster);
    const permission = own === 'yes' ? entry : own === 'unknown' && entry === 'no' ? 'no' : own;
    // A listener that will take the route, though it takes another name of it, is about to change what is given.
    if (permission === 'yes' && named && !accepted) open = true;
    // Whether it takes the route or not, a name that it cannot give is not given by it.
    if (permission === 'no' || !fits) continue;
    if (permission === 'yes' && accepted) offer = 'gives';
    else if (offer === 'never') offer = 'may';
  }
  return { offer, open };
}

/** A route of TLS goes through what does not look inside. */
function carries(protocol: string, kind: string): boolean {
  return kind === 'TLSRoute' ? protocol === 'TLS' : protocol === 'HTTP' || protocol === 'HTTPS';
}

/** Whether a rule that stands in the namespace `home` lets another in. */
function allows(from: string, who: string, home: string, { namespaces }: ClusterSnapshot): Permission {
  if (from === 'All') return 'yes';
  if (from === 'Same') return who === home ? 'yes' : 'no';
  if (from !== 'Selector') return 'no';
  const namespace = namespaces.objects.get(who);
  if (!isSeen(namespaces) || namespace === undefined) return 'unknown';
  if (namespace.labels['dns'] === 'yes') return 'yes';
  return namespaces.trust.kind === 'current' ? 'no' : 'unknown';
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** What was last known is served while a watch makes no progress; it proves nothing against a record. */
export function isSeen({ trust }: { readonly trust: Trust }): boolean {
  return trust.kind === 'current' || trust.kind === 'stale';
}

/** The more specific of two names, where one covers the other. */
export function meet(a: string, b: string | undefined): string | undefined {
  if (b === undefined || a === b) return a;
  if (a.startsWith('*.') && b.endsWith(a.slice(1)) && b.length > a.length - 1) return b;
  if (b.startsWith('*.') && a.endsWith(b.slice(1)) && a.length > b.length - 1) return a;
  return undefined;
}
