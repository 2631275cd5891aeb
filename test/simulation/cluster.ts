import type {
  GatewayObject,
  ListenerSetObject,
  NamespaceObject,
  SourceObject,
} from '../../src/domain/cluster.ts';
import type { SimClock } from './clock.ts';
import { EndpointLog } from './endpoint-log.ts';
import { SimLease } from './lease.ts';

/** What a route's traffic goes to. */
export interface SimService {
  readonly namespace: string;
  readonly name: string;
}

/** Some endpoints of a Service of its namespace. */
export interface SimSlice {
  readonly namespace: string;
  readonly name: string;
  readonly service: string;
  readonly isReady: boolean;
}

interface ObjectOf {
  readonly routes: SourceObject;
  readonly gateways: GatewayObject;
  readonly sets: ListenerSetObject;
  readonly namespaces: NamespaceObject;
  readonly services: SimService;
  readonly slices: SimSlice;
}
export type Kind = keyof ObjectOf;
/** Those that the Gateway API's CRDs bring. */
export const CRD_KINDS: readonly Kind[] = ['routes', 'gateways', 'sets'];
export const KINDS: readonly Kind[] = [...CRD_KINDS, 'namespaces', 'services', 'slices'];

type Objects = { readonly [K in Kind]: Map<string, ObjectOf[K]> };
export type AnyObject = ObjectOf[Kind];

/** One change, as the API server keeps it for those who watch. */
export interface Change {
  readonly kind: Kind;
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly object: AnyObject;
}

/** What an open watch is told. */
export interface Watcher {
  changed(change: Change): void;
  /** The connection breaks, in the middle of a line or between two. */
  broken(kind: Kind, inside: boolean): void;
  /** The server says that it no longer has what is asked for. */
  expired(kind: Kind): void;
}

/** What is really in the cluster, and how its API server is at the moment. */
export class SimCluster {
  readonly truth: Objects = {
    routes: new Map(),
    gateways: new Map(),
    sets: new Map(),
    namespaces: new Map(),
    services: new Map(),
    slices: new Map(),
  };
  readonly endpoints: EndpointLog;
  /** Kinds of which nothing comes through, for no one. */
  readonly stalled = new Set<Kind>();
  /** Its versions went back: who was kept out until they had caught up cannot tell what it missed. */
  isRestored = false;
  away = false;
  /** The answer to every call, where there is one of its own. */
  refuses: 403 | 429 | 500 | undefined;
  /** Whether the Gateway API's CRDs are installed. */
  served = true;
  /** Changes are told to each watch twice, or one after the next of another object. */
  scrambles = false;
  /** Lists and watches come from a replica that is that many changes behind. */
  lag = 0;
  /** How long after a change a watch tells of it; by chance where it is left out. */
  latencyMs: number | undefined;
  version = 1_000;
  readonly watchers = new Set<Watcher>();
  readonly lease: SimLease;
  /** What is compacted away can no longer be watched from. */
  oldest = 0;
  readonly #clock: SimClock;
  readonly #log: Change[] = [];
  #snapshot: (Objects & { readonly version: number }) | undefined;
  /** When each route was last not there, by the history's time. */
  readonly #absentAt = new Map<string, number>();

  constructor(clock: SimClock) {
    this.#clock = clock;
    this.lease = new SimLease(clock);
    this.endpoints = new EndpointLog(clock);
  }

  putRoute(route: SourceObject): void {
    const key = keyOf(route);
    if (!this.truth.routes.has(key)) this.#absentAt.set(key, this.#clock.elapsed);
    this.#put('routes', key, route);
  }

  removeRoute(key: string): void {
    this.#remove('routes', key);
  }

  putGateway(gateway: GatewayObject): void {
    this.#put('gateways', keyOf(gateway), gateway);
  }

  removeGateway(key: string): void {
    this.#remove('gateways', key);
  }

  putSet(set: ListenerSetObject): void {
    this.#put('sets', keyOf(set), set);
  }

  removeSet(key: string): void {
    this.#remove('sets', key);
  }

  putNamespace(namespace: NamespaceObject): void {
    this.#put('namespaces', namespace.name, namespace);
  }

  removeNamespace(name: string): void {
    this.#remove('namespaces', name);
  }

  putService(service: SimService): void {
    this.#put('services', keyOf(service), service);
  }

  removeService(key: string): void {
    this.#remove('services', key);
  }

  putSlice(slice: SimSlice): void {
    this.#put('slices', keyOf(slice), slice);
  }

  removeSlice(key: string): void {
    this.#remove('slices', key);
  }

  /** Whether a route is away, or was within that time. */
  wasAway(key: string, withinMs: number): boolean {
    const at = this.#absentAt.get(key);
    return !this.truth.routes.has(key) || (at !== undefined && at >= this.#clock.elapsed - withinMs);
  }

  since(kind: Kind, version: number): readonly Change[] {
    return this.#log.filter((change) => change.kind === kind && change.version > version);
  }

  /** All of a kind as it was at that version. */
  listAt(kind: Kind, version: number): readonly (readonly [AnyObject, number])[] {
    const objects = new Map<string, readonly [AnyObject, number]>();
    for (const { key, object, type, version: at, kind: of } of this.#log) {
      if (of !== kind || at > version) continue;
      if (type === 'DELETED') objects.delete(key);
      else objects.set(key, [object, at]);
    }
    return [...objects.values()];
  }

  /** Everything works again. */
  recover(): void {
    this.away = false;
    this.refuses = undefined;
    this.scrambles = false;
    this.lag = 0;
    this.stalled.clear();
    this.lease.forbidden = false;
    this.lease.lost = 0;
  }

  drop(kind: Kind, inside: boolean): void {
    for (const watcher of this.watchers) watcher.broken(kind, inside);
  }

  compact(kind: Kind): void {
    this.oldest = this.version;
    for (const watcher of this.watchers) watcher.expired(kind);
  }

  takeSnapshot(): void {
    const { routes, gateways, sets, namespaces, services, slices } = this.truth;
    this.#snapshot = {
      routes: new Map(routes),
      gateways: new Map(gateways),
      sets: new Map(sets),
      namespaces: new Map(namespaces),
      services: new Map(services),
      slices: new Map(slices),
      version: this.version,
    };
  }

  /** The state of the snapshot, versions included; every connection breaks. Answers whether there was one. */
  restoreSnapshot(): boolean {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return false;
    for (const key of this.truth.routes.keys()) this.#absentAt.set(key, this.#clock.elapsed);
    this.#log.splice(0, this.#log.length, ...this.#log.filter(({ version }) => version <= snapshot.version));
    this.version = snapshot.version;
    this.isRestored = true;
    // It starts anew for that.
    this.stalled.clear();
    for (const kind of KINDS) {
      const now = this.truth[kind] as Map<string, AnyObject>;
      now.clear();
      for (const [key, object] of snapshot[kind]) now.set(key, object);
      this.drop(kind, false);
    }
    this.endpoints.note(this.truth);
    return true;
  }

  #put(kind: Kind, key: string, object: AnyObject): void {
    const objects = this.truth[kind] as Map<string, AnyObject>;
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    objects.set(key, object);
    this.#tell(kind, type, key, object);
  }

  #remove(kind: Kind, key: string): void {
    const objects = this.truth[kind] as Map<string, AnyObject>;
    const object = objects.get(key);
    if (object === undefined) return;
    objects.delete(key);
    this.#tell(kind, 'DELETED', key, object);
  }

  #tell(kind: Kind, type: Change['type'], key: string, object: AnyObject): void {
    this.version += 1;
    if (kind === 'services' || kind === 'slices') this.endpoints.note(this.truth);
    const change: Change = { kind, version: this.version, type, key, object };
    this.#log.push(change);
    for (const watcher of this.watchers) watcher.changed(change);
  }
}

export function keyOf(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}
