import { TransportError, type LastLook, type Transport } from '../../src/cloudflare/transport.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { pageOf, recordJson, refusal, success, writesOf, type Reply } from './api-json.ts';
import { Refused } from './cloudflare.ts';
import type { Fault } from './faults.ts';
import type { KillPoint } from './fuse.ts';
import type { Lab } from './lab.ts';
import { RateGuard } from './rate-guard.ts';

export const DEADLINE_MS = 30_000;
/** How long ago, at most, a stale list was true. */
const STALE_MS = 20_000;
const ZONES_A_PAGE = 50;
/** By then nobody writes any more: three that count, and those that were on their way. */
const MOST_REFUSALS = 8;

export interface HttpTaps {
  /** Whether the process is dead, perhaps by this very point. */
  readonly isDead: (
    point: Extract<KillPoint, `${string}call${string}` | 'when the answer arrives'>,
  ) => boolean;
  readonly onSent: (zone: Zone, writes: readonly RecordWrite[]) => void;
}

interface Call {
  readonly write: boolean;
  readonly list: boolean;
  /** Whoever looks on is told of it. */
  readonly leaves: () => void;
  /** Does what is asked; `by` others where it is sent again on the way. */
  readonly effect: (fault: Fault | undefined, by: 'us' | 'others') => Reply;
}

/** What Cloudflare answers only to a token that it takes. */
const TAKES_TOKEN: ReadonlySet<number> = new Set([400, 404]);

const READ = { write: false, leaves: (): void => {} } as const;

/** The HTTP of one process. What was sent takes effect, whether or not the sender lives to hear of it. */
export class SimHttp implements Transport {
  readonly #lab: Lab;
  readonly #taps: HttpTaps;
  readonly #guard: RateGuard;
  /** Calls in a row whose token was worth nothing. */
  #refusals = 0;

  constructor(lab: Lab, taps: HttpTaps) {
    this.#lab = lab;
    this.#taps = taps;
    this.#guard = new RateGuard((why) => lab.fail('the rate budget is kept', why));
  }

  readonly close = (): void => {};

  readonly fetch = async (
    url: string | URL | Request,
    init: RequestInit & LastLook = {},
  ): Promise<Response> => {
    const { clock, random, cloudflare } = this.#lab;
    if (this.#taps.isDead('before a call leaves')) return forever();
    const call = this.#callOf(new URL(url instanceof Request ? url.url : url), init);
    const signal = init.signal ?? undefined;
    const fault = this.#fault(call);
    // Setting up a connection can take as long as the network is away.
    if (fault?.kind === 'slow to connect') await this.#wait(random.between(5_000, 28_000), signal);
    const heldBack = init.heldBack?.();
    if (heldBack !== undefined) {
      this.#lab.coverage.hit('fault', 'held back as it would leave');
      throw new TransportError(heldBack, false);
    }
    call.leaves();
    this.#guard.sent(clock.elapsed);
    if (call.write && this.#refusals > MOST_REFUSALS)
      this.#lab.fail('a refused token stops writing', `a write leaves after ${this.#refusals} refusals`);
    const until = clock.elapsed + this.#duration(fault);
    await this.#wait(random.between(2, 60), signal);
    if (fault?.kind === 'refused') throw new TransportError('no connection (ECONNREFUSED)', false);
    const authorization = new Headers(init.headers).get('authorization') ?? '';
    let reply = this.#turnedAway(authorization);
    if (reply === undefined && reaches(fault)) {
      reply = call.effect(fault, 'us');
      if (fault?.kind === 'twice')
        clock.after(random.between(0, 2_000), () => void call.effect(fault, 'others'));
    }
    if (reply === undefined && fault?.kind === 'silence' && fault.applied === 'late') {
      clock.after(DEADLINE_MS + random.between(-500, 28_000), () => {
        call.effect(fault, 'us');
        this.#lab.process?.landedLate();
      });
    }
    if (this.#taps.isDead('while a call is on its way')) return forever();
    if (fault?.kind === 'silence') await aborted(signal);
    await this.#wait(Math.max(1, until - clock.elapsed), signal);
    if (this.#taps.isDead('when the answer arrives')) return forever();
    // Another answer than the refusal is what the program hears.
    if (fault?.kind === 'answer') this.#refusals = 0;
    const response = responseOf(fault, reply, authorization, cloudflare.rate.headers(clock.elapsed));
    const told = cloudflare.rate.tells ? cloudflare.rate.quota : undefined;
    // Answered with a fault instead, which says of the token that it was read.
    if (TAKES_TOKEN.has(response.status)) this.#refusals = 0;
    this.#guard.heard(response.status, response.headers, told, clock.now(), clock.elapsed);
    return response;
  };

  #fault({ write, list }: Call): Fault | undefined {
    const { faults, coverage } = this.#lab;
    coverage.hit('call', write ? 'batch' : 'read');
    const queue = write ? faults.write : faults.read;
    const isOfLists = queue[0]?.kind === 'short' || queue[0]?.kind === 'stale';
    const fault = isOfLists && !list ? undefined : queue.shift();
    if (fault !== undefined) coverage.hit(write ? 'write fault' : 'read fault', fault.name);
    return fault;
  }

  /** A token that is worth nothing, or one call too many. */
  #turnedAway(authorization: string): Reply | undefined {
    const { cloudflare, clock, token } = this.#lab;
    const reply = cloudflare.rate.spend(clock.elapsed);
    if (reply !== undefined) this.#lab.coverage.hit('fault', 'over the rate quota');
    if (authorization === `Bearer ${token.valid}`) {
      this.#refusals = 0;
      return reply;
    }
    this.#refusals += 1;
    this.#lab.coverage.hit('fault', 'a token that is worth nothing');
    return refusal(401, [10000], 'Authentication error');
  }

  #callOf(url: URL, init: RequestInit): Call {
    const { cloudflare, clock } = this.#lab;
    const [, , , , zoneId = '', , last] = url.pathname.split('/');
    const query = url.searchParams;
    if (zoneId === '') {
      const zones = () => [...cloudflare.zones.values()];
      const effect = () => pageOf(zones(), query, ZONES_A_PAGE, zones().length);
      return { ...READ, list: false, effect };
    }
    const visible =
      (effect: Call['effect']): Call['effect'] =>
      (fault, by) =>
        cloudflare.zones.has(zoneId) ? effect(fault, by) : refusal(403, [10000], 'Authentication error');
    if (last === 'batch') {
      const writes = writesOf(typeof init.body === 'string' ? init.body : '{}');
      const leaves = (): void => this.#taps.onSent(cloudflare.zoneOf(zoneId), writes);
      const effect = visible((_, by) => this.#batch(zoneId, writes, by));
      return { write: true, list: false, leaves, effect };
    }
    if (last !== undefined) {
      const effect = (): Reply => {
        const record = cloudflare.records.get(last)?.record;
        return record?.zoneId !== zoneId ? refusal(404, [81044]) : success(recordJson(record));
      };
      return { ...READ, list: false, effect: visible(effect) };
    }
    const name = query.get('name.exact');
    const effect: Call['effect'] = (fault) => {
      const all =
        name !== null
          ? cloudflare.named(zoneId, name)
          : fault?.kind === 'stale'
            ? cloudflare.inZoneAt(zoneId, clock.elapsed - STALE_MS)
            : cloudflare.inZone(zoneId);
      if (fault?.kind === 'stale' || (fault?.kind === 'short' && !fault.announced))
        this.#lab.listLiedAt = clock.elapsed;
      const items = fault?.kind === 'short' ? all.slice(0, -1) : all;
      const total = fault?.kind === 'short' && fault.announced ? all.length : items.length;
      return pageOf(items.map(recordJson), query, cloudflare.pageSize, total);
    };
    return { ...READ, list: name === null, effect: visible(effect) };
  }

  #batch(zoneId: string, writes: readonly RecordWrite[], by: 'us' | 'others'): Reply {
    const { cloudflare, clock, coverage } = this.#lab;
    const applied = cloudflare.batch(zoneId, writes, clock.elapsed, by);
    if (applied instanceof Refused) {
      coverage.hit('refused by the rules', String(applied.code));
      return refusal(applied.status, [applied.code]);
    }
    for (const write of writes) coverage.hit('applied', write.kind);
    const deletes = writes.filter((write) => write.kind === 'delete').map(({ id }) => ({ id }));
    const [patches, posts] = [applied.updated.map(recordJson), applied.created.map(recordJson)];
    return success({ deletes, patches, puts: [], posts });
  }

  #duration(fault: Fault | undefined): number {
    const { random } = this.#lab;
    return fault?.kind === 'slow' ? random.between(3_000, 29_000) : random.between(5, 150);
  }

  /** Ends in a TransportError when the caller gives up. */
  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        timer.run = undefined;
        reject(new TransportError('no whole answer before the deadline', true));
      };
      const timer = this.#lab.clock.after(ms, () => {
        signal?.removeEventListener('abort', give);
        resolve();
      });
      signal?.addEventListener('abort', give);
    });
  }
}

function reaches(fault: Fault | undefined): boolean {
  if (fault?.kind === 'silence') return fault.applied === 'before';
  return fault?.kind !== 'answer' || fault.applied === true;
}

function responseOf(
  fault: Fault | undefined,
  reply: Reply | undefined,
  authorization: string,
  rate: Readonly<Record<string, string>>,
): Response {
  if (fault?.kind !== 'answer') {
    if (reply === undefined) throw new Error('a call without a fault has an answer');
    return json(reply.status, JSON.stringify(reply.body), { ...rate, ...reply.headers });
  }
  const { status, body, retryAfter, quotes } = fault;
  const headers = { ...rate, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) };
  const text = quotes === true ? `Invalid request headers: authorization: ${authorization}` : 'no';
  if (typeof body !== 'string')
    return json(status, JSON.stringify(refusal(status, body, text).body), headers);
  switch (body) {
    case 'html':
      return new Response('<!doctype html><title>Sign in</title>', {
        status,
        headers: { ...headers, 'content-type': 'text/html' },
      });
    case 'success, no result':
      return json(status, JSON.stringify(success(null).body), headers);
    case 'cut short':
      return json(status, '{"success":true,"result":[{"id":"r0', headers);
    case 'empty':
      return new Response(null, { status, headers });
  }
}

function json(status: number, text: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(text, { status, headers: { ...headers, 'content-type': 'application/json' } });
}

/** What a dead process waits for. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () =>
      reject(new TransportError('no whole answer before the deadline', true)),
    );
  });
}
