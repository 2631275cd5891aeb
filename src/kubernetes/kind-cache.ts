import { isDeepStrictEqual } from 'node:util';
import { elapsedMs, instantOf, type Clock, type Instant } from '../domain/clock.ts';
import type { KindView, Trust } from '../domain/cluster.ts';
import { badAnswer, type ApiError } from './api-error.ts';
import type { Decode, Decoded } from './decoded.ts';
import type { ListStaging } from './list-pages.ts';
import type { ReflectorSink, ReflectorState } from './reflector.ts';

export interface KindCacheOptions<T> extends Clock {
  readonly decode: Decode<T>;
  /** Without progress for this long, absence proves nothing any more. */
  readonly staleAfterMs: number;
  /** Called after a change that `view` shows, and not for one that it does not. */
  readonly onChange: () => void;
}

interface Contents<T> {
  readonly objects: Map<string, T>;
  /** Keys of objects that are there and ask for nothing. */
  readonly plain: Set<string>;
  /** Keys of objects that could not be read, and why; `objects` or `plain` may hold what was known before. */
  readonly unread: Map<string, string>;
}

/**
 * What is known of one kind in one scope. A list replaces the contents as a whole once its last page is read.
 * Contents that a view was made of are never changed again: the next change works on a copy.
 */
export class KindCache<T> implements ReflectorSink {
  readonly #options: KindCacheOptions<T>;
  #contents: Contents<T> = emptyContents();
  #viewed = false;
  #listed = false;
  /** Lists asked for because objects are to be read otherwise, and the last of them that was read. */
  #asked = 0;
  #read = 0;
  #progressAt: Instant | undefined;
  #state: ReflectorState = { kind: 'starting' };

  constructor(options: KindCacheOptions<T>) {
    this.#options = options;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Whether a list was complete once in this run. */
  get listed(): boolean {
    return this.#listed;
  }

  /** Objects that cannot be read, and why. */
  get unread(): ReadonlyMap<string, string> {
    return this.#contents.unread;
  }

  view(): KindView<T> {
    const trust = this.trust();
    if (trust.kind === 'unlisted') return { trust, objects: new Map(), present: () => false };
    this.#viewed = true;
    const { objects, plain, unread } = this.#contents;
    return { trust, objects, present: (key) => objects.has(key) || plain.has(key) || unread.has(key) };
  }

  values(): MapIterator<T> {
    return this.#contents.objects.values();
  }

  get(key: string): T | undefined {
    return this.#contents.objects.get(key);
  }

  /** Forgets all but the key of objects that ask for nothing any more. */
  retain(asks: (object: T) => boolean): void {
    const done = [...this.#contents.objects].filter(([, object]) => !asks(object)).map(([key]) => key);
    if (done.length === 0) return;
    this.#telling(() => {
      const { objects, plain } = this.#writable();
      for (const key of done) if (objects.delete(key)) plain.add(key);
      return true;
    });
  }

  outdated(): void {
    this.#telling(() => {
      this.#asked += 1;
      return false;
    });
  }

  beginList(): ListStaging {
    const next = emptyContents<T>();
    const asked = this.#asked;
    return {
      add: (raw) => this.#put(next, this.#options.decode(raw)).error,
      commit: () =>
        this.#telling(() => {
          this.#read = asked;
          return this.#replace(next);
        }),
    };
  }

  upsert(raw: unknown): ApiError | undefined {
    const decoded = this.#options.decode(raw);
    let error: ApiError | undefined;
    this.#telling(() => {
      if (isKnown(this.#contents, decoded)) return false;
      const put = this.#put(this.#writable(), decoded);
      error = put.error;
      return put.error === undefined;
    });
    return error;
  }

  remove(raw: unknown): ApiError | undefined {
    const decoded = this.#options.decode(raw);
    if (decoded.kind === 'nameless') return badAnswer(decoded.why);
    this.#telling(() => {
      const { objects, plain, unread } = this.#writable();
      const { key } = decoded;
      // All three, whatever the first answers.
      return [objects.delete(key), plain.delete(key), unread.delete(key)].includes(true);
    });
    return undefined;
  }

  progressed(): void {
    this.#telling(() => {
      this.#progressAt = instantOf(this.#options);
      return false;
    });
  }

  /** What the server refused stays refused until it answers: a call that fails says nothing new. */
  stateChanged(state: ReflectorState): void {
    this.#telling(() => {
      const before = this.#state;
      if (isRefusal(before) && state.kind === 'failing') return false;
      this.#state = state;
      return before.kind !== state.kind && (isRefusal(before) || isRefusal(state));
    });
  }

  /** Runs a change and tells of it when it, or a change of trust through it, can be seen in `view`. */
  #telling(change: () => boolean): void {
    const before = this.trust().kind;
    const changed = change();
    const after = this.trust().kind;
    if (before !== after || (changed && after !== 'unlisted') || (changed && isRefusal(this.#state))) {
      this.#options.onChange();
    }
  }

  #put(into: Contents<T>, decoded: Decoded<T>): { readonly error: ApiError | undefined } {
    if (decoded.kind === 'nameless') return { error: badAnswer(decoded.why) };
    const { key } = decoded;
    const last = this.#contents.objects.get(key);
    const plain = this.#contents.plain.has(key);
    into.objects.delete(key);
    into.plain.delete(key);
    into.unread.delete(key);
    if (decoded.kind === 'object') {
      // Equal content keeps its identity, for readers that compare by it.
      into.objects.set(key, isDeepStrictEqual(last, decoded.object) && last ? last : decoded.object);
    } else if (decoded.kind === 'plain') {
      into.plain.add(key);
    } else {
      into.unread.set(key, decoded.why);
      if (last !== undefined) into.objects.set(key, last);
      else if (plain) into.plain.add(key);
    }
    return { error: undefined };
  }

  #replace(next: Contents<T>): boolean {
    const changed = !isDeepStrictEqual(this.#contents, next);
    this.#listed = true;
    this.#progressAt = instantOf(this.#options);
    if (changed) {
      this.#contents = next;
      this.#viewed = false;
    }
    return changed;
  }

  #writable(): Contents<T> {
    if (this.#viewed) {
      const { objects, plain, unread } = this.#contents;
      this.#contents = { objects: new Map(objects), plain: new Set(plain), unread: new Map(unread) };
      this.#viewed = false;
    }
    return this.#contents;
  }

  trust(): Trust {
    const state = this.#state;
    if (!this.#listed || this.#progressAt === undefined) {
      return {
        kind: 'unlisted',
        why: 'error' in state ? state.error.message : 'the first list is under way',
      };
    }
    if (isRefusal(state)) return { kind: 'stale', why: state.error.message };
    if (this.#asked > this.#read) return { kind: 'stale', why: 'its objects are being read anew' };
    const silentMs = elapsedMs(this.#progressAt, instantOf(this.#options));
    if (silentMs > this.#options.staleAfterMs) {
      return { kind: 'stale', why: `no progress of the watch for ${Math.round(silentMs / 1000)} s` };
    }
    for (const [key, why] of this.#contents.unread) {
      if (!this.#contents.objects.has(key) && !this.#contents.plain.has(key)) {
        return { kind: 'stale', why: `${key} cannot be read (${why}), and nothing was known of it before` };
      }
    }
    return { kind: 'current' };
  }
}

function emptyContents<T>(): Contents<T> {
  return { objects: new Map(), plain: new Set(), unread: new Map() };
}

function isKnown<T>(contents: Contents<T>, decoded: Decoded<T>): boolean {
  if (decoded.kind === 'nameless') return false;
  const { key } = decoded;
  const { objects, plain, unread } = contents;
  if (decoded.kind === 'undecodable') return unread.get(key) === decoded.why;
  if (unread.has(key)) return false;
  return decoded.kind === 'plain'
    ? plain.has(key)
    : objects.has(key) && isDeepStrictEqual(objects.get(key), decoded.object);
}

/** States in which the server said no, or is not ours, so that a complete cache is no longer kept up to date. */
function isRefusal(state: ReflectorState): state is Extract<ReflectorState, { error: ApiError }> {
  if (state.kind === 'failing') return state.error.kind === 'other-cluster';
  return state.kind === 'forbidden' || state.kind === 'absent';
}
