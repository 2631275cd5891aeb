import type {
  ClusterSnapshot,
  GatewayObject,
  KindView,
  NamespaceObject,
  SourceObject,
  Trust,
} from '../../src/domain/cluster.ts';
import type { ClusterPort } from '../../src/controller/ports.ts';
import type { SimClock } from './clock.ts';
import type { Random } from './random.ts';

type Kind = 'routes' | 'gateways' | 'namespaces';
const KINDS: readonly Kind[] = ['routes', 'gateways', 'namespaces'];

interface Objects {
  readonly routes: Map<string, SourceObject>;
  readonly gateways: Map<string, GatewayObject>;
  readonly namespaces: Map<string, NamespaceObject>;
}

/** A watch without progress for that long is not trusted any more; contract 2. */
const STALE_MS = 600_000;

/** What is really in the cluster. Every change is told to the watches, with its own delay, in order for each kind. */
export class SimCluster {
  readonly truth: Objects = { routes: new Map(), gateways: new Map(), namespaces: new Map() };
  /** Kinds whose watch delivers nothing. */
  readonly stalled = new Set<Kind>();
  away = false;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #watches = new Set<SimWatch>();

  constructor(clock: SimClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  putRoute(route: SourceObject): void {
    this.truth.routes.set(keyOf(route), route);
    this.#tell('routes', keyOf(route));
  }

  removeRoute(key: string): void {
    this.truth.routes.delete(key);
    this.#tell('routes', key);
  }

  putGateway(gateway: GatewayObject): void {
    this.truth.gateways.set(keyOf(gateway), gateway);
    this.#tell('gateways', keyOf(gateway));
  }

  removeGateway(key: string): void {
    this.truth.gateways.delete(key);
    this.#tell('gateways', key);
  }

  putNamespace(namespace: NamespaceObject): void {
    this.truth.namespaces.set(namespace.name, namespace);
    this.#tell('namespaces', namespace.name);
  }

  removeNamespace(name: string): void {
    this.truth.namespaces.delete(name);
    this.#tell('namespaces', name);
  }

  /** Starts what a controller sees the cluster by. */
  watch(onChange: () => void): SimWatch {
    const watch = new SimWatch(this, this.#clock, this.#random, onChange, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  /** The API server answers again, and every stalled watch is begun anew with a list. */
  recover(): void {
    this.away = false;
    this.stalled.clear();
    for (const watch of this.#watches) for (const kind of KINDS) watch.list(kind);
  }

  stall(kind: Kind): void {
    this.stalled.add(kind);
    for (const watch of this.#watches) watch.stall(kind);
  }

  #tell(kind: Kind, key: string): void {
    for (const watch of this.#watches) watch.told(kind, key);
  }
}

export function keyOf(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}

interface Cache {
  listed: boolean;
  stale: boolean;
  stalledSince: number | undefined;
  lastDue: number;
  readonly objects: Map<string, unknown>;
}

/** One controller's caches of the cluster: behind it, and stale or empty at times. */
export class SimWatch implements ClusterPort {
  readonly #cluster: SimCluster;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #onChange: () => void;
  readonly #onClose: () => void;
  readonly #caches: Readonly<Record<Kind, Cache>>;
  #closed = false;
  #synced = false;

  constructor(
    cluster: SimCluster,
    clock: SimClock,
    random: Random,
    onChange: () => void,
    onClose: () => void,
  ) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
    this.#onClose = onClose;
    this.#caches = { routes: emptyCache(), gateways: emptyCache(), namespaces: emptyCache() };
    for (const kind of KINDS) this.list(kind);
  }

  close(): void {
    this.#closed = true;
    this.#onClose();
  }

  synced(): boolean {
    this.#synced ||= KINDS.every((kind) => this.#caches[kind].listed);
    return this.#synced;
  }

  snapshot(): ClusterSnapshot {
    return {
      sources: { HTTPRoute: this.#annotated() },
      gateways: this.#view<GatewayObject>('gateways'),
      namespaces: this.#view<NamespaceObject>('namespaces'),
      watchedNamespaces: undefined,
    };
  }

  /** Lists a kind anew, after a while; only then its cache means something. */
  list(kind: Kind): void {
    if (this.#cluster.away || this.#cluster.stalled.has(kind)) return;
    this.#clock.after(this.#random.between(5, 400), () => {
      if (this.#closed || this.#cluster.away || this.#cluster.stalled.has(kind)) return;
      const cache = this.#caches[kind];
      cache.objects.clear();
      for (const [key, object] of this.#cluster.truth[kind]) cache.objects.set(key, object);
      cache.listed = true;
      cache.stale = false;
      cache.stalledSince = undefined;
      this.#onChange();
    });
  }

  stall(kind: Kind): void {
    const cache = this.#caches[kind];
    cache.stalledSince ??= this.#clock.elapsed;
    this.#clock.after(STALE_MS, () => {
      const since = cache.stalledSince;
      if (this.#closed || since === undefined || this.#clock.elapsed - since < STALE_MS) return;
      cache.stale = true;
      this.#onChange();
    });
  }

  told(kind: Kind, key: string): void {
    const cache = this.#caches[kind];
    const object = this.#cluster.truth[kind].get(key);
    const due = Math.max(cache.lastDue, this.#clock.elapsed + this.#random.between(1, 250));
    cache.lastDue = due;
    this.#clock.after(due - this.#clock.elapsed, () => {
      if (this.#closed || !cache.listed || cache.stalledSince !== undefined) return;
      // An older event after a newer list says what the list said already.
      if (this.#cluster.truth[kind].get(key) !== object && cache.objects.get(key) === object) return;
      if (object === undefined) cache.objects.delete(key);
      else cache.objects.set(key, object);
      this.#onChange();
    });
  }

  #trust(cache: Cache): Trust {
    if (!cache.listed) return { kind: 'unlisted', why: 'it was not listed yet' };
    if (cache.stale) return { kind: 'stale', why: 'its watch made no progress' };
    return { kind: 'current' };
  }

  /** Only annotated routes are kept, as the program does it; of the others it knows that they are there. */
  #annotated(): KindView<SourceObject> {
    const all = this.#view<SourceObject>('routes');
    const annotated = [...all.objects].filter(([, route]) => Object.keys(route.annotations).length > 0);
    return { ...all, objects: new Map(annotated) };
  }

  #view<T>(kind: Kind): KindView<T> {
    const cache = this.#caches[kind];
    const objects = new Map(cache.objects) as ReadonlyMap<string, T>;
    return {
      trust: this.#trust(cache),
      objects: cache.listed ? objects : new Map(),
      present: (key) => objects.has(key),
    };
  }
}

function emptyCache(): Cache {
  return { listed: false, stale: false, stalledSince: undefined, lastDue: 0, objects: new Map() };
}
