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

/** Changes that are remembered, so that a list can show what was before them. */
const REMEMBERED = 400;

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
  readonly #kept = new Map<string, Kept>();
  /** Ids by zone, and by zone and name. */
  readonly #ids = new Map<string, Set<string>>();
  readonly #journal: { readonly at: number; readonly id: string; readonly before: Kept | undefined }[] = [];
  #made = 0;

  /** A zone as it is or was. */
  zoneOf(id: string): Zone {
    const zone = this.zones.get(id) ?? ALL_ZONES.find((each) => each.id === id);
    if (zone === undefined) throw new Error(`nobody knows a zone ${id}`);
    return zone;
  }

  get records(): ReadonlyMap<string, Kept> {
    return this.#kept;
  }

  inZone(zoneId: string): readonly ActualRecord[] {
    return this.#under(zoneId);
  }

  /** The records of one name. */
  named(zoneId: string, name: string): readonly ActualRecord[] {
    return this.#under(`${zoneId} ${name}`);
  }

  /** What stood in a zone at that time of the history. */
  inZoneAt(zoneId: string, at: number): readonly ActualRecord[] {
    const then = new Map(this.inZone(zoneId).map((record) => [record.id, record]));
    for (const change of this.#journal.toReversed()) {
      if (change.at <= at) break;
      if (change.before?.record.zoneId === zoneId) then.set(change.id, change.before.record);
      else then.delete(change.id);
    }
    return [...then.values()];
  }

  /** What a person or another program does: one record, made or changed. Answers whether the rules let it. */
  put(record: Omit<ActualRecord, 'id'> & { readonly id?: string }, at: number): boolean {
    const whole = { ...record, id: record.id ?? this.#newId(), ttl: record.proxied ? 'auto' : record.ttl };
    if (misfitOf(whole) !== undefined || clashOf(whole, this.#others(whole)) !== undefined) return false;
    this.#keep(whole.id, { record: whole, by: 'others', at }, at);
    return true;
  }

  remove(id: string, at: number): void {
    this.#keep(id, undefined, at);
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
    const begun = this.#journal.length;
    const updated: ActualRecord[] = [];
    const created: ActualRecord[] = [];
    for (const write of inOrder(writes)) {
      const next = this.#apply(zoneId, write, { by, at });
      if (next instanceof Refused) {
        for (const { id, before } of this.#journal.splice(begun).toReversed()) this.#index(id, before);
        return next;
      }
      if (next !== undefined) (write.kind === 'create' ? created : updated).push(next);
    }
    for (const write of by === 'us' ? writes : [])
      if (write.kind === 'delete') this.deletedByUs.set(write.id, at);
    this.#journal.splice(0, this.#journal.length - REMEMBERED);
    return { updated, created };
  }

  #apply(
    zoneId: string,
    write: RecordWrite,
    stamp: Pick<Kept, 'by' | 'at'>,
  ): ActualRecord | undefined | Refused {
    const old = write.kind === 'create' ? undefined : this.#kept.get(write.id)?.record;
    if (write.kind !== 'create' && old?.zoneId !== zoneId) return new Refused(81044, 404);
    if (old?.readOnly === true) return new Refused(1046);
    if (write.kind === 'delete') {
      this.#keep(write.id, undefined, stamp.at);
      return undefined;
    }
    const next = old === undefined ? this.#new(zoneId, write) : patched(old, write);
    if (next.comment.length > 100) return new Refused(9313);
    const misfit = misfitOf(next);
    if (misfit !== undefined) return new Refused(misfit);
    const clash = clashOf(next, this.#others(next));
    if (clash !== undefined) return new Refused(clash);
    const full = (this.#ids.get(zoneId)?.size ?? 0) >= this.quota;
    if (write.kind === 'create' && full) return new Refused(81045);
    // What others did to it since it was read can still be in it.
    const by = stamp.by === 'others' ? 'others' : (this.#kept.get(next.id)?.by ?? 'us');
    this.#keep(next.id, { record: next, by, at: stamp.at }, stamp.at);
    return next;
  }

  #keep(id: string, kept: Kept | undefined, at: number): void {
    this.#journal.push({ at, id, before: this.#kept.get(id) });
    this.#index(id, kept);
  }

  #index(id: string, kept: Kept | undefined): void {
    const old = this.#kept.get(id)?.record;
    const record = kept?.record;
    if (old !== undefined && (record === undefined || old.name !== record.name)) {
      this.#ids.get(`${old.zoneId} ${old.name}`)?.delete(id);
      if (record === undefined) this.#ids.get(old.zoneId)?.delete(id);
    }
    if (kept === undefined || record === undefined) {
      this.#kept.delete(id);
      return;
    }
    this.#kept.set(id, kept);
    for (const place of [record.zoneId, `${record.zoneId} ${record.name}`]) {
      const ids = this.#ids.get(place) ?? new Set();
      this.#ids.set(place, ids.add(id));
    }
  }

  #under(place: string): readonly ActualRecord[] {
    return [...(this.#ids.get(place) ?? [])].flatMap((id) => this.#kept.get(id)?.record ?? []);
  }

  #others({ zoneId, name, id }: ActualRecord): readonly ActualRecord[] {
    return this.named(zoneId, name).filter((each) => each.id !== id);
  }

  #new(zoneId: string, write: RecordWrite): ActualRecord {
    if (write.kind !== 'create') throw new Error('only a create makes a record');
    const { kind: _kind, ...fields } = write;
    const ttl = fields.proxied ? 'auto' : fields.ttl;
    return { ...fields, ttl, id: this.#newId(), zoneId, readOnly: false };
  }

  #newId(): string {
    this.#made += 1;
    return `r${String(this.#made).padStart(3, '0')}`;
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
