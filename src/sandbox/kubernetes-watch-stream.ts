import type { ServerResponse } from 'node:http';
import type { JsonObject } from './json-value.ts';
import type { StoredObject } from './kubernetes-object.ts';
import { expired } from './kubernetes-refusal.ts';
import type { Change, ObjectStore } from './kubernetes-object-store.ts';
import type { ObjectView } from './kubernetes-object-view.ts';

export interface WatchRequest {
  readonly view: ObjectView;
  readonly response: ServerResponse;
  /** Namespace and selectors. */
  readonly includes: (stored: StoredObject) => boolean;
  /** Resume after this version; undefined starts with the objects that are there. */
  readonly since: number | undefined;
  readonly bookmarks: boolean;
  readonly bookmarkMs: number;
  /** Undefined: until somebody ends it. */
  readonly timeoutMs: number | undefined;
  /** A bookmark marks the end of the objects that were there (`sendInitialEvents`). */
  readonly markInitialEnd: boolean;
}

/** One open watch. */
export class WatchStream {
  readonly #store: ObjectStore;
  readonly #request: WatchRequest;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #unsubscribe: () => void;
  /** Lines kept back while stalled, the answer's head with them. */
  #kept: string[] | undefined;
  #started = false;

  constructor(
    store: ObjectStore,
    request: WatchRequest,
    stalled: boolean,
    closed: (stream: WatchStream) => void,
  ) {
    this.#store = store;
    this.#request = request;
    this.#kept = stalled ? [] : undefined;
    const { view, response, since, bookmarks, bookmarkMs, timeoutMs, markInitialEnd } = request;
    this.#unsubscribe = store.subscribe(view.kind, (change) => this.#changed(change));
    response.on('close', () => {
      this.#release();
      closed(this);
    });
    this.#write('');
    if (!this.#replay(since)) return;
    if (markInitialEnd) this.#bookmark({ 'k8s.io/initial-events-end': 'true' });
    if (bookmarks) this.#timers.push(setInterval(() => this.#bookmark(), bookmarkMs).unref());
    if (timeoutMs === undefined) return;
    if (bookmarks && timeoutMs > 2000) {
      this.#timers.push(setTimeout(() => this.#bookmark(), timeoutMs - 2000).unref());
    }
    this.#timers.push(setTimeout(() => this.end(), timeoutMs).unref());
  }

  get kind(): ObjectView['kind'] {
    return this.#request.view.kind;
  }

  /** Graceful, as after `timeoutSeconds`. */
  end(): void {
    this.#release();
    this.#request.response.end();
  }

  reset(): void {
    this.#release();
    this.#request.response.socket?.resetAndDestroy();
  }

  /** Sends the ERROR event of a version that is too old, and ends. */
  expire(): void {
    this.#write(`${JSON.stringify({ type: 'ERROR', object: tooOld(this.#store).status })}\n`);
    this.end();
  }

  garble(): void {
    this.#write('{"type":"MODIFIED","object":{"apiVer\n');
  }

  stall(): void {
    this.#kept ??= [];
  }

  resume(): void {
    const lines = this.#kept?.join('');
    this.#kept = undefined;
    if (lines !== undefined) this.#write(lines);
  }

  #replay(since: number | undefined): boolean {
    const { view, includes } = this.#request;
    if (since === undefined) {
      for (const stored of this.#store.list(view.kind)) if (includes(stored)) this.#event('ADDED', stored);
      return true;
    }
    const changes = this.#store.since(view.kind, since);
    if (changes === undefined) {
      this.expire();
      return false;
    }
    for (const change of changes) this.#changed(change);
    return true;
  }

  /** An object that a selector no longer includes has gone as far as this watch can see. */
  #changed({ type, stored, before }: Change): void {
    const { includes } = this.#request;
    const now = type !== 'DELETED' && includes(stored);
    const then = before !== undefined && includes(before);
    if (now) this.#event(then ? 'MODIFIED' : 'ADDED', stored);
    else if (then) this.#event('DELETED', stored);
  }

  #event(type: string, stored: StoredObject): void {
    this.#write(`{"type":"${type}","object":${this.#request.view.text(stored)}}\n`);
  }

  #bookmark(annotations?: JsonObject): void {
    const { view } = this.#request;
    const metadata = {
      resourceVersion: String(this.#store.version),
      creationTimestamp: null,
      ...(annotations !== undefined && { annotations }),
    };
    const object = { kind: view.kind.kind, apiVersion: view.apiVersion, metadata };
    this.#write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  #write(lines: string): void {
    const { response } = this.#request;
    if (this.#kept !== undefined) {
      this.#kept.push(lines);
      return;
    }
    if (response.writableEnded || response.destroyed) return;
    if (!this.#started) {
      this.#started = true;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    }
    if (lines !== '') response.write(lines);
  }

  #release(): void {
    this.#unsubscribe();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

export function tooOld(store: ObjectStore): ReturnType<typeof expired> {
  return expired(`too old resource version: the oldest that can be watched is ${String(store.version)}`);
}
