import type { Clock } from '../domain/clock.ts';
import type {
  ClusterSnapshot,
  KindView,
  NamespaceObject,
  ParentRef,
  SourceObject,
} from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import type { Result } from '../domain/result.ts';
import { isRoute, SOURCE_KINDS, type SourceKind, type SourceRef } from '../domain/source.ts';
import { Backends } from './backends.ts';
import { otherCluster, readClusterId, type ClusterIdError } from './cluster-id.ts';
import type { Connection } from './connection.ts';
import { decodeNamespace } from './decode-namespace.ts';
import { asks } from './decode-route.ts';
import { NAMESPACE, SOURCE_RESOURCES } from './kinds.ts';
import type { LabelPredicate } from '../domain/label-selector.ts';
import { Parents } from './parents.ts';
import type { Trouble } from './reflector.ts';
import { TIMINGS, type Timings } from './timings.ts';
import { WatchedKind, type WatchedKindOptions } from './watched-kind.ts';

export interface ClusterOptions extends Clock {
  /** Stays the caller's, who closes it after the cluster. */
  readonly connection: Connection;
  /** As `identity` answers it; '' where it may not be read, and then not compared. */
  readonly clusterId?: string;
  /** SOURCES. */
  readonly kinds: ReadonlySet<SourceKind>;
  /** WATCH_NAMESPACES. */
  readonly watchNamespaces?: readonly string[];
  /** SOURCE_SELECTOR. */
  readonly selector?: LabelPredicate;
  /** In [0, 1). */
  readonly random: () => number;
  readonly staleAfterMs?: number;
  /** After every change that a new snapshot would show, problems included. What it throws goes to `onFault`. */
  readonly onChange: () => void;
  /** A source with `require-ready` has a ready backend again. */
  readonly onReady?: (source: SourceRef, note: string) => void;
  /** Every failed call, for logs. */
  readonly onTrouble?: (trouble: Trouble) => void;
  readonly onFault?: (cause: unknown) => void;
  readonly timings?: Partial<Timings>;
}

/** The door to this room: what is known of the cluster, kept up to date until disposed of. */
export class Cluster implements AsyncDisposable {
  readonly #options: ClusterOptions;
  readonly #sources = new Map<SourceKind, WatchedKind<SourceObject>>();
  readonly #parents: Parents;
  readonly #backends: Backends;
  /** Watched only while a rule of a known Gateway or ListenerSet selects by a Namespace's labels. */
  #namespaces: WatchedKind<NamespaceObject> | undefined;
  readonly #stops: Promise<void>[] = [];
  #running = false;
  #sourcesStarted = false;
  #backendLook: NodeJS.Immediate | undefined;
  #synced = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const selected = options.selector ?? (() => true);
    this.#parents = new Parents(this.#shared());
    this.#backends = new Backends({
      shared: this.#shared(),
      onExpiry: () => this.#changed(),
      onReady: (source, note) => this.#guarded(() => options.onReady?.(source, note)),
    });
    const context = { selected, mayGive: (ref: ParentRef) => this.#parents.mayGive(ref) };
    for (const kind of SOURCE_KINDS) {
      const { decode, optional = false, ...resource } = SOURCE_RESOURCES[kind];
      if (!options.kinds.has(kind)) continue;
      const watched = { ...this.#shared(), resource, optional };
      this.#sources.set(kind, new WatchedKind({ ...watched, decode: (raw) => decode(raw, context) }));
    }
  }

  start(): void {
    this.#running = true;
    for (const kind of this.#parents.kinds) kind.start();
  }

  /** Whether every watched kind was listed once, or is known not to be served. Stays true. */
  synced(): boolean {
    this.#synced ||= this.#running && this.#watched().every((kind) => kind.settled());
    return this.#synced;
  }

  /** A line for each kind that keeps `synced` false, for /readyz. */
  missing(): string[] {
    return this.synced() ? [] : this.#watched().flatMap((kind) => kind.missing());
  }

  /** Kinds that are waited for because the API server does not serve them; everything else goes on. */
  absent(): string[] {
    return this.#watched().flatMap((kind) => (kind.absent() ? [kind.resource.kind] : []));
  }

  /** What a person must mend: RBAC, CRDs, objects that cannot be read. */
  problems(): Problem[] {
    return this.#watched().flatMap((kind) => kind.problems());
  }

  /** Everything as it is now; it does not change afterwards. */
  snapshot(): ClusterSnapshot {
    const { watchNamespaces } = this.#options;
    const views = [...this.#sources].map(([kind, watched]) => [kind, watched.view()] as const);
    return {
      sources: Object.fromEntries(views),
      readiness: this.#backends.judge(views.map(([, view]) => view)),
      gateways: this.#parents.gateways.view(),
      listenerSets: this.#parents.listenerSets.view(),
      namespaces: this.#namespaces?.view() ?? this.#unwatchedNamespaces(),
      watchedNamespaces: watchNamespaces === undefined ? undefined : new Set(watchNamespaces),
    };
  }

  /** The uid of an annotated source, for its Events. */
  uidOf(ref: SourceRef): string | undefined {
    return this.#sources.get(ref.kind)?.get(`${ref.namespace}/${ref.name}`)?.uid;
  }

  /** The first 8 hex digits of kube-system's uid. */
  async identity(signal?: AbortSignal): Promise<Result<string, ClusterIdError>> {
    return readClusterId(this.#options.connection, signal);
  }

  /** Resolves when nothing of it is open any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#running = false;
    const stopped = this.#watched().map(async (kind) => kind.stop());
    await Promise.all([...this.#stops, this.#backends.stop(), ...stopped]);
  }

  #watched(): WatchedKind<unknown>[] {
    const namespaces = this.#namespaces === undefined ? [] : [this.#namespaces];
    return [...this.#parents.kinds, ...this.#sources.values(), ...namespaces, ...this.#backends.kinds];
  }

  #changed(): void {
    if (!this.#running) return;
    this.#followParents();
    this.#followNamespaceNeed();
    this.#followBackendNeed();
    this.#guarded(this.#options.onChange);
  }

  /** Looks through all sources, so once for all events that came together. */
  #followBackendNeed(): void {
    if (this.#backendLook !== undefined) return;
    this.#backendLook = setImmediate(() => {
      this.#backendLook = undefined;
      if (this.#running) this.#backends.follow([...this.#sources.values()]);
    });
  }

  /**
   * Sources are listed once their parents are known, or not to be had: then only those that ask for something are
   * ever in memory. Afterwards a parent that gives more brings its routes in, and one that gives less lets them go.
   */
  #followParents(): void {
    if (!this.#running) return;
    const { givesMore, changed } = this.#parents.look();
    if (!this.#sourcesStarted) {
      if (!this.#parents.kinds.every((kind) => kind.tried())) return;
      this.#sourcesStarted = true;
      for (const kind of this.#sources.values()) kind.start();
      return;
    }
    const mayGive = (ref: ParentRef) => this.#parents.mayGive(ref);
    for (const [kind, watched] of this.#sources) {
      if (!isRoute(kind)) continue;
      if (givesMore) watched.relist();
      if (changed) watched.retain(({ annotations, parentRefs }) => asks(annotations, parentRefs, mayGive));
    }
  }

  #followNamespaceNeed(): void {
    if (this.#options.watchNamespaces !== undefined) return;
    const needed = this.#parents.selectsNamespaces();
    const known = this.#parents.kinds.every((kind) => kind.view().trust.kind !== 'stale');
    if (needed && this.#namespaces === undefined) {
      this.#namespaces = new WatchedKind({
        ...this.#shared(),
        namespaces: undefined,
        resource: NAMESPACE,
        decode: decodeNamespace,
      });
      this.#namespaces.start();
    } else if (!needed && this.#namespaces !== undefined && known) {
      this.#stops.push(this.#namespaces.stop());
      this.#namespaces = undefined;
    }
  }

  #unwatchedNamespaces(): KindView<NamespaceObject> {
    const why =
      this.#options.watchNamespaces === undefined
        ? 'no listener selects by the labels of a Namespace'
        : 'WATCH_NAMESPACES is set, and a Role cannot list Namespaces';
    return { trust: { kind: 'off', why }, objects: new Map(), present: () => false };
  }

  #shared(): Omit<WatchedKindOptions<unknown>, 'resource' | 'decode'> {
    const { connection, now, steady, random, watchNamespaces, staleAfterMs, onTrouble, timings } =
      this.#options;
    return {
      connection,
      now,
      steady,
      random,
      namespaces: watchNamespaces,
      staleAfterMs: staleAfterMs ?? 600_000,
      timings: { ...TIMINGS, ...timings },
      onChange: () => this.#changed(),
      otherCluster: (signal) => otherCluster(connection, this.#options.clusterId ?? '', signal),
      onTrouble: (trouble) => {
        this.#followParents();
        this.#guarded(() => onTrouble?.(trouble));
      },
    };
  }

  /** A fault of the one who is told must not reach the stream that told. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (cause) {
      this.#options.onFault?.(cause);
    }
  }
}
