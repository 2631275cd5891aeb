import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, CallLog } from './call-log.ts';
import { type TokenOptions, TokenTable } from './cloudflare-token-table.ts';
import { failure } from './cloudflare-envelope.ts';
import { RateLimit, type RateLimitOptions } from './cloudflare-rate-limit.ts';
import type { CloudflareRecord, RecordFields } from './cloudflare-record.ts';
import { RecordSet } from './cloudflare-record-set.ts';
import { CloudflareRefusal } from './cloudflare-refusal.ts';
import { routeCloudflare, type Zone } from './cloudflare-routes.ts';
import { asciiName, makeZone, newIdentifier, type ZoneOptions, type ZoneState } from './cloudflare-zone.ts';
import { type Fault, FaultQueue } from './fault-queue.ts';
import { answer, type Reply } from './faulty-answer.ts';
import type { JsonObject } from './json-value.ts';
import { LoopbackServer } from './loopback-server.ts';
import { readCall } from './read-call.ts';

export interface SandboxCloudflareOptions {
  /** 0, or absent: the system chooses. */
  readonly port?: number;
  /** The first token that is accepted; `sandbox-token` when absent. */
  readonly token?: string;
  /** The clock of `created_on` and of the rate limit; the system's when absent. */
  readonly now?: () => Date;
  readonly zones?: readonly ZoneOptions[];
  /** `false` never refuses. */
  readonly rateLimit?: RateLimitOptions | false;
  /** Largest `per_page` of a record list; 5,000 when absent. */
  readonly maxPerPage?: number;
}

/**
 * The part of Cloudflare's v4 API that deals with zones and DNS records, in this process.
 * The methods that take a zone are a person in the dashboard: same rules, no request, no log entry.
 */
export class SandboxCloudflare implements AsyncDisposable {
  readonly #tokens = new TokenTable();
  readonly rateLimit: RateLimit;
  readonly #log = new CallLog();
  readonly #faults = new FaultQueue();
  readonly #zones = new Map<string, Zone>();
  readonly #now: () => Date;
  readonly #maxPerPage: number;
  #server: LoopbackServer | undefined;

  private constructor(options: SandboxCloudflareOptions) {
    this.#now = options.now ?? (() => new Date());
    this.#maxPerPage = options.maxPerPage ?? 5000;
    const limit = options.rateLimit;
    this.rateLimit = new RateLimit(limit === false ? { requests: 1e9 } : (limit ?? {}), this.#now);
    this.#tokens.add(options.token ?? 'sandbox-token');
    for (const zone of options.zones ?? []) this.addZone(zone);
  }

  static async start(options: SandboxCloudflareOptions = {}): Promise<SandboxCloudflare> {
    const sandbox = new SandboxCloudflare(options);
    sandbox.#server = await LoopbackServer.start(
      async (request, response) => sandbox.#handle(request, response),
      options.port,
    );
    return sandbox;
  }

  /** The API's base URL, as `CLOUDFLARE_BASE_URL` wants it (it ends in `/client/v4`). */
  get url(): string {
    return `${this.#server?.url ?? ''}/client/v4`;
  }

  get calls(): readonly Call[] {
    return this.#log.all;
  }

  clearCalls(): void {
    this.#log.clear();
  }

  /** @returns takes the fault back. */
  fault(fault: Fault): () => void {
    return this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  addToken(token: string, options: TokenOptions = {}): void {
    this.#tokens.add(token, options);
  }

  revokeToken(token: string): void {
    this.#tokens.revoke(token);
  }

  /** Two zones of one name are allowed, as they are at Cloudflare; later calls by name mean the first. */
  addZone(options: ZoneOptions): ZoneState {
    const state = makeZone(options, this.#now());
    this.#zones.set(state.id, { state, records: new RecordSet(state, this.#now) });
    return state;
  }

  /** @param zone a name or an id, here and below. */
  editZone(zone: string, change: Partial<Pick<ZoneState, 'status' | 'plan' | 'recordQuota'>>): void {
    Object.assign(this.#find(zone).state, change);
  }

  removeZone(zone: string): void {
    this.#zones.delete(this.#find(zone).state.id);
  }

  records(zone: string): CloudflareRecord[] {
    return this.#find(zone).records.all();
  }

  /** The first record of that name and type; undefined when there is none. */
  record(zone: string, name: string, type: string): CloudflareRecord | undefined {
    return this.#find(zone)
      .records.named(asciiName(name))
      .find((record) => record.type === type);
  }

  /** @param meta `{ read_only: true }` makes a record that no request can change. */
  create(zone: string, fields: RecordFields, meta: JsonObject = {}): CloudflareRecord {
    return this.#find(zone).records.create(fields, meta);
  }

  put(zone: string, id: string, fields: RecordFields): CloudflareRecord {
    return this.#find(zone).records.put(id, fields);
  }

  edit(zone: string, id: string, fields: Partial<RecordFields>): CloudflareRecord {
    return this.#find(zone).records.edit(id, fields);
  }

  remove(zone: string, id: string): CloudflareRecord {
    return this.#find(zone).records.remove(id);
  }

  /** Ends every socket, hanging answers included. */
  async close(): Promise<void> {
    await this.#server?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #find(zone: string): Zone {
    const name = asciiName(zone);
    const found =
      this.#zones.get(zone) ?? [...this.#zones.values()].find((candidate) => candidate.state.name === name);
    if (found === undefined) throw new Error(`the sandbox has no zone ${zone}`);
    return found;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.#log.add(await readCall(request));
    await answer({
      call,
      response,
      fault: this.#faults.take(call),
      work: () => this.#work(call, request.headers.authorization),
      refuse: (fault) => stamped(failure(refusalOf(fault))),
    });
  }

  #work(call: Call, authorization: string | undefined): Reply {
    try {
      const access = this.#tokens.check(authorization);
      const headers = this.rateLimit.spend();
      const account = { zones: () => [...this.#zones.values()], maxPerPage: this.#maxPerPage };
      const reply = guarded(() => routeCloudflare(call, access, account));
      return stamped({ ...reply, headers: { ...headers, ...reply.headers } });
    } catch (error) {
      return stamped(refused(error));
    }
  }
}

function guarded(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Reply {
  if (error instanceof CloudflareRefusal) return failure(error);
  throw error;
}

function refusalOf({ kind, status, code, message, headers }: Fault): CloudflareRefusal {
  const http = kind === 'success-false' ? 200 : (status ?? 500);
  return new CloudflareRefusal(http, code ?? 10_001, message ?? 'Internal service error', [], headers ?? {});
}

function stamped(reply: Reply): Reply {
  return { ...reply, headers: { 'cf-ray': `${newIdentifier().slice(0, 16)}-LOC`, ...reply.headers } };
}
