import type { RecordsPort } from '../../src/controller/ports.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblem, ApiResult, BatchApplied, RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { Asked } from './pass-reads.ts';

export interface RecordTaps {
  readonly onZones: (zones: readonly Zone[]) => void;
  readonly onRead: (zone: Zone, asked: Asked, records: readonly ActualRecord[]) => void;
  readonly onProblem: (problem: ApiProblem) => void;
  readonly tell: (line: string) => void;
}

/** The real adapter, and somebody who looks at what it makes of the answers. */
export class WatchedRecords implements RecordsPort {
  readonly #records: RecordsPort;
  readonly #taps: RecordTaps;

  constructor(records: RecordsPort, taps: RecordTaps) {
    this.#records = records;
    this.#taps = taps;
  }

  async zones(): Promise<ApiResult<readonly Zone[]>> {
    const answer = this.#told('list zones', await this.#records.zones());
    if (answer.ok) this.#taps.onZones(answer.value);
    return answer;
  }

  async listZone(zone: Zone): Promise<ApiResult<readonly ActualRecord[]>> {
    const answer = this.#told(`list ${zone.name}`, await this.#records.listZone(zone));
    if (answer.ok) this.#taps.onRead(zone, { all: true }, answer.value);
    return answer;
  }

  async readNames(zone: Zone, names: readonly string[]) {
    const answer = this.#told(`read ${names.join(', ')}`, await this.#records.readNames(zone, names));
    for (const [name, records] of answer.ok ? answer.value : []) {
      this.#taps.onRead(zone, { names: [name] }, records);
    }
    return answer;
  }

  async readIds(zone: Zone, ids: readonly string[]) {
    const answer = this.#told(`read records ${ids.join(', ')}`, await this.#records.readIds(zone, ids));
    for (const [id, record] of answer.ok ? answer.value : []) {
      this.#taps.onRead(zone, { id }, record === undefined ? [] : [record]);
    }
    return answer;
  }

  async batch(
    zone: Zone,
    writes: readonly RecordWrite[],
    heldBack: () => string | undefined,
  ): Promise<ApiResult<BatchApplied>> {
    const operation = `batch ${writes.map(writeText).join(', ')}`;
    return this.#told(operation, await this.#records.batch(zone, writes, heldBack));
  }

  #told<T>(operation: string, answer: ApiResult<T>): ApiResult<T> {
    if (!answer.ok) this.#taps.onProblem(answer.problem);
    this.#taps.tell(
      `    ${operation}: ${answer.ok ? 'done' : `${answer.problem.kind} (${answer.problem.message})`}`,
    );
    return answer;
  }
}

export function writeText(write: RecordWrite): string {
  if (write.kind === 'create') return `+ ${write.type} ${write.name} → ${write.content}`;
  if (write.kind === 'delete') return `- ${write.id}`;
  const { kind: _kind, id, ...patch } = write;
  return `~ ${id} ${JSON.stringify(patch)}`;
}
