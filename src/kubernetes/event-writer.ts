import type { Problem } from '../domain/problem.ts';
import type { ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import {
  eventBody,
  regardingOf,
  seriesPatch,
  type ControllerPod,
  type EventInput,
  type ObjectReference,
} from './event-body.ts';
import { pause } from './timings.ts';
import { TokenBucket } from './token-bucket.ts';

export interface EventWriterOptions {
  readonly connection: Connection;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** POD_NAME and POD_NAMESPACE; without them what regards no source is not written. */
  readonly pod?: ControllerPod;
  /** Wait after a failed call before the next; default 2 s. */
  readonly retryMs?: number;
}

/** One Event, new or repeated: what was told, and how often. */
interface Series {
  readonly input: EventInput;
  readonly regarding: ObjectReference;
  /** '' until the server has it. */
  name: string;
  count: number;
  written: number;
  lastAt: number;
  tries: number;
}

/** The same Event within this time is counted, not written anew; the server forgets Events after an hour too. */
const SAME_WITHIN_MS = 3_600_000;
const SERIES_LIMIT = 4096;
const QUEUE_LIMIT = 1000;
const TRIES = 3;
/** For one object: a burst, then one each five seconds. */
const BURST = 25;
const REFILL_MS = 5000;

/**
 * Writes events.k8s.io/v1 Events, one call at a time and as well as it goes: `record` never waits or throws, and
 * what the server does not take after three tries is dropped. RBAC: create and patch on events.
 */
export class EventWriter implements AsyncDisposable {
  readonly #options: EventWriterOptions;
  /** In order of last use, so that the first is the oldest. */
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #queue = new Set<Series>();
  readonly #stopping = new AbortController();
  #working: Promise<void> | undefined;
  #forbidden: ApiError | undefined;
  #dropped = 0;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  /** Events that were never written: too many for one object, too many at once, or refused. */
  get dropped(): number {
    return this.#dropped;
  }

  record(input: EventInput): void {
    const regarding = regardingOf(input, this.#options.pod);
    if (regarding === undefined || this.#stopping.signal.aborted) return;
    const series = this.#seriesOf(input, regarding);
    series.count += 1;
    series.lastAt = this.#options.now();
    if (this.#queue.has(series)) return;
    if (this.#queue.size >= QUEUE_LIMIT || !this.#bucketOf(regarding).take(series.lastAt)) {
      this.#dropped += 1;
      return;
    }
    series.tries = 0;
    this.#queue.add(series);
    this.#working ??= this.#work();
  }

  /** That RBAC forbids Events, once it did. */
  problems(): Problem[] {
    if (this.#forbidden === undefined) return [];
    const message =
      'Kubernetes forbids writing Events: grant create and patch on events.events.k8s.io ' +
      `(the chart's rbac.create does). The server said: ${this.#forbidden.message}`;
    return [{ reason: 'Pending', message }];
  }

  /** Resolves when everything recorded so far was written or dropped. */
  async flushed(): Promise<void> {
    await this.#working;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  #seriesOf(input: EventInput, regarding: ObjectReference): Series {
    const key = JSON.stringify([regarding, input.type, input.reason, input.note]);
    const found = this.#series.get(key);
    this.#series.delete(key);
    const recent = found !== undefined && this.#options.now() - found.lastAt <= SAME_WITHIN_MS;
    const series = recent ? found : { input, regarding, name: '', count: 0, written: 0, lastAt: 0, tries: 0 };
    this.#series.set(key, series);
    dropOldest(this.#series, SERIES_LIMIT);
    return series;
  }

  #bucketOf({ kind, namespace, name }: ObjectReference): TokenBucket {
    const key = `${kind}/${namespace}/${name}`;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(BURST, REFILL_MS, this.#options.now());
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    dropOldest(this.#buckets, SERIES_LIMIT);
    return bucket;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    for (const series of this.#queue) {
      if (signal.aborted) break;
      this.#queue.delete(series);
      const error = await this.#write(series);
      if (error === undefined || this.#toldOnPod(series, error)) continue;
      series.tries += 1;
      if (series.tries >= TRIES || !mayPass(error)) {
        this.#dropped += 1;
        continue;
      }
      this.#queue.add(series);
      await pause(Math.max(this.#options.retryMs ?? 2000, error.retryAfterMs ?? 0), signal);
    }
    this.#working = undefined;
  }

  /** A source whose Namespace is gone, or going, takes no Event any more: the Pod is told in its place. */
  #toldOnPod({ input, regarding }: Series, error: ApiError): boolean {
    const gone = error.kind === 'not-found' || isTerminating(error);
    if (!gone || input.regarding === undefined || this.#options.pod === undefined) return false;
    const { regarding: _, ...rest } = input;
    const { kind, namespace, name } = regarding;
    this.record({ ...rest, note: `${kind}/${namespace}/${name}: ${input.note}` });
    return true;
  }

  async #write(series: Series): Promise<ApiError | undefined> {
    const { count } = series;
    if (series.name !== '') {
      const error = await this.#patch(series, count);
      if (error?.kind !== 'not-found') return error;
      series.name = '';
    }
    const name = this.#newName(series.regarding);
    const error = await this.#create(series, name);
    if (error !== undefined) return error;
    series.name = name;
    series.written = 1;
    return undefined;
  }

  async #create(series: Series, name: string): Promise<ApiError | undefined> {
    const { input, regarding, lastAt } = series;
    const instance = this.#options.pod?.name ?? 'routeflare';
    return this.#send('POST', regarding, '', eventBody(input, regarding, name, instance, lastAt));
  }

  async #patch(series: Series, count: number): Promise<ApiError | undefined> {
    if (series.written >= count) return undefined;
    const body = seriesPatch(count, series.lastAt);
    const error = await this.#send('PATCH', series.regarding, `/${series.name}`, body);
    if (error === undefined) series.written = count;
    return error;
  }

  async #send(
    method: 'POST' | 'PATCH',
    { namespace }: ObjectReference,
    item: string,
    body: unknown,
  ): Promise<ApiError | undefined> {
    const answer = await this.#options.connection.json({
      method,
      path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events${item}`,
      body,
      ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}),
      signal: this.#stopping.signal,
      bodyTimeoutMs: 15_000,
    });
    if (answer.ok) this.#forbidden = undefined;
    else if (answer.error.kind === 'forbidden' && !isTerminating(answer.error))
      this.#forbidden = answer.error;
    return answer.ok ? undefined : answer.error;
  }

  /** The object's name, time and chance, as client-go names Events; at most 253 characters. */
  #newName({ name }: ObjectReference): string {
    const { now, random } = this.#options;
    const stamp = now().toString(16);
    const chance = Math.floor(random() * 0xffff_ffff).toString(16);
    return `${name.slice(0, 220)}.${stamp}${chance.padStart(8, '0')}`;
  }
}

/** The server answers 403 with these words for a Namespace that is being deleted, whatever RBAC says. */
function isTerminating({ kind, message }: ApiError): boolean {
  return kind === 'forbidden' && message.includes('because it is being terminated');
}

/** Whether the same call may succeed a little later. */
function mayPass({ kind }: ApiError): boolean {
  return kind === 'unreachable' || kind === 'throttled' || kind === 'server' || kind === 'conflict';
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
