import type { KindView, Readiness, SourceObject } from '../domain/cluster.ts';
import { parseReadyGrace } from '../domain/ready-grace.ts';
import { refText, type SourceRef } from '../domain/source.ts';
import { readinessOf, type BackendViews } from './backend-readiness.ts';
import {
  decodeBackendService,
  decodeEndpointSlice,
  decodeGrant,
  type BackendService,
  type EndpointGroup,
  type Grant,
} from './decode-endpoints.ts';
import { ENDPOINT_SLICE, REFERENCE_GRANT, SERVICE } from './kinds.ts';
import { WatchedKind, type WatchedKindOptions } from './watched-kind.ts';

interface BackendsOptions {
  /** What all kinds are watched with. */
  readonly shared: Omit<WatchedKindOptions<unknown>, 'resource' | 'decode'>;
  /** When a grace has run out, which no event of the API tells. */
  readonly onExpiry: () => void;
  /** A source that had no ready backend has one. */
  readonly onReady: (source: SourceRef, note: string) => void;
}

interface Watches {
  readonly services: WatchedKind<BackendService>;
  readonly endpoints: WatchedKind<EndpointGroup>;
}

/**
 * Whether the backends of sources with `require-ready` are ready, and since when not. Watches Services and
 * EndpointSlices only while some source asks, ReferenceGrants only while one refers to another namespace.
 */
export class Backends {
  readonly #options: BackendsOptions;
  #watches: Watches | undefined;
  #grants: WatchedKind<Grant> | undefined;
  readonly #stops: Promise<void>[] = [];
  /** When a source was first seen without a ready backend, by the steady clock, in this run. */
  readonly #since = new Map<string, number>();
  /** Sources that were last known to have no ready backend; not forgotten while nothing is known. */
  readonly #lost = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #grouped:
    | { readonly of: object; readonly groups: ReadonlyMap<string, readonly EndpointGroup[]> }
    | undefined;

  constructor(options: BackendsOptions) {
    this.#options = options;
  }

  get kinds(): readonly WatchedKind<unknown>[] {
    const grants = this.#grants === undefined ? [] : [this.#grants];
    return this.#watches === undefined
      ? grants
      : [this.#watches.services, this.#watches.endpoints, ...grants];
  }

  /** Starts and ends the watches. A view that is not to be trusted ends none. */
  follow(sources: readonly WatchedKind<SourceObject>[]): void {
    let asked = false;
    let abroad = false;
    for (const source of sources.flatMap((kind) => [...kind.values()].filter(asks))) {
      asked = true;
      abroad ||= source.backends?.some(({ namespace }) => namespace !== source.namespace) === true;
    }
    const known = sources.every((kind) => kind.current());
    if (asked) this.#watches ??= this.#start();
    else if (known) this.#end();
    if (abroad) this.#grants ??= this.#started(REFERENCE_GRANT, decodeGrant);
    else if (known) this.#grants = this.#ended(this.#grants);
  }

  /** The readiness of every source that asks, by its text, as it is now. */
  judge(views: readonly KindView<SourceObject>[]): ReadonlyMap<string, Readiness> {
    const now = this.#options.shared.steady();
    const judged = new Map<string, Readiness>();
    let next = Number.POSITIVE_INFINITY;
    for (const source of views.flatMap(({ objects }) => [...objects.values()].filter(asks))) {
      const key = refText(source);
      const grace = parseReadyGrace(source.annotations['require-ready'] ?? '');
      if (!grace.ok) continue;
      const state = this.#stateOf(source);
      if (state.kind === 'ready') {
        this.#since.delete(key);
        judged.set(key, { kind: 'ready' });
        const { kind, namespace, name } = source;
        if (this.#lost.delete(key)) this.#options.onReady({ kind, namespace, name }, `${state.what} again`);
        continue;
      }
      if (state.kind === 'unknown') {
        this.#since.delete(key);
        judged.set(key, state);
        continue;
      }
      this.#lost.add(key);
      const since = this.#since.get(key) ?? now;
      this.#since.set(key, since);
      const end = since + grace.value;
      if (end > now) next = Math.min(next, end);
      judged.set(key, { kind: 'unready', why: state.why, isOver: end <= now });
    }
    for (const key of this.#since.keys()) if (!judged.has(key)) this.#since.delete(key);
    for (const key of this.#lost) if (!judged.has(key)) this.#lost.delete(key);
    this.#wakeAt(next, now);
    return judged;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#end();
    this.#grants = this.#ended(this.#grants);
    await Promise.all(this.#stops);
  }

  #stateOf(source: SourceObject) {
    if (this.#watches === undefined) return { kind: 'unknown', why: 'Services are not watched yet' } as const;
    const endpoints = this.#watches.endpoints.view();
    const views: BackendViews = {
      services: this.#watches.services.view(),
      endpoints,
      groupsOf: (service) => this.#groups(endpoints).get(service) ?? [],
      grants: this.#grants?.view(),
      watchedNamespaces: this.#options.shared.namespaces,
    };
    return readinessOf(source, views);
  }

  /** Endpoints by Service, for as long as they are the same. */
  #groups({ objects }: KindView<EndpointGroup>): ReadonlyMap<string, readonly EndpointGroup[]> {
    if (this.#grouped?.of !== objects) {
      const groups = Map.groupBy(objects.values(), ({ service }) => service);
      this.#grouped = { of: objects, groups };
    }
    return this.#grouped.groups;
  }

  #wakeAt(at: number, now: number): void {
    clearTimeout(this.#timer);
    this.#timer = at === Number.POSITIVE_INFINITY ? undefined : setTimeout(this.#options.onExpiry, at - now);
  }

  #start(): Watches {
    return {
      services: this.#started(SERVICE, decodeBackendService),
      endpoints: this.#started(ENDPOINT_SLICE, decodeEndpointSlice),
    };
  }

  #started<T>(
    resource: WatchedKindOptions<T>['resource'],
    decode: WatchedKindOptions<T>['decode'],
  ): WatchedKind<T> {
    const watched = new WatchedKind<T>({ ...this.#options.shared, resource, decode, optional: true });
    watched.start();
    return watched;
  }

  #end(): void {
    this.#ended(this.#watches?.services);
    this.#ended(this.#watches?.endpoints);
    this.#watches = undefined;
  }

  #ended(watched: WatchedKind<unknown> | undefined): undefined {
    if (watched !== undefined) this.#stops.push(watched.stop());
  }
}

function asks({ selected, annotations }: SourceObject): boolean {
  return selected && annotations['require-ready'] !== undefined;
}
