import type { CloudflareRecord, RecordFields } from './cloudflare-record.ts';
import { CloudflareRefusal, hostTaken, quotaReached, recordMissing } from './cloudflare-refusal.ts';
import { validateRecord, type ValidRecord } from './cloudflare-validation.ts';
import { newIdentifier, type ZoneState } from './cloudflare-zone.ts';
import { sameJson, type JsonObject } from './json-value.ts';

type Input = RecordFields | JsonObject;

/** The records of one zone and the rules between them. Every method throws CloudflareRefusal. */
export class RecordSet {
  readonly #zone: ZoneState;
  readonly #now: () => Date;
  #byId = new Map<string, CloudflareRecord>();
  #byName = new Map<string, readonly CloudflareRecord[]>();

  constructor(zone: ZoneState, now: () => Date) {
    this.#zone = zone;
    this.#now = now;
  }

  all(): CloudflareRecord[] {
    return [...this.#byId.values()];
  }

  named(name: string): readonly CloudflareRecord[] {
    return this.#byName.get(name) ?? [];
  }

  get(id: string): CloudflareRecord {
    const record = this.#byId.get(id);
    if (record === undefined) throw recordMissing();
    return record;
  }

  create(input: Input, meta: JsonObject = {}): CloudflareRecord {
    const valid = validateRecord(input, this.#zone);
    this.#refuseClash(valid, undefined);
    if (this.#byId.size >= this.#zone.recordQuota) throw quotaReached();
    const now = this.#now().toISOString();
    return this.#store({ ...valid, id: newIdentifier(), meta, created_on: now, modified_on: now }, undefined);
  }

  /** Members that are not mentioned take their defaults; the comment is cleared with them. */
  put(id: string, input: Input): CloudflareRecord {
    return this.#replace(this.#writable(id), input);
  }

  /** Members that are not mentioned keep their values. */
  edit(id: string, input: Partial<RecordFields> | JsonObject): CloudflareRecord {
    const old = this.#writable(id);
    return this.#replace(old, { ...old, ...input });
  }

  remove(id: string): CloudflareRecord {
    const old = this.#writable(id);
    this.#byId.delete(id);
    this.#index(old, undefined);
    return old;
  }

  /** All or nothing: when `work` throws, the records are as they were before. */
  transaction<T>(work: () => T): T {
    const before = [new Map(this.#byId), new Map(this.#byName)] as const;
    try {
      return work();
    } catch (error) {
      [this.#byId, this.#byName] = before;
      throw error;
    }
  }

  #writable(id: string): CloudflareRecord {
    const record = this.get(id);
    if (record.meta['read_only'] === true)
      throw new CloudflareRefusal(400, 1046, 'This record is read only.');
    return record;
  }

  #replace(old: CloudflareRecord, input: Input): CloudflareRecord {
    const valid = validateRecord(input, this.#zone);
    this.#refuseClash(valid, old.id);
    const { id, meta, created_on } = old;
    return this.#store({ ...valid, id, meta, created_on, modified_on: this.#now().toISOString() }, old);
  }

  #store(record: CloudflareRecord, old: CloudflareRecord | undefined): CloudflareRecord {
    const now = record.modified_on;
    const commented = record.comment === old?.comment ? old.comment_modified_on : now;
    const tagged = sameJson(record.tags, old?.tags) ? old?.tags_modified_on : now;
    const stored = {
      ...record,
      ...(record.comment !== null && commented !== undefined && { comment_modified_on: commented }),
      ...(record.tags.length > 0 && tagged !== undefined && { tags_modified_on: tagged }),
    };
    this.#byId.set(stored.id, stored);
    this.#index(old, stored);
    return stored;
  }

  #index(old: CloudflareRecord | undefined, record: CloudflareRecord | undefined): void {
    if (old !== undefined) {
      const rest = this.named(old.name).filter((other) => other.id !== old.id);
      if (rest.length > 0) this.#byName.set(old.name, rest);
      else this.#byName.delete(old.name);
    }
    if (record !== undefined) this.#byName.set(record.name, [...this.named(record.name), record]);
  }

  /** A second A beside an A of other content is accepted; CNAME and NS exclude others at their name. */
  #refuseClash(record: ValidRecord, self: string | undefined): void {
    const atApex = record.name === this.#zone.name;
    for (const other of this.named(record.name)) {
      if (other.id === self) continue;
      if (other.type === record.type && other.content === record.content) throw hostTaken(81058);
      const addressHere = ['A', 'AAAA', 'CNAME'].includes(record.type);
      const addressThere = ['A', 'AAAA', 'CNAME'].includes(other.type);
      if (record.type === 'CNAME' && addressThere) throw hostTaken(81053);
      if (other.type === 'CNAME' && addressHere) throw hostTaken(81054);
      if (!atApex && other.type === 'NS' && record.type !== 'NS') throw hostTaken(81056);
      if (!atApex && record.type === 'NS' && addressThere) throw hostTaken(81053);
    }
  }
}
