import { err, type Result } from '../domain/result.ts';
import { badAnswer, type ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { textAt } from './json-fields.ts';
import type { Resource } from './kinds.ts';
import { listPages, type ListStaging } from './list-pages.ts';
import { refusalOf, ServedCheck } from './served-check.ts';
import { ServedPath } from './served-path.ts';
import { backoffMs, between, pause, type Timings } from './timings.ts';
import { losesVersion, versionAfter, type WatchEnd } from './watch-end.ts';
import { applyEvent } from './watch-event.ts';
import { readWatch } from './watch-stream.ts';

export type Verb = 'list' | 'watch';

/**
 * - `working`: the last list or watch was answered.
 * - `failing`: the last call failed in a way that passes; the loop goes on with backoff.
 * - `forbidden`, `absent`: RBAC says no, or the kind is not served; asked again at a slow pace.
 */
export type ReflectorState =
  | { readonly kind: 'starting' | 'working' }
  | { readonly kind: 'failing' | 'forbidden'; readonly verb: Verb; readonly error: ApiError }
  | { readonly kind: 'absent'; readonly error: ApiError };

export interface ReflectorSink {
  beginList(): ListStaging;
  upsert(raw: unknown): ApiError | undefined;
  remove(raw: unknown): ApiError | undefined;
  /** The server sent something. */
  progressed(): void;
  /** What was read before counts no more as complete. */
  outdated?(): void;
  stateChanged(state: ReflectorState): void;
}

export interface Trouble {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly verb: Verb;
  readonly error: ApiError;
  readonly retryInMs: number;
}

export interface ReflectorOptions {
  readonly connection: Connection;
  readonly resource: Resource;
  /** `undefined`: the whole cluster. */
  readonly namespace: string | undefined;
  readonly sink: ReflectorSink;
  readonly timings: Timings;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
  readonly random: () => number;
  /** Why what was just read may be another cluster's; `undefined` when it is not. */
  readonly otherCluster: (signal: AbortSignal) => Promise<ApiError | undefined>;
  /** Told of every failed call, for logs. */
  readonly onTrouble: (trouble: Trouble) => void;
}

/** An API server that has just started refuses, until it has read its RBAC, what it will allow. */
const PASSING_REFUSALS = 5;
/** Failures in a row at one resourceVersion. */
const STUCK_AFTER = 3;

/**
 * Mirrors one kind into a sink: lists, then watches from there, forever. One loop, whose only state is the
 * resourceVersion to go on from; every way out of a call leads back into it until `stop`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #path: ServedPath;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #failures = 0;
  #listed = false;
  /** By RBAC, in a row. */
  #refusals = 0;
  #relist = false;
  #retry: NodeJS.Timeout | undefined;
  #interrupt = new AbortController();

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#path = new ServedPath(options.resource, options.namespace);
  }

  /** Idempotent. A stopped reflector does not start again. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends the watch and lists anew, now; what was known stays until that list is complete. */
  relist(): void {
    this.#options.sink.outdated?.();
    this.#listNow();
  }

  #listNow(): void {
    this.#relist = true;
    this.#interrupt.abort();
  }

  /** Resolves when no request, timer or call of the sink can come from it any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    clearTimeout(this.#retry);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { sink, timings, steady, random } = this.#options;
    let version: string | undefined;
    let relistAt = 0;
    while (!signal.aborted) {
      if (version === undefined || this.#relist || steady() >= relistAt) {
        const asked = this.#relist;
        this.#relist = false;
        clearTimeout(this.#retry);
        this.#interrupt = new AbortController();
        const staging = sink.beginList();
        const listed = await this.#list(staging);
        if (signal.aborted) return;
        if (!listed.ok) {
          if (losesVersion(listed.error)) version = undefined;
          if (listed.error.kind === 'not-found' && this.#path.tryOlder()) continue;
          // A relist that fails must not keep us from watching on.
          relistAt = steady() + timings.relistMs[0] / 12;
          this.#failures += 1;
          const retryInMs = this.#failed('list', listed.error);
          if (!asked || version === undefined) {
            await pause(retryInMs, signal);
            continue;
          }
          this.#retry = setTimeout(() => this.#listNow(), retryInMs);
        } else {
          version = listed.value;
          this.#listed = true;
          relistAt = steady() + between(timings.relistMs, random);
          this.#works();
          staging.commit();
        }
      }
      if (this.#relist) continue;
      const end = await this.#watch(version);
      if (signal.aborted) return;
      if (this.#relist) {
        version = versionAfter(end, false);
        continue;
      }
      const healthy = end.livedMs >= timings.healthyMs;
      const stuck = end.version === version && this.#failures >= STUCK_AFTER;
      version = versionAfter(end, stuck);
      if (end.error !== undefined) {
        this.#failures = healthy ? 1 : this.#failures + 1;
        await pause(this.#failed('watch', end.error), signal);
      } else {
        // A server that closes at once must not be asked in a tight loop.
        this.#failures = healthy ? 0 : 1;
        if (!healthy) await pause(backoffMs(1, undefined, timings, random), signal);
      }
    }
  }

  /** A list in the place of what is known already takes objects away: it must be of the same cluster. */
  async #list(staging: ListStaging): Promise<Result<string, ApiError>> {
    const { connection, timings, otherCluster } = this.#options;
    const { signal } = this.#stopping;
    const listed = await listPages(connection, this.#path.current, timings, signal, staging);
    const other = listed.ok && this.#listed ? await otherCluster(signal) : undefined;
    return other === undefined ? listed : err(other);
  }

  #works(): void {
    this.#refusals = 0;
    this.#options.sink.stateChanged({ kind: 'working' });
  }

  /** Tells of a call that failed; returns after how many ms to try again. */
  #failed(verb: Verb, error: ApiError): number {
    const { sink, timings, random, resource, namespace, onTrouble } = this.#options;
    let retryInMs = backoffMs(this.#failures, error.retryAfterMs, timings, random);
    this.#refusals = error.kind === 'forbidden' ? this.#refusals + 1 : 0;
    if (error.kind === 'forbidden') {
      sink.stateChanged({ kind: 'forbidden', verb, error });
      const periodMs = this.#refusals > PASSING_REFUSALS ? timings.forbiddenMs : timings.refusedMs;
      retryInMs = periodMs * between([0.5, 1], random);
    } else if (error.kind === 'not-found') {
      sink.stateChanged({ kind: 'absent', error });
      retryInMs = timings.absentMs * between([0.5, 1], random);
    } else if (error.kind !== 'gone') {
      sink.stateChanged({ kind: 'failing', verb, error });
    }
    onTrouble({ kind: resource.kind, namespace, verb, error, retryInMs });
    return retryInMs;
  }

  async #watch(from: string): Promise<WatchEnd> {
    const { connection, sink, timings, steady, random } = this.#options;
    const since = steady();
    let version = from;
    const end = (error: ApiError | undefined): WatchEnd => ({ version, error, livedMs: steady() - since });
    const answer = await connection.stream({
      method: 'GET',
      path: this.#path.current,
      query: {
        watch: 'true',
        resourceVersion: from,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(Math.round(between(timings.watchSeconds, random))),
      },
      signal: AbortSignal.any([this.#stopping.signal, this.#interrupt.signal]),
      headerTimeoutMs: timings.headerTimeoutMs,
    });
    if (!answer.ok) return end(answer.error);
    const response = answer.value;
    this.#works();
    sink.progressed();
    let unserved: ApiError | undefined;
    let unproven = false;
    using check = new ServedCheck(timings.servedCheckMs, async () => {
      const refusal =
        (await refusalOf(connection, this.#path.current, timings, this.#stopping.signal)) ??
        (await this.#options.otherCluster(this.#stopping.signal));
      unproven = refusal !== undefined;
      if (refusal?.kind === 'not-found') unserved = refusal;
      if (unproven) response.destroy();
    });
    const error = await readWatch(response, {
      idleMs: timings.idleMs,
      onBytes: () => sink.progressed(),
      onEvent: (event) => {
        if (this.#stopping.signal.aborted) return badAnswer('stopped');
        const wrong = applyEvent(event, sink);
        if (wrong === undefined) version = textAt(event, 'object', 'metadata', 'resourceVersion') ?? version;
        if (textAt(event, 'type') === 'DELETED') {
          unproven = true;
          check.raise();
        }
        return wrong;
      },
    });
    // Nobody said that the kind is still served: what was deleted may have gone with it.
    if (unproven && unserved === undefined && !this.#stopping.signal.aborted) this.relist();
    return end(unserved ?? error);
  }
}
