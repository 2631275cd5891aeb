import type { SourceKind } from './source.ts';

export interface ParentRef {
  readonly group: string;
  readonly kind: string;
  /** Already defaulted to the route's own namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly sectionName: string | undefined;
  readonly port: number | undefined;
}

/** One entry of `status.parents`; `accepted` is the status of that condition, absent where there is none. */
export interface ParentStatus {
  readonly ref: ParentRef;
  readonly controllerName: string;
  readonly accepted: 'True' | 'False' | 'Unknown' | undefined;
  readonly reason: string;
  readonly observedGeneration: number | undefined;
}

/**
 * A source that may ask for records, stripped to what we read: it has a `routeflare/` annotation, or a parent that
 * may set some for it. `annotations` holds only our keys, without the prefix. `createdAt` is ISO 8601 UTC.
 */
export interface SourceObject {
  readonly kind: SourceKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  /** Marked for deletion but still there: no evidence of absence. */
  readonly deleting: boolean;
  /** Whether SOURCE_SELECTOR takes it. One that it does not is left alone, records included. */
  readonly selected: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostnames: readonly string[];
  readonly parentRefs: readonly ParentRef[];
  readonly parentStatuses: readonly ParentStatus[];
  /** Of an Ingress or Service: `status.loadBalancer`, in the form of Gateway addresses. */
  readonly addresses: readonly GatewayAddress[];
  /** Where its traffic goes. Read only of a source with `require-ready`. */
  readonly backends?: readonly BackendRef[];
  /** Why an object of this form gets no record, whatever it asks for: a Service that is no load balancer. */
  readonly unfit?: string;
}

/** One backend; the namespace is defaulted to the source's own. `port` by number or name; absent is any. */
export interface BackendRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string | undefined;
}

/**
 * Whether a source with `require-ready` has a ready backend. `isOver`: it has had none for longer than it may, as
 * seen without a break in this run.
 */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unready'; readonly why: string; readonly isOver: boolean }
  | { readonly kind: 'unknown'; readonly why: string };

/** A label selector of the API, whole. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** Which namespaces may attach: `All`, `Same`, `Selector`, or anything else for none. */
export interface NamespaceRule {
  readonly from: string;
  readonly selector: LabelSelector | undefined;
}

export interface Listener {
  readonly name: string;
  readonly hostname: string | undefined;
  readonly port: number;
  readonly protocol: string;
  readonly allowedNamespaces: NamespaceRule;
  /** Absent: the protocol's own kinds. */
  readonly allowedKinds: readonly { readonly group: string; readonly kind: string }[] | undefined;
}

/** `type` is IPAddress, Hostname, or anything else (ignored with a reason). */
export interface GatewayAddress {
  readonly type: string;
  readonly value: string;
}

export interface GatewayObject {
  readonly namespace: string;
  readonly name: string;
  readonly deleting: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly listeners: readonly Listener[];
  readonly addresses: readonly GatewayAddress[];
  /** Whose ListenerSets it takes; absent is nobody's. */
  readonly allowedListeners?: NamespaceRule;
}

/** Listeners that somebody adds to a Gateway. Gateway API, ListenerSet. */
export interface ListenerSetObject {
  readonly namespace: string;
  readonly name: string;
  readonly deleting: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** Its Gateway; absent when its parentRef is of another kind. */
  readonly gateway: { readonly namespace: string; readonly name: string } | undefined;
  readonly listeners: readonly Listener[];
  /** Its own condition `Accepted`. */
  readonly accepted: boolean;
  /** Names of the listeners whose own condition `Accepted` is there and True. */
  readonly acceptedListeners: readonly string[];
}

export interface NamespaceObject {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * How far a kind's cache can be trusted.
 * - `current`: listed completely, and the watch made progress within ten minutes.
 * - `stale`: was complete once; the objects are the last known ones, absence proves nothing.
 * - `unlisted`: never listed completely in this run; `objects` is empty and means nothing.
 * - `off`: not watched (SOURCES, or no listener needs it).
 */
export type Trust =
  | { readonly kind: 'current' }
  | { readonly kind: 'stale' | 'unlisted' | 'off'; readonly why: string };

/** The cache of one kind. Keys are `namespace/name`, or `name` for a Namespace. */
export interface KindView<T> {
  readonly trust: Trust;
  readonly objects: ReadonlyMap<string, T>;
  /** Whether an object of this key is there at all, annotated or not. Evidence of absence only when `current`. */
  present(key: string): boolean;
}

/** Everything read from the cluster at one moment. */
export interface ClusterSnapshot {
  readonly sources: Readonly<Partial<Record<SourceKind, KindView<SourceObject>>>>;
  readonly gateways: KindView<GatewayObject>;
  /** Absent where it is not read: nothing follows from a parentRef to one. */
  readonly listenerSets?: KindView<ListenerSetObject>;
  readonly namespaces: KindView<NamespaceObject>;
  /** By the text of each source with `require-ready`; one that is missing here is unknown. */
  readonly readiness?: ReadonlyMap<string, Readiness>;
  /** WATCH_NAMESPACES; `undefined` is all. */
  readonly watchedNamespaces: ReadonlySet<string> | undefined;
}
