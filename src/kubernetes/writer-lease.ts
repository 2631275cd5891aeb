import type { Instant } from '../domain/clock.ts';
import type { Permit } from '../domain/permit.ts';
import type { Problem } from '../domain/problem.ts';
import { err, type Result } from '../domain/result.ts';
import { badAnswer, type ApiError } from './api-error.ts';
import type { ApiRequest, Connection } from './connection.ts';
import { decodeLease, newLease, nextLease, type LeaseRecord } from './lease-record.ts';
import {
  after,
  isUnguarded,
  LEASE_TIMES,
  mayTake,
  NOTHING_KNOWN,
  permitOf,
  withSeen,
  type LeaseOutcome,
  type LeaseState,
} from './lease-state.ts';

export interface WriterLeaseOptions {
  readonly connection: Pick<Connection, 'json'>;
  readonly namespace: string;
  readonly name: string;
  /** The Pod's name, or another word for people. */
  readonly holder: string;
  /** '' outside a cluster. */
  readonly podUid: string;
  readonly now: () => Instant;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after that time, or early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** After every change of `permit` or `problems`. */
  readonly onChange: () => void;
  readonly onFault: (cause: unknown) => void;
}

/** A renewal that takes longer counts as failed, so that two fit before the deadline. */
const CALL_MS = 3_000;

/**
 * Holds the Lease that lets one controller of an installation write: takes it, renews it, and lets go of it when
 * disposed of. Whoever is about to write asks `permit` at that moment. docs/one-writer.md.
 */
export class WriterLease implements AsyncDisposable {
  readonly #options: WriterLeaseOptions;
  readonly #me: string;
  readonly #stopping = new AbortController();
  #state: LeaseState = NOTHING_KNOWN;
  #told = '';
  #running: Promise<void> | undefined;

  constructor(options: WriterLeaseOptions) {
    this.#options = options;
    const { holder, podUid, random } = options;
    const chance = Math.floor(random() * 0xffff_ffff).toString(16);
    this.#me = [holder, podUid, chance.padStart(8, '0')].filter((part) => part !== '').join('_');
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What may be written at this moment; to be asked right before each write. */
  permit(): Permit {
    return permitOf(this.#state, this.#words, this.#options.now());
  }

  /** Why nothing keeps a second controller away, where there can be no Lease. */
  get unguarded(): string | undefined {
    const { refused } = this.#state;
    if (refused === undefined || !isUnguarded(this.#state)) return undefined;
    return `${this.#words} cannot be had: ${refused.why}. Grant create on leases.coordination.k8s.io in that namespace, and get and update on that one (the chart's rbac.create does). Until then only the Deployment's strategy Recreate and the lock on the ledger keep a second controller from writing`;
  }

  problems(): Problem[] {
    const permit = this.permit();
    const message = permit.kind === 'all' ? this.unguarded : permit.why;
    return message === undefined ? [] : [{ reason: 'Pending', message }];
  }

  /** Lets go of the Lease, so that the next holder need not wait. To be called when nothing writes any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const { renewed, seen } = this.#state;
    this.#state = { ...this.#state, renewed: undefined };
    if (renewed !== undefined && seen !== undefined) await this.#put(seen.record, '');
  }

  get #words(): string {
    return `the Lease ${this.#options.namespace}/${this.#options.name}`;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let waitMs: number = LEASE_TIMES.retryMs;
      try {
        // What ran out while the process stood still, or the clock was set, is told: else nobody would hear of its return.
        if (this.#told !== '') this.#tell();
        // A try is never broken off: what it wrote would be unknown, and the Lease could not be let go of.
        const outcome = await this.#try();
        this.#state = after(this.#state, outcome, this.#options.now());
        this.#tell();
        if (isUnguarded(this.#state)) waitMs = LEASE_TIMES.refusedMs;
        // Those who wait do not ask all at once.
        if (outcome.kind === 'other') waitMs *= 1 + 0.2 * this.#options.random();
      } catch (cause) {
        this.#options.onFault(cause);
      }
      await this.#options.sleep(waitMs, signal);
    }
  }

  /** Renews without reading while nobody else wrote; reads, and takes it where that is allowed, otherwise. */
  async #try(): Promise<LeaseOutcome> {
    const before = this.#state;
    let known = before.renewed === undefined ? undefined : before.seen?.record;
    for (let round = 0; round < 2; round += 1) {
      const begun = this.#options.now();
      if (known === undefined) {
        const read = await this.#call({ method: 'GET', path: `${this.#path}/${this.#options.name}` });
        if (!read.ok && read.error.kind !== 'not-found') return outcomeOf(read.error, begun, false);
        if (read.ok) {
          known = read.value;
          const at = this.#options.now();
          this.#state = withSeen(this.#state, known, at);
          const mine = known.holder === this.#me;
          if (!mine && !mayTake(this.#state, before, this.#options.podUid, at)) {
            return { kind: 'other', record: known };
          }
        }
      }
      const taken = known?.holder !== this.#me;
      const written = known === undefined ? await this.#create() : await this.#put(known, this.#me);
      if (written.ok) return { kind: 'held', record: written.value, begun, taken };
      const { kind } = written.error;
      const stale = kind === 'conflict' || (kind === 'not-found' && known !== undefined);
      if (!stale) return outcomeOf(written.error, begun, true);
      known = undefined;
    }
    return { kind: 'unsure' };
  }

  #create(): Promise<Result<LeaseRecord, ApiError>> {
    const { name, namespace } = this.#options;
    return this.#call({
      method: 'POST',
      path: this.#path,
      body: newLease(name, namespace, this.#write(this.#me)),
    });
  }

  #put(record: LeaseRecord, holder: string): Promise<Result<LeaseRecord, ApiError>> {
    const path = `${this.#path}/${this.#options.name}`;
    return this.#call({ method: 'PUT', path, body: nextLease(record, this.#write(holder)) });
  }

  #write(holder: string) {
    return { holder, durationMs: LEASE_TIMES.durationMs, at: this.#options.now().wall };
  }

  async #call(request: ApiRequest): Promise<Result<LeaseRecord, ApiError>> {
    const limits = { headerTimeoutMs: CALL_MS, bodyTimeoutMs: CALL_MS };
    const answer = await this.#options.connection.json({ ...request, ...limits });
    if (!answer.ok) return answer;
    const record = decodeLease(answer.value);
    return record === undefined
      ? err(badAnswer(`${request.path}: the answer is no Lease`))
      : { ok: true, value: record };
  }

  get #path(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(this.#options.namespace)}/leases`;
  }

  #tell(): void {
    const now = JSON.stringify([this.permit(), this.unguarded]);
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onChange();
  }
}

/** Whether the API server answered that we may not, or did not answer. */
function outcomeOf({ kind, status, message }: ApiError, begun: Instant, isFree: boolean): LeaseOutcome {
  if (kind === 'unauthorized' || kind === 'conflict') return { kind: 'unsure' };
  const refused = kind === 'forbidden' || kind === 'not-found' || (kind === 'bad-answer' && status >= 400);
  return refused ? { kind: 'refused', why: message, isFree } : { kind: 'away', why: message, begun };
}
