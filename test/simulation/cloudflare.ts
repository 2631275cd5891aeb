import { excludes, isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { BatchApplied, RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { ALL_ZONES } from './names.ts';
import { SimRate } from './rate.ts';

/** A record, and whether others ever had a word on it. */
export interface Kept {
  readonly record: ActualRecord;
  readonly by: 'us' | 'others';
  /** When, in milliseconds of the history. */
  readonly at: number;
}

/** Cloudflare's refusal of a batch, by its code. Nothing of the batch was applied. */
export class Refused {
  readonly code: number;
  readonly status: number;

  constructor(code: number, status = 400) {
    this.code = code;
    this.status = status;
  }
}

/** Older states that a stale list may show. */
const PAST_STATES = 40;

/** The zones of an account and their records, with the rules that hold between them. Only the truth; nothing fails here. */
export class SimCloudflare {
  readonly zones = new Map<string, Zone>();
  /** Records that a zone takes. */
  quota = Number.POSITIVE_INFINITY;
  /** Writes that a batch may hold. */
  batchLimit = 200;
  /** The largest page of a list, whatever is asked for. */
  pageSize = 5_000;
  readonly rate = new SimRate();
  /** Ids that we deleted, each with when. */
  readonly deletedByUs = new Map<string, number>();
  #records: ReadonlyMap<string, Kept> = new Map();
  readonly #past: { readonly until: number; readonly records: ReadonlyMap<string, Kept> }[] = [];
  #ids = 0;

  /** A zone as it is or was. */
  zoneOf(id: string): Zone {
    const zone = this.zones.get(id) ?? ALL_ZONES.find((each) => each.id === id);
    if (zone === undefined) throw new Error(`nobody knows a zone ${id}`);
    return zone;
  }

  get records(): ReadonlyMap<string, Kept> {
    return this.#records;
  }

  inZone(zoneId: string, records = this.#records): readonly ActualRecord[] {
    return [...records.values()].map(({ record }) => record).filter((each) => each.zoneId === zoneId);
  }

  /** What stood in a zone at that time of the history. */
  inZoneAt(zoneId: string, at: number): readonly ActualRecord[] {
    return this.inZone(zoneId, this.#past.find(({ until }) => until > at)?.records);
  }

  /** What a person or another program does: one record, made or changed. Answers whether the rules let it. */
  put(record: Omit<ActualRecord, 'id'> & { readonly id?: string }, at: number): boolean {
    const whole = { ...record, id: record.id ?? this.#newId(), ttl: record.proxied ? 'auto' : record.ttl };
    if (misfitOf(whole) !== undefined || clashOf(whole, this.#others(whole)) !== undefined) return false;
    this.#become(new Map(this.#records).set(whole.id, { record: whole, by: 'others', at }), at);
    return true;
  }

  remove(id: string, at: number): void {
    const records = new Map(this.#records);
    records.delete(id);
    this.#become(records, at);
  }

  /**
   * Deletes, then patches, then posts, in one transaction.
   * @param by others, where something on the way sends again what we sent once
   */
  batch(
    zoneId: string,
    writes: readonly RecordWrite[],
    at: number,
    by: Kept['by'] = 'us',
  ): BatchApplied | Refused {
    if (writes.length > this.batchLimit) return new Refused(9207);
    const before = this.#records;
    const records = new Map(before);
    const updated: ActualRecord[] = [];
    const created: ActualRecord[] = [];
    this.#records = records;
    for (const write of inOrder(writes)) {
      const refused = this.#apply(zoneId, write, records, { by, at }, updated, created);
      if (refused === undefined) continue;
      this.#records = before;
      return refused;
    }
    this.#past.push({ until: at, records: before });
    for (const write of by === 'us' ? writes : [])
      if (write.kind === 'delete') this.deletedByUs.set(write.id, at);
    return { updated, created };
  }

  #apply(
    zoneId: string,
    write: RecordWrite,
    records: Map<string, Kept>,
    stamp: Pick<Kept, 'by' | 'at'>,
    updated: ActualRecord[],
    created: ActualRecord[],
  ): Refused | undefined {
    const old = write.kind === 'create' ? undefined : records.get(write.id)?.record;
    if (write.kind !== 'create' && old?.zoneId !== zoneId) return new Refused(81044, 404);
    if (old?.readOnly === true) return new Refused(1046);
    if (write.kind === 'delete') {
      records.delete(write.id);
      return undefined;
    }
    const next = old === undefined ? this.#made(zoneId, write) : patched(old, write);
    if (next.comment.length > 100) return new Refused(9313);
    const misfit = misfitOf(next);
    if (misfit !== undefined) return new Refused(misfit);
    const clash = clashOf(next, this.#others(next));
    if (clash !== undefined) return new Refused(clash);
    const full = this.inZone(zoneId).length >= this.quota;
    if (write.kind === 'create' && full) return new Refused(81045);
    // What others did to it since it was read can still be in it.
    const by = records.get(next.id)?.by ?? stamp.by;
    records.set(next.id, { record: next, by: stamp.by === 'others' ? 'others' : by, at: stamp.at });
    (write.kind === 'create' ? created : updated).push(next);
    return undefined;
  }

  #become(records: ReadonlyMap<string, Kept>, at: number): void {
    this.#past.push({ until: at, records: this.#records });
    if (this.#past.length > PAST_STATES) this.#past.shift();
    this.#records = records;
  }

  #others(record: ActualRecord): readonly ActualRecord[] {
    return this.inZone(record.zoneId).filter((each) => each.id !== record.id && each.name === record.name);
  }

  #made(zoneId: string, write: RecordWrite): ActualRecord {
    if (write.kind !== 'create') throw new Error('only a create makes a record');
    const { kind: _kind, ...fields } = write;
    const ttl = fields.proxied ? 'auto' : fields.ttl;
    return { ...fields, ttl, id: this.#newId(), zoneId, readOnly: false };
  }

  #newId(): string {
    this.#ids += 1;
    return `r${String(this.#ids).padStart(3, '0')}`;
  }
}

function patched(old: ActualRecord, write: RecordWrite): ActualRecord {
  const { kind: _kind, ...patch } = write;
  const next = { ...old, ...patch };
  return next.proxied ? { ...next, ttl: 'auto' } : next;
}

/** Content that is none for the type. */
function misfitOf({ type, content, name }: ActualRecord): number | undefined {
  const isV4 = /^[0-9.]+$/.test(content);
  if (type === 'A') return isV4 ? undefined : 9005;
  if (type === 'AAAA') return content.includes(':') ? undefined : 9006;
  if (type !== 'CNAME') return undefined;
  if (content === name) return 9039;
  return isV4 || content.includes(':') ? 9007 : undefined;
}

function clashOf(record: ActualRecord, others: readonly ActualRecord[]): number | undefined {
  for (const other of others) {
    if (other.type === record.type && other.content === record.content) return 81058;
    if (isRecordType(record.type) && isRecordType(other.type)) {
      if (excludes(record.type, other.type)) return record.type === 'CNAME' ? 81053 : 81054;
      if (record.type === 'CNAME') return 81053;
    }
  }
  return undefined;
}

function inOrder(writes: readonly RecordWrite[]): readonly RecordWrite[] {
  return (['delete', 'update', 'create'] as const).flatMap((kind) =>
    writes.filter((write) => write.kind === kind),
  );
}
