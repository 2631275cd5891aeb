import { isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblem, ApiResult, BatchApplied, BatchWrite, RecordWrite } from '../../src/domain/write.ts';

/** One operation of a batch that was carried out, on the records as they were just then. */
export interface Step {
  readonly write: RecordWrite;
  readonly before: ReadonlyMap<string, ActualRecord>;
}

/**
 * The records of all zones, and batches on them as Cloudflare runs them: deletes, then patches, then posts, in one
 * transaction; type clashes, identical records and ids that are not there refuse it whole.
 */
export class CloudflareModel {
  records: ReadonlyMap<string, ActualRecord>;
  /** Told of each step before it is made, also of those of a batch that is refused later. */
  onStep: (step: Step) => void = () => {};
  /** Most records a zone takes. */
  quota = Number.POSITIVE_INFINITY;
  #ids = 0;

  constructor(records: readonly ActualRecord[] = []) {
    this.records = new Map(records.map((record) => [record.id, record]));
  }

  zone(zoneId: string): readonly ActualRecord[] {
    return [...this.records.values()].filter((record) => record.zoneId === zoneId);
  }

  put(record: ActualRecord): void {
    this.records = new Map(this.records).set(record.id, record);
  }

  remove(id: string): void {
    const records = new Map(this.records);
    records.delete(id);
    this.records = records;
  }

  batch(zoneId: string, writes: readonly BatchWrite[]): ApiResult<BatchApplied> {
    const records = new Map(this.records);
    const updated: ActualRecord[] = [];
    const created: ActualRecord[] = [];
    for (const write of inOrder(writes)) {
      if (write.kind !== 'create-text') this.onStep({ write, before: new Map(records) });
      if (write.kind === 'delete') {
        if (!records.delete(write.id)) return refused('not-found', 81044);
        continue;
      }
      const isNew = write.kind === 'create' || write.kind === 'create-text';
      const next = isNew ? this.#made(zoneId, write) : changed(records.get(write.id), write);
      if (next === undefined) return refused('not-found', 81044);
      const others = [...records.values()].filter((each) => each.zoneId === zoneId && each.id !== next.id);
      if (isNew && others.length >= this.quota) return refused('quota', 81045);
      const beside = others.filter((each) => each.name === next.name);
      if (beside.some((each) => each.type === next.type && each.content === next.content))
        return refused('exists', 81058);
      if (beside.some((each) => clash(each.type, next.type))) return refused('type-conflict', 81053);
      records.set(next.id, next);
      (isNew ? created : updated).push(next);
    }
    this.records = records;
    return { ok: true, value: { updated, created } };
  }

  #made(zoneId: string, write: Extract<BatchWrite, { kind: 'create' | 'create-text' }>): ActualRecord {
    const { kind: _kind, ...given } = write;
    const text = { type: 'TXT', proxied: false, comment: '' };
    const fields = { ...text, ...given };
    this.#ids += 1;
    return {
      ...fields,
      id: `new${String(this.#ids).padStart(4, '0')}`,
      zoneId,
      readOnly: false,
      ttl: fields.proxied ? 'auto' : fields.ttl,
    };
  }
}

function changed(
  record: ActualRecord | undefined,
  write: Extract<RecordWrite, { kind: 'update' }>,
): ActualRecord | undefined {
  if (record === undefined) return undefined;
  const { kind: _kind, ...patch } = write;
  const next = { ...record, ...patch };
  return next.proxied ? { ...next, ttl: 'auto' } : next;
}

function inOrder(writes: readonly BatchWrite[]): readonly BatchWrite[] {
  return (['delete', 'update', 'create'] as const).flatMap((kind) =>
    writes.filter((write) => write.kind.startsWith(kind)),
  );
}

/** Types that Cloudflare does not let stand at one name. */
export function clash(a: string, b: string): boolean {
  const cname = a === 'CNAME' || b === 'CNAME';
  if (a === 'NS' || b === 'NS') return isRecordType(a) || isRecordType(b);
  return cname && isRecordType(a) && isRecordType(b);
}

function refused(kind: ApiProblem['kind'], code: number): ApiResult<never> {
  const message = `${code}`;
  return { ok: false, problem: { kind, message, status: 400, codes: [code], retryAfterMs: undefined } };
}
