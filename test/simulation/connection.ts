import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { errorOfAnswer, unreachable, type ApiError } from '../../src/kubernetes/api-error.ts';
import { Connection, type ApiRequest } from '../../src/kubernetes/connection.ts';
import { fixedEndpoint } from '../../src/kubernetes/endpoint.ts';
import { API_OBJECTS } from './api-objects.ts';
import type { SimClock } from './clock.ts';
import {
  CRD_KINDS,
  type AnyObject,
  type Change,
  type Kind,
  type SimCluster,
  type Watcher,
} from './cluster.ts';
import type { RouteKind } from './names.ts';
import type { Random } from './random.ts';

/** A server says that nothing has happened at least this often. */
const BOOKMARK_MS = 240_000;

/** Ends of paths, and what is found there: of routes, those of one kind. */
const KIND_OF_PATH: readonly (readonly [string, Kind, RouteKind?])[] = [
  ['/httproutes', 'routes', 'HTTPRoute'],
  ['/grpcroutes', 'routes', 'GRPCRoute'],
  ['/tlsroutes', 'routes', 'TLSRoute'],
  ['/gateways', 'gateways'],
  ['/listenersets', 'sets'],
  ['/namespaces', 'namespaces'],
  ['/services', 'services'],
  ['/endpointslices', 'slices'],
];

/** How one controller comes to the API server. */
export interface ClusterLine {
  readonly isDead: () => boolean;
  /** Nothing goes to and fro, though others are answered. */
  readonly isCutOff: () => boolean;
}

/** One controller's calls to the API server, down to the bodies that the real decoders read. */
export class SimConnection extends Connection {
  readonly #cluster: SimCluster;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #isDead: () => boolean;
  readonly #isCutOff: () => boolean;

  constructor(cluster: SimCluster, clock: SimClock, random: Random, line: ClusterLine) {
    super(fixedEndpoint('http://127.0.0.1:1'));
    this.#cluster = cluster;
    this.#clock = clock;
    this.#random = random;
    this.#isDead = line.isDead;
    this.#isCutOff = line.isCutOff;
  }

  override async json({ path, query = {}, signal }: ApiRequest): Promise<Result<unknown, ApiError>> {
    const turned = await this.#turnedAway(path, signal);
    if (turned !== undefined) return err(turned);
    const kind = kindOf(path);
    if (kind === undefined) return ok({ kind: 'List', metadata: { resourceVersion: '1' }, items: [] });
    const [at, from = 0] = query['continue']?.split(':').map(Number) ?? [];
    const version = at ?? this.#version();
    if (at !== undefined && at < this.#cluster.oldest) return err(expired());
    const isMeant = meantBy(path);
    const all = this.#cluster.listAt(kind, version).filter(([object]) => isMeant(object));
    const to = from + Number(query['limit'] ?? all.length);
    const items = all.slice(from, to).map(([object, itemAt]) => jsonOf(kind, object, itemAt));
    const rest = to < all.length ? { continue: `${version}:${to}` } : {};
    return ok({ kind: 'List', metadata: { resourceVersion: String(version), ...rest }, items });
  }

  override async stream({
    path,
    query = {},
    signal,
  }: ApiRequest): Promise<Result<IncomingMessage, ApiError>> {
    const turned = await this.#turnedAway(path, signal);
    if (turned !== undefined) return err(turned);
    const from = Number(query['resourceVersion']);
    const kind = kindOf(path);
    if (kind !== undefined && from < this.#cluster.oldest) return err(expired());
    if (kind !== undefined && from > this.#cluster.version) return err(tooLarge());
    const watch = new SimWatch(this.#cluster, this.#clock, this.#random, {
      kind,
      isMeant: meantBy(path),
      isCutOff: this.#isCutOff,
    });
    watch.begin(from, Number(query['timeoutSeconds']) * 1000);
    const end = (): void => watch.end();
    signal?.addEventListener('abort', end, { once: true });
    watch.body.once('close', () => signal?.removeEventListener('abort', end));
    return ok(watch.body as unknown as IncomingMessage);
  }

  #version(): number {
    const { version, lag, oldest } = this.#cluster;
    return Math.max(oldest, version - lag);
  }

  /** Waits as long as the way there and back takes; answers why there is no answer. */
  async #turnedAway(path: string, signal: AbortSignal | undefined): Promise<ApiError | undefined> {
    const { stalled, served } = this.#cluster;
    if (this.#isDead()) return new Promise(() => {});
    const kind = kindOf(path);
    const hangs = kind !== undefined && stalled.has(kind);
    const gaveUp = await this.#wait(hangs ? 15_000 : this.#random.between(2, 200), signal);
    if (this.#isDead()) return new Promise(() => {});
    if (gaveUp || hangs || this.#cluster.away || this.#isCutOff())
      return unreachable('no answer within 15 s');
    const { refuses } = this.#cluster;
    if (refuses !== undefined) return errorOfAnswer(refuses, '', undefined);
    const isKnown = served || (kind !== undefined && !CRD_KINDS.includes(kind));
    return isKnown ? undefined : errorOfAnswer(404, '', undefined);
  }

  /** Answers whether the caller gave up. */
  #wait(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const give = (): void => resolve(true);
      this.#clock.after(ms, () => {
        signal?.removeEventListener('abort', give);
        resolve(false);
      });
      signal?.addEventListener('abort', give, { once: true });
    });
  }
}

interface WatchCase {
  readonly kind: Kind | undefined;
  readonly isMeant: (object: AnyObject) => boolean;
  readonly isCutOff: () => boolean;
}

/** One open watch: lines in a stream, each a while after what it tells of, in order unless the server is at fault. */
class SimWatch implements Watcher {
  readonly body = new Readable({ read: () => {} });
  readonly #cluster: SimCluster;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #kind: Kind | undefined;
  readonly #isMeant: (object: AnyObject) => boolean;
  readonly #isCutOff: () => boolean;
  #lastDue = 0;
  #held: Change | undefined;
  #isMute = false;
  #ended = false;

  constructor(cluster: SimCluster, clock: SimClock, random: Random, { kind, isMeant, isCutOff }: WatchCase) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#random = random;
    this.#kind = kind;
    this.#isMeant = isMeant;
    this.#isCutOff = isCutOff;
    this.body.on('error', () => {});
    this.body.on('close', () => this.end());
  }

  begin(from: number, lifeMs: number): void {
    this.#cluster.watchers.add(this);
    if (this.#kind !== undefined)
      for (const change of this.#cluster.since(this.#kind, from)) this.changed(change);
    this.#bookmark();
    this.#clock.after(lifeMs, () => this.end());
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cluster.watchers.delete(this);
    this.body.push(null);
  }

  broken(kind: Kind, inside: boolean): void {
    if (kind !== this.#kind) return;
    if (inside) this.body.push('{"type":"MODIFIED","object":{"met');
    this.end();
  }

  expired(kind: Kind): void {
    if (kind !== this.#kind || this.#ended) return;
    this.#push(1, [{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
  }

  changed(change: Change): void {
    if (change.kind !== this.#kind || !this.#isMeant(change.object)) return;
    if (!this.#cluster.scrambles) {
      this.#deliver(change);
      return;
    }
    const held = this.#held;
    this.#held = undefined;
    // Of two objects the later may come first; of one they stay in order, and may all come once more.
    if (held === undefined && this.#random.chance(0.4)) {
      this.#held = change;
      this.#clock.after(2_000, () => this.#release());
    } else if (held !== undefined && held.key !== change.key) {
      this.#deliver(change, held);
    } else {
      this.#deliver(...(held === undefined ? [change, change] : [held, change, held, change]));
    }
  }

  #release(): void {
    if (this.#held !== undefined) this.#deliver(this.#held);
    this.#held = undefined;
  }

  #deliver(...changes: readonly Change[]): void {
    const events = changes.map(({ kind, type, object, version }) => ({
      type,
      object: jsonOf(kind, object, version),
    }));
    this.#push(this.#cluster.latencyMs ?? this.#random.between(1, 250), events);
  }

  #bookmark(): void {
    this.#clock.after(BOOKMARK_MS, () => {
      if (this.#ended) return;
      if (this.#held === undefined) {
        const metadata = { resourceVersion: String(this.#cluster.version) };
        this.#push(1, [{ type: 'BOOKMARK', object: { metadata } }]);
      }
      this.#bookmark();
    });
  }

  /** Events arrive in the order in which they were sent; once one is lost, nothing more comes. */
  #push(delayMs: number, events: readonly object[]): void {
    const due = Math.max(this.#lastDue, this.#clock.elapsed + delayMs);
    this.#lastDue = due;
    this.#clock.after(due - this.#clock.elapsed, () => {
      if (this.#ended) return;
      const isStalled = this.#kind !== undefined && this.#cluster.stalled.has(this.#kind);
      this.#isMute ||= isStalled || this.#cluster.away || this.#isCutOff();
      if (!this.#isMute) this.body.push(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    });
  }
}

function kindOf(path: string): Kind | undefined {
  return KIND_OF_PATH.find(([end]) => path.endsWith(end))?.[1];
}

/** Whether an object of the kind lies under that path. */
function meantBy(path: string): (object: AnyObject) => boolean {
  const route = KIND_OF_PATH.find(([end]) => path.endsWith(end))?.[2];
  return (object) => route === undefined || ('kind' in object && object.kind === route);
}

function jsonOf(kind: Kind, object: AnyObject, version: number): object {
  const write = API_OBJECTS[kind] as (of: AnyObject, at: string) => object;
  return write(object, String(version));
}

function expired(): ApiError {
  return errorOfAnswer(410, JSON.stringify({ kind: 'Status', code: 410, reason: 'Expired' }), undefined);
}

function tooLarge(): ApiError {
  const details = { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] };
  return errorOfAnswer(
    504,
    JSON.stringify({ kind: 'Status', code: 504, reason: 'Timeout', details }),
    undefined,
  );
}
