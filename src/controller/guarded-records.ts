import type { ApiProblemKind, ApiResult } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import {
  accepted,
  CLOSED,
  probing,
  refused,
  renewed,
  waitMs,
  type CallScope,
  type Circuit,
} from './circuit.ts';
import type { RecordsPort } from './ports.ts';

export interface CircuitHooks {
  readonly now: () => number;
  /** After a change of verdict, and whenever a probe is put off. */
  readonly onChange: (now: Pick<Circuit, 'verdict' | 'why' | 'probeAt'>) => void;
}

/** What an answer says of the token. An outage says nothing, nor does a right that is missing on one zone. */
const SAYS: Readonly<Record<ApiProblemKind, 'accepted' | 'refused' | 'nothing'>> = {
  'token-refused': 'refused',
  forbidden: 'nothing',
  'in-doubt': 'nothing',
  unavailable: 'nothing',
  'rate-limited': 'nothing',
  misconfigured: 'nothing',
  'not-found': 'accepted',
  exists: 'accepted',
  'type-conflict': 'accepted',
  quota: 'accepted',
  invalid: 'accepted',
};

/** Cloudflare behind a circuit: after repeated refusals of the token nothing is asked but a probe now and then. */
export class GuardedRecords implements RecordsPort {
  readonly #records: RecordsPort;
  readonly #hooks: CircuitHooks;
  #circuit: Circuit = CLOSED;
  /** A zone whose records were listed. */
  #served: Zone | undefined;

  constructor(records: RecordsPort, hooks: CircuitHooks) {
    this.#records = records;
    this.#hooks = hooks;
  }

  /** The token is another one than was refused: the next call may go out at once. */
  tokenRenewed(): void {
    this.#become(renewed(this.#circuit, this.#hooks.now()));
  }

  async zones(): ReturnType<RecordsPort['zones']> {
    const answer = await this.#through('zones', () => this.#records.zones());
    if (answer.ok || answer.problem.kind !== 'token-refused' || !this.#circuit.records) return answer;
    // A token without the right to list zones can still be good for their records: asking for some of them tells.
    if (this.#served !== undefined) await this.readNames(this.#served, [this.#served.name]);
    return this.#circuit.records ? { ok: false, problem: { ...answer.problem, kind: 'forbidden' } } : answer;
  }

  async listZone(zone: Zone): ReturnType<RecordsPort['listZone']> {
    const answer = await this.#through('records', () => this.#records.listZone(zone));
    if (answer.ok) this.#served = zone;
    return answer;
  }

  readNames(...args: Parameters<RecordsPort['readNames']>): ReturnType<RecordsPort['readNames']> {
    return this.#through('records', () => this.#records.readNames(...args));
  }

  readIds(...args: Parameters<RecordsPort['readIds']>): ReturnType<RecordsPort['readIds']> {
    return this.#through('records', () => this.#records.readIds(...args));
  }

  batch(...args: Parameters<RecordsPort['batch']>): ReturnType<RecordsPort['batch']> {
    return this.#through('records', () => this.#records.batch(...args), true);
  }

  async #through<T>(
    scope: CallScope,
    call: () => Promise<ApiResult<T>>,
    write = false,
  ): Promise<ApiResult<T>> {
    const { now } = this.#hooks;
    const wait = waitMs(this.#circuit, now());
    // A probe is a read: what a write would do is decided when the token is good again.
    const isHeld = wait > 0 || (write && this.#circuit.probeAt !== undefined);
    if (isHeld) return this.#refusal(wait);
    this.#become(probing(this.#circuit, now()));
    const answer = await call();
    const says = answer.ok ? 'accepted' : SAYS[answer.problem.kind];
    if (says === 'accepted') this.#become(accepted(this.#circuit, scope, write));
    if (says !== 'refused' || answer.ok) return answer;
    // While the records of zones can be had, the list of zones proves nothing against the token.
    if (scope === 'records' || !this.#circuit.records)
      this.#become(refused(this.#circuit, { scope, write }, answer.problem.message, now()));
    const untilProbe = waitMs(this.#circuit, now());
    const retryAfterMs = untilProbe === 0 ? answer.problem.retryAfterMs : untilProbe;
    return { ok: false, problem: { ...answer.problem, retryAfterMs } };
  }

  #refusal(retryAfterMs: number): ApiResult<never> {
    const message = `not asked, since Cloudflare refuses the token: ${this.#circuit.why ?? ''}`;
    return {
      ok: false,
      problem: { kind: 'token-refused', message, status: undefined, codes: [], retryAfterMs },
    };
  }

  #become(next: Circuit): void {
    const { verdict, probeAt } = this.#circuit;
    this.#circuit = next;
    if (next.verdict !== verdict || next.probeAt !== probeAt) this.#hooks.onChange(next);
  }
}
