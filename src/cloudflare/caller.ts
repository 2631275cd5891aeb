import type { ApiProblemKind, ApiResult } from '../domain/write.ts';
import type { ApiClient } from './client.ts';
import { parseEnvelope, type Success } from './envelope.ts';
import { codesOf, describeAnswer, kindOfAnswer } from './errors.ts';
import { exchange, type Exchange } from './exchange.ts';
import type { Gate } from './gate.ts';
import { failed } from './problem.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { Token } from './token.ts';
import type { LastLook } from './transport.ts';

/** The calls that there are; a label of metrics. */
type Operation = 'list-zones' | 'list-records' | 'read-name' | 'read-record' | 'read-usage' | 'batch';

/** What the client is told with each request. `timeout` in whole milliseconds. */
interface SendOptions {
  readonly headers: Record<string, string>;
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly fetchOptions?: LastLook;
}

export interface Call {
  readonly operation: Operation;
  /** Sends the request once more each time. */
  readonly send: (client: ApiClient, options: SendOptions) => Promise<Response>;
  /** Of a write: why it may not leave after all. */
  readonly heldBack?: () => string | undefined;
}

export interface CallerOptions {
  readonly client: ApiClient;
  readonly gate: Gate;
  readonly token: Token;
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly onCall?: (call: { operation: string; status: number | 'failed'; ms: number }) => void;
  /** Ends waits and reads. A write that is on its way is let through to its answer. */
  readonly signal: AbortSignal;
}

const ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 500;
/** The pause after a 429 that names none; Cloudflare sends such ones by mistake too. */
const UNNAMED_PAUSE_MS = 10_000;

/** Makes calls: budget, token, deadline, retries of reads, and every failure as an ApiProblem. */
export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * Up to three attempts within one deadline, backing off with full jitter. A refused token is asked for once
   * more, and a new one tried at once.
   */
  async read(call: Call): Promise<ApiResult<Success>> {
    const { now, deadlineMs, random, signal, token } = this.#options;
    const deadline = now() + deadlineMs;
    let secret = await token.read();
    let rotated = false;
    for (let attempt = 1; ; attempt += 1) {
      if (!secret.ok) return failed('token-refused', secret.error);
      let result = await this.#once(call, secret.value, { write: false, deadline });
      if (!rotated && !result.ok && isRefusal(result.problem.kind)) {
        rotated = true;
        const again = await token.read();
        if (again.ok && again.value !== secret.value) {
          secret = again;
          result = await this.#once(call, again.value, { write: false, deadline });
        }
      }
      if (result.ok) return result;
      const { kind, retryAfterMs } = result.problem;
      if ((kind !== 'unavailable' && kind !== 'rate-limited') || attempt >= ATTEMPTS) return result;
      const backoff = random() * FIRST_BACKOFF_MS * 2 ** (attempt - 1);
      const waitMs = Math.max(backoff, retryAfterMs ?? 0);
      if (signal.aborted || now() + waitMs >= deadline) return result;
      if (!(await this.#slept(waitMs))) return result;
    }
  }

  /** One attempt, never repeated here: only a fresh list tells whether a lost one landed. */
  async write(call: Call): Promise<ApiResult<Success>> {
    const secret = await this.#options.token.read();
    if (!secret.ok) return failed('token-refused', secret.error);
    const deadline = this.#options.now() + this.#options.deadlineMs;
    return this.#once(call, secret.value, { write: true, deadline });
  }

  async #once(
    call: Call,
    secret: string,
    { write, deadline }: { readonly write: boolean; readonly deadline: number },
  ): Promise<ApiResult<Success>> {
    const { client, gate, now, deadlineMs, signal } = this.#options;
    const admission = await gate.admit(write ? 'write' : 'read', deadline);
    if (admission.kind === 'stopped') return failed('unavailable', 'stopping');
    if (admission.kind === 'late') {
      const message = 'the budget of calls is used up; waiting as Cloudflare asks';
      return failed('rate-limited', message, { retryAfterMs: admission.waitMs });
    }
    const startedAt = now();
    const timeout = Math.max(1, Math.ceil(write ? deadlineMs : deadline - startedAt));
    // The client never takes its listener off a signal, so the one that lives as long as the program gets ours alone.
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    if (!write) signal.addEventListener('abort', abort, { once: true });
    const answer = await exchange(() =>
      call.send(client, {
        headers: { authorization: `Bearer ${secret}` },
        timeout,
        ...(write ? {} : { signal: stop.signal }),
        ...(write ? { fetchOptions: { heldBack: () => call.heldBack?.() ?? gate.heldBack() } } : {}),
      }),
    );
    signal.removeEventListener('abort', abort);
    const status = answer.kind === 'answer' ? answer.status : 'failed';
    this.#options.onCall?.({ operation: call.operation, status, ms: now() - startedAt });
    return this.#judge(answer, { write, inZone: call.operation !== 'list-zones' });
  }

  #judge(answer: Exchange, scope: { readonly write: boolean; readonly inZone: boolean }): ApiResult<Success> {
    const { gate, now, token } = this.#options;
    if (answer.kind === 'silence') {
      return failed(scope.write && answer.sent ? 'in-doubt' : 'unavailable', token.scrub(answer.why));
    }
    const { status, headers } = answer;
    gate.heard(headers);
    const envelope = parseEnvelope(answer.body);
    if (envelope?.success === true && status >= 200 && status < 300) return { ok: true, value: envelope };
    const kind = kindOfAnswer(status, envelope, scope);
    const asked = parseRetryAfter(headers.get('retry-after'), now());
    const retryAfterMs = kind === 'rate-limited' ? (asked ?? UNNAMED_PAUSE_MS) : asked;
    if (kind === 'rate-limited') gate.pause(retryAfterMs ?? 0);
    const message = token.scrub(describeAnswer(status, envelope));
    return failed(kind, message, { status, codes: codesOf(envelope), retryAfterMs });
  }

  async #slept(ms: number): Promise<boolean> {
    const { sleep, signal } = this.#options;
    try {
      await sleep(ms, signal);
    } catch {
      return false;
    }
    return !signal.aborted;
  }
}

function isRefusal(kind: ApiProblemKind): boolean {
  return kind === 'token-refused' || kind === 'forbidden';
}
