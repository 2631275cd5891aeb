import type { ActualRecord } from '../domain/record.ts';
import type { ApiResult, BatchApplied, BatchWrite } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import { batchApplied, batchBody } from './batch.ts';
import { Caller, type Call } from './caller.ts';
import { createApiClient } from './client.ts';
import type { Success } from './envelope.ts';
import { Gate } from './gate.ts';
import { canonicalName } from './names.ts';
import { readAllPages } from './pages.ts';
import { failed, unusable } from './problem.ts';
import { parseRecord } from './records.ts';
import { Token } from './token.ts';
import { createTransport, type Transport } from './transport.ts';
import { parseUsage, parseZone, type Usage } from './zones.ts';

export interface CloudflareOptions {
  /** `https`, or `http` on loopback; with the path of the version, such as `/client/v4`. */
  readonly baseUrl: URL;
  /** Asked before each call, and again when a read was refused, so that a rotated token is picked up. */
  readonly token: () => Promise<string> | string;
  /**
   * For each call, body included; 30 seconds when absent. A read's retries and waits share it; a write may wait
   * as long for its turn before it is sent.
   */
  readonly deadlineMs?: number;
  /** Milliseconds since 1970, by a clock that is never set: pauses and deadlines are counted by it. */
  readonly now: () => number;
  /** Resolves after that time; may reject when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told of each HTTP request; `failed` is one without an answer. */
  readonly onCall?: (call: { operation: string; status: number | 'failed'; ms: number }) => void;
  /** Told after each answer how many calls Cloudflare says are left. */
  readonly onBudget?: (remaining: number | undefined) => void;
  /** Ends waits and reads; a write on its way is let through to its answer. */
  readonly signal: AbortSignal;
  /** What carries the requests; Node's own HTTP where absent. */
  readonly transport?: Transport;
}

const DEADLINE_MS = 30_000;
const RECORDS_PER_PAGE = 5000;
const ZONES_PER_PAGE = 50;

/**
 * The zones and records of one token. Nothing here throws: a call gives what was asked for, whole, or an
 * ApiProblem. Reads are retried here; a write never is, and is `in-doubt` where it may have been applied.
 */
export class Cloudflare implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #caller: Caller;
  readonly #inFlight = new Set<Promise<unknown>>();
  #closed = false;

  /** @throws TypeError when the base URL would send the token in clear. */
  constructor(options: CloudflareOptions) {
    this.#transport = options.transport ?? createTransport(options.baseUrl);
    this.#caller = new Caller({
      ...options,
      client: createApiClient(options.baseUrl, this.#transport),
      gate: new Gate(options),
      token: new Token(options.token),
      deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    });
  }

  /** All zones that the token sees, one call for every 50. */
  zones(): Promise<ApiResult<readonly Zone[]>> {
    return readAllPages(
      'the list of zones',
      (page) =>
        this.#read({
          operation: 'list-zones',
          send: (client, options) =>
            client.zones.list({ page, per_page: ZONES_PER_PAGE }, options).asResponse(),
        }),
      parseZone,
    );
  }

  /** All records of a zone, of every type, one call for every 5,000. */
  listZone(zone: Zone): Promise<ApiResult<readonly ActualRecord[]>> {
    return readAllPages(
      `the records of ${zone.name}`,
      (page) =>
        this.#read({
          operation: 'list-records',
          send: (client, options) =>
            client.dns.records
              .list({ zone_id: zone.id, page, per_page: RECORDS_PER_PAGE }, options)
              .asResponse(),
        }),
      (row) => parseRecord(row, zone.id),
    );
  }

  /** How many records a zone has, and may have where Cloudflare tells; one call. */
  async usage(zone: Zone): Promise<ApiResult<Usage>> {
    const path = `/zones/${encodeURIComponent(zone.id)}/dns_records/usage`;
    const answer = await this.#read({
      operation: 'read-usage',
      send: (client, options) => client.get(path, options).asResponse(),
    });
    if (!answer.ok) return answer;
    const usage = parseUsage(answer.value.result);
    return usage === undefined ? unusable('the usage of the zone has no number') : { ok: true, value: usage };
  }

  /** The records of each name, of every type, by the name as it was asked for; one call a name. */
  async readNames(
    zone: Zone,
    names: readonly string[],
  ): Promise<ApiResult<ReadonlyMap<string, readonly ActualRecord[]>>> {
    const found = new Map<string, readonly ActualRecord[]>();
    for (const name of new Set(names)) {
      const records = await this.#readName(zone, name);
      if (!records.ok) return records;
      found.set(name, records.value);
    }
    return { ok: true, value: found };
  }

  /** Each record by its id, `undefined` for one that Cloudflare says is not there; one call an id. */
  async readIds(
    zone: Zone,
    ids: readonly string[],
  ): Promise<ApiResult<ReadonlyMap<string, ActualRecord | undefined>>> {
    const found = new Map<string, ActualRecord | undefined>();
    for (const id of new Set(ids)) {
      const answer = await this.#read({
        operation: 'read-record',
        send: (client, options) => client.dns.records.get(id, { zone_id: zone.id }, options).asResponse(),
      });
      if (!answer.ok && answer.problem.kind !== 'not-found') return answer;
      const record = answer.ok ? parseRecord(answer.value.result, zone.id) : undefined;
      if (answer.ok && record?.id !== id) return unusable(`the answer for the record ${id} is another one`);
      found.set(id, record);
    }
    return { ok: true, value: found };
  }

  /**
   * Applies all writes in one transaction, or none. Nothing is sent for no writes, nor where `heldBack` has a reason
   * when the request is about to leave: after every wait, its connection standing.
   */
  async batch(
    zone: Zone,
    writes: readonly BatchWrite[],
    heldBack: () => string | undefined = () => undefined,
  ): Promise<ApiResult<BatchApplied>> {
    if (writes.length === 0) return { ok: true, value: { updated: [], created: [] } };
    const body = batchBody(writes);
    // The client's own type of a batch wants every field in each patch.
    const path = `/zones/${encodeURIComponent(zone.id)}/dns_records/batch`;
    const answer = await this.#track(() =>
      this.#caller.write({
        operation: 'batch',
        heldBack,
        send: (client, options) => client.post(path, { body, ...options }).asResponse(),
      }),
    );
    return answer.ok ? batchApplied(answer.value.result, writes, zone.id) : answer;
  }

  /** Waits for the calls on their way, then drops the connections; later calls are `unavailable`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#inFlight);
    this.#transport.close();
  }

  async #readName(zone: Zone, name: string): Promise<ApiResult<readonly ActualRecord[]>> {
    const records = await readAllPages(
      `the records named ${name}`,
      (page) =>
        this.#read({
          operation: 'read-name',
          send: (client, options) =>
            client.dns.records
              .list({ zone_id: zone.id, name: { exact: name }, page, per_page: RECORDS_PER_PAGE }, options)
              .asResponse(),
        }),
      (row) => parseRecord(row, zone.id),
    );
    const wanted = canonicalName(name);
    if (records.ok && records.value.some((record) => record.name !== wanted)) {
      return unusable(`the records named ${name}: the answer has other names too`);
    }
    return records;
  }

  #read(call: Call): Promise<ApiResult<Success>> {
    return this.#track(() => this.#caller.read(call));
  }

  async #track(run: () => Promise<ApiResult<Success>>): Promise<ApiResult<Success>> {
    if (this.#closed) return failed('unavailable', 'the connection to Cloudflare is closed');
    const running = run();
    this.#inFlight.add(running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(running);
    }
  }
}
