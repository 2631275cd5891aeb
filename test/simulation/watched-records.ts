import type { RecordsPort } from '../../src/controller/ports.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblem, ApiResult, BatchApplied, RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { SimClock } from './clock.ts';
import { Refused, type SimCloudflare } from './cloudflare.ts';
import { faultProblem, refusalProblem, type Fault } from './faults.ts';
import type { KillPoint } from './fuse.ts';
import type { Asked } from './pass-reads.ts';
import type { Random } from './random.ts';

export const DEADLINE_MS = 30_000;

export interface CallTaps {
  /** Whether the process is dead, perhaps by this very point. */
  readonly isDead: (
    point: Extract<KillPoint, `${string}call${string}` | 'when the answer arrives'>,
  ) => boolean;
  /** The fault of the next call, if one is due. */
  readonly fault: (write: boolean) => Fault | undefined;
  readonly onCall: (write: boolean) => void;
  readonly onSent: (zone: Zone, writes: readonly RecordWrite[]) => void;
  readonly onZones: (zones: readonly Zone[]) => void;
  readonly onRead: (zone: Zone, asked: Asked, records: readonly ActualRecord[]) => void;
  readonly onApplied: (zone: Zone, writes: readonly RecordWrite[], applied: BatchApplied) => void;
  /** What the caller was told of a call, for the story. */
  readonly onAnswer: (operation: string, answer: string) => void;
}

const FORBIDDEN: Fault = { kind: 'answer', name: 'not visible', status: 403, codes: [10000] };

/** The calls of one process. What was sent takes effect, whether or not the sender lives to hear of it. */
export class SimRecords implements RecordsPort {
  readonly #cloudflare: SimCloudflare;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #taps: CallTaps;

  constructor(cloudflare: SimCloudflare, clock: SimClock, random: Random, taps: CallTaps) {
    this.#cloudflare = cloudflare;
    this.#clock = clock;
    this.#random = random;
    this.#taps = taps;
  }

  async zones(): Promise<ApiResult<readonly Zone[]>> {
    const scope = { write: false, inZone: false };
    const answer = await this.#call('list zones', scope, () => [...this.#cloudflare.zones.values()]);
    if (answer.ok) this.#taps.onZones(answer.value);
    return answer;
  }

  async listZone(zone: Zone): Promise<ApiResult<readonly ActualRecord[]>> {
    const answer = await this.#inZone(`list ${zone.name}`, zone, () => this.#cloudflare.inZone(zone.id));
    if (answer.ok) this.#taps.onRead(zone, { all: true }, answer.value);
    return answer;
  }

  async readNames(zone: Zone, names: readonly string[]) {
    const found = new Map<string, readonly ActualRecord[]>();
    for (const name of names) {
      const read = () => this.#cloudflare.inZone(zone.id).filter((each) => each.name === name);
      const answer = await this.#inZone(`read ${name}`, zone, read);
      if (!answer.ok) return answer;
      this.#taps.onRead(zone, { names: [name] }, answer.value);
      found.set(name, answer.value);
    }
    return { ok: true as const, value: found };
  }

  async readIds(zone: Zone, ids: readonly string[]) {
    const found = new Map<string, ActualRecord | undefined>();
    for (const id of ids) {
      const read = () => this.#cloudflare.inZone(zone.id).filter((each) => each.id === id);
      const answer = await this.#inZone(`read record ${id}`, zone, read);
      if (!answer.ok) return answer;
      this.#taps.onRead(zone, { id }, answer.value);
      found.set(id, answer.value[0]);
    }
    return { ok: true as const, value: found };
  }

  batch(zone: Zone, writes: readonly RecordWrite[]): Promise<ApiResult<BatchApplied>> {
    const apply = (): BatchApplied | Refused => {
      if (!this.#cloudflare.zones.has(zone.id)) return new Refused(10000, 403);
      const applied = this.#cloudflare.batch(zone.id, writes, this.#clock.elapsed);
      if (!(applied instanceof Refused)) this.#taps.onApplied(zone, writes, applied);
      return applied;
    };
    const sent = () => this.#taps.onSent(zone, writes);
    return this.#call(
      `batch ${writes.map(writeText).join(', ')}`,
      { write: true, inZone: true },
      apply,
      sent,
    );
  }

  #inZone(operation: string, zone: Zone, read: () => readonly ActualRecord[]) {
    const scope = { write: false, inZone: true };
    const visible = () => (this.#cloudflare.zones.has(zone.id) ? read() : new Refused(10000, 403));
    return this.#call(operation, scope, visible);
  }

  async #call<T>(
    operation: string,
    scope: { readonly write: boolean; readonly inZone: boolean },
    effect: () => T | Refused,
    onSent: () => void = () => {},
  ): Promise<ApiResult<T>> {
    if (this.#taps.isDead('before a call leaves')) return forever();
    onSent();
    this.#taps.onCall(scope.write);
    const fault = this.#taps.fault(scope.write);
    const until = this.#clock.elapsed + this.#duration(fault);
    await this.#clock.sleep(this.#random.between(2, 60));
    let outcome: T | Refused | undefined;
    if (reaches(fault)) outcome = effect();
    if (fault?.kind === 'silence' && fault.applied === 'late') {
      this.#clock.after(DEADLINE_MS + this.#random.between(-500, 28_000), () => void effect());
    }
    if (this.#taps.isDead('while a call is on its way')) return forever();
    await this.#clock.sleep(Math.max(1, until - this.#clock.elapsed));
    if (this.#taps.isDead('when the answer arrives')) return forever();
    const answer = answerOf(fault, outcome, scope);
    this.#taps.onAnswer(
      operation,
      answer.ok ? 'done' : `${answer.problem.kind} (${fault?.name ?? answer.problem.message})`,
    );
    return answer;
  }

  #duration(fault: Fault | undefined): number {
    if (fault?.kind === 'silence') return DEADLINE_MS;
    return fault?.kind === 'slow' ? this.#random.between(3_000, 29_000) : this.#random.between(5, 150);
  }
}

function reaches(fault: Fault | undefined): boolean {
  if (fault === undefined || fault.kind === 'slow') return true;
  return fault.kind === 'silence' ? fault.applied === 'before' : fault.applied === true;
}

function answerOf<T>(
  fault: Fault | undefined,
  outcome: T | Refused | undefined,
  scope: { readonly write: boolean; readonly inZone: boolean },
): ApiResult<T> {
  if (fault !== undefined && fault.kind !== 'slow') return refuse(faultProblem(fault, scope));
  if (outcome instanceof Refused) {
    return refuse(
      scope.write ? refusalProblem(outcome.status, outcome.code) : faultProblem(FORBIDDEN, scope),
    );
  }
  if (outcome === undefined) throw new Error('a call without a fault has an outcome');
  return { ok: true, value: outcome };
}

function refuse(problem: ApiProblem): ApiResult<never> {
  return { ok: false, problem };
}

/** What a dead process waits for. */
function forever(): Promise<never> {
  return new Promise(() => {});
}

export function writeText(write: RecordWrite): string {
  if (write.kind === 'create') return `+ ${write.type} ${write.name} → ${write.content}`;
  if (write.kind === 'delete') return `- ${write.id}`;
  const { kind: _kind, id, ...patch } = write;
  return `~ ${id} ${JSON.stringify(patch)}`;
}
