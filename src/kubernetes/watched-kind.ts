import type { Clock } from '../domain/clock.ts';
import type { KindView, Trust } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { parseSourceRef } from '../domain/source.ts';
import { accessProblem } from './access-problem.ts';
import type { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import type { Decode } from './decoded.ts';
import { KindCache } from './kind-cache.ts';
import type { Resource } from './kinds.ts';
import { Reflector, type Trouble } from './reflector.ts';
import type { Timings } from './timings.ts';

export interface WatchedKindOptions<T> extends Clock {
  readonly connection: Connection;
  readonly resource: Resource;
  readonly decode: Decode<T>;
  /** One list and watch each, so that a Role is enough; `undefined` is one over the whole cluster. */
  readonly namespaces: readonly string[] | undefined;
  /** Many clusters do not serve it: that it never was there is no problem. */
  readonly optional?: boolean;
  readonly timings: Timings;
  readonly staleAfterMs: number;
  readonly random: () => number;
  readonly onChange: () => void;
  /** Why what was just read may be another cluster's; `undefined` when it is not. */
  readonly otherCluster: (signal: AbortSignal) => Promise<ApiError | undefined>;
  readonly onTrouble: (trouble: Trouble) => void;
}

interface Scope<T> {
  readonly namespace: string | undefined;
  readonly cache: KindCache<T>;
  readonly reflector: Reflector;
}

/** One kind as this program sees it: a cache and a reflector for each scope, and one view of them all. */
export class WatchedKind<T> {
  readonly resource: Resource;
  readonly #optional: boolean;
  readonly #scopes: readonly Scope<T>[];

  constructor(options: WatchedKindOptions<T>) {
    this.resource = options.resource;
    this.#optional = options.optional ?? false;
    this.#scopes = (options.namespaces ?? [undefined]).map((namespace) => {
      const cache = new KindCache<T>(options);
      return { namespace, cache, reflector: new Reflector({ ...options, namespace, sink: cache }) };
    });
  }

  start(): void {
    for (const { reflector } of this.#scopes) reflector.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#scopes.map(({ reflector }) => reflector.stop()));
  }

  /** Reads every object anew, since what decides how it is read has changed. */
  relist(): void {
    for (const { reflector } of this.#scopes) reflector.relist();
  }

  /** Forgets all but the key of objects that ask for nothing any more. */
  retain(asks: (object: T) => boolean): void {
    for (const { cache } of this.#scopes) cache.retain(asks);
  }

  /** Whether every scope was answered once, be it by an error. */
  tried(): boolean {
    return this.#scopes.every(({ cache }) => cache.state.kind !== 'starting');
  }

  view(): KindView<T> {
    const views = this.#scopes.map(({ cache }) => cache.view());
    const [only] = views;
    return only !== undefined && views.length === 1 ? only : mergeViews(views);
  }

  /** Every last known object, for one look; `view` is what may be kept. */
  *values(): Generator<T> {
    for (const { cache } of this.#scopes) yield* cache.values();
  }

  /** Whether no scope is out of touch. */
  current(): boolean {
    return this.#scopes.every(({ cache }) => cache.trust().kind === 'current');
  }

  /** The last known object of this key. */
  get(key: string): T | undefined {
    for (const { cache } of this.#scopes) {
      const object = cache.get(key);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** Whether every scope was listed, or is known not to be served; an optional kind may also be forbidden. */
  settled(): boolean {
    return this.#scopes.every((scope) => this.#isSettled(scope));
  }

  #isSettled({ cache }: Scope<T>): boolean {
    const { kind } = cache.state;
    return cache.listed || kind === 'absent' || (kind === 'forbidden' && this.#optional);
  }

  /** Whether the API server does not serve it, although every release of its API has it. */
  absent(): boolean {
    return !this.#optional && this.#scopes.some(({ cache }) => cache.state.kind === 'absent');
  }

  /** A line for each scope that is not settled. */
  missing(): string[] {
    return this.#scopes
      .filter((scope) => !this.#isSettled(scope))
      .map(({ namespace, cache }) => {
        const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
        const why = 'error' in cache.state ? cache.state.error.message : 'the first list is under way';
        return `${this.resource.kind}${where}: ${why}`;
      });
  }

  /** What is refused, and which objects cannot be read. */
  problems(): Problem[] {
    return this.#scopes.flatMap(({ namespace, cache }) => {
      const usual = this.#optional && cache.state.kind === 'absent' && !cache.listed;
      const refused = usual ? undefined : accessProblem(this.resource, namespace, cache.state);
      const unread = [...cache.unread].map(([key, why]): Problem => {
        const message = `${this.resource.kind} ${key} cannot be read: ${why}. What was known of it before stays.`;
        const source = parseSourceRef(`${this.resource.kind}/${key}`);
        return { reason: 'Pending', message, ...(source === undefined ? {} : { source }) };
      });
      return refused === undefined ? unread : [refused, ...unread];
    });
  }
}

const WORST_FIRST = ['unlisted', 'off', 'stale', 'current'] as const satisfies readonly Trust['kind'][];

/** All scopes as one; trusted as far as the least trusted of them. */
function mergeViews<T>(views: readonly KindView<T>[]): KindView<T> {
  const trusts = views.map(({ trust }) => trust);
  const kind = WORST_FIRST.find((each) => trusts.some((trust) => trust.kind === each));
  const trust = trusts.find((each) => each.kind === kind) ?? { kind: 'off', why: 'no namespace is watched' };
  const usable = trust.kind === 'current' || trust.kind === 'stale';
  return {
    trust,
    objects: new Map(usable ? views.flatMap(({ objects }) => [...objects]) : []),
    present: (key) => usable && views.some((view) => view.present(key)),
  };
}
