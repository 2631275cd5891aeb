import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import { resultOf } from './wire.ts';

interface Fields {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly comment?: string;
}

/** A batch as it was sent. */
export interface Batch {
  readonly zoneId: string;
  readonly deletes: readonly { readonly id: string }[];
  readonly patches: readonly ({ readonly id: string } & Partial<Fields>)[];
  readonly posts: readonly Fields[];
}

/** What an answer told of records. */
export type Reading =
  | { readonly kind: 'zone'; readonly zoneId: string; readonly records: readonly CloudflareRecord[] }
  | {
      readonly kind: 'name';
      readonly zoneId: string;
      readonly name: string;
      readonly records: readonly CloudflareRecord[];
    }
  | {
      readonly kind: 'id';
      readonly zoneId: string;
      readonly id: string;
      readonly record: CloudflareRecord | undefined;
    };

export type WriteKind = 'create' | 'update' | 'delete';

/** One operation that took effect at Cloudflare. */
export interface Effect {
  readonly kind: WriteKind;
  readonly name: string;
  readonly type: string;
}

/** The marker, read anew: nothing of the program judges the program. */
const MARKER = /(?:^|\s)record-owner-id=(\S+)(?: ([0-9a-f]{8}):\S*)?/;

const ADDRESSES = ['A', 'AAAA', 'CNAME'];

/** What was read of one zone since the last batch into it. */
interface Known {
  whole: boolean;
  readonly names: Set<string>;
  readonly byId: Map<string, CloudflareRecord>;
  written: boolean;
}

export interface JudgeOptions {
  readonly owner: string;
  readonly cluster: () => string;
  readonly recordsOf: (zoneId: string) => readonly CloudflareRecord[];
  /** Whether a source asks to adopt what stands on this name. */
  readonly adopts: (name: string) => boolean;
}

/**
 * Holds every write against what the process had read for it, by the rules of docs/ownership.md, and says what was
 * broken. What a person did after the read cannot be known, and does not count.
 */
export class Judge {
  readonly broken: string[] = [];
  readonly effects: Effect[] = [];
  /** Sent by the process that runs, or ran last, and not refused: what the ledger must tell of. */
  lastBatch: Batch | undefined;
  /** A request that lands after its process died can make a second record; the next list ends that. */
  doublesMayBe = false;
  /** Ids that the ledger gave up: never to be written again. */
  readonly released = new Set<string>();
  /** Ids that this installation made or took over. */
  readonly #ours = new Set<string>();
  readonly #options: JudgeOptions;
  #known = new Map<string, Known>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Whether it is ours by its marker alone. */
  isMarked({ comment }: Pick<CloudflareRecord, 'comment'>): boolean {
    const [, owner, cluster] = MARKER.exec(comment ?? '') ?? [];
    return owner === this.#options.owner && cluster === this.#options.cluster();
  }

  /** Whether this installation ever made the record, or took it over. */
  wasOurs(id: string): boolean {
    return this.#ours.has(id);
  }

  /** A process begins, and knows nothing yet but its ledger. */
  begins(): void {
    this.#known = new Map();
    this.lastBatch = undefined;
  }

  unknownWrite(request: string): void {
    this.broken.push(`a write of a kind that the program does not have: ${request}`);
  }

  read(reading: Reading): void {
    const known = this.#knownOf(reading.zoneId);
    if (known.written) {
      known.written = false;
      known.whole = false;
      known.names.clear();
      known.byId.clear();
    }
    if (reading.kind === 'id') {
      if (reading.record === undefined) known.byId.delete(reading.id);
      else known.byId.set(reading.id, reading.record);
      return;
    }
    if (reading.kind === 'zone') {
      known.whole = true;
      known.byId.clear();
    } else {
      known.names.add(reading.name);
      for (const { id, name } of known.byId.values()) if (name === reading.name) known.byId.delete(id);
    }
    for (const record of reading.records) known.byId.set(record.id, record);
  }

  /** A batch arrived; it has not taken effect. */
  sent(batch: Batch): void {
    this.lastBatch = batch;
    const known = this.#knownOf(batch.zoneId);
    const leaving = new Set([
      ...batch.deletes.map(({ id }) => id),
      ...batch.patches.flatMap(({ id, type }) => (type === undefined ? [] : [id])),
    ]);
    for (const { id } of [...batch.deletes, ...batch.patches])
      if (this.released.has(id)) this.broken.push(`wrote ${id}, which was released`);
    for (const { id } of batch.deletes) this.#judgeDelete(id, known);
    for (const patch of batch.patches) this.#judgeUpdate(patch, known);
    for (const post of batch.posts) this.#judgeCreate(post, known, leaving);
    known.written = true;
  }

  /** The last batch was answered with a refusal, after which nothing is left to settle. */
  refused(): void {
    this.lastBatch = undefined;
  }

  /** What the batch is about to change, for `applied`. */
  before({ zoneId }: Batch): ReadonlyMap<string, CloudflareRecord> {
    return new Map(this.#options.recordsOf(zoneId).map((record) => [record.id, record]));
  }

  /** The batch took effect, with this answer. */
  applied(batch: Batch, before: ReadonlyMap<string, CloudflareRecord>, body: string): void {
    for (const { id } of batch.deletes) this.#effect('delete', before.get(id));
    for (const { id } of batch.patches) {
      this.#effect('update', before.get(id));
      this.#ours.add(id);
    }
    const { posts } = resultOf(body) as { posts?: readonly CloudflareRecord[] | null };
    for (const record of posts ?? []) {
      this.#effect('create', record);
      this.#ours.add(record.id);
    }
    if (!this.doublesMayBe) this.broken.push(...this.doubles(batch.zoneId));
  }

  /** Names that have more than one record of ours of one type. */
  doubles(zoneId: string): string[] {
    const ours = this.#options.recordsOf(zoneId).filter((record) => this.isMarked(record));
    return [...Map.groupBy(ours, ({ name, type }) => `${type} ${name}`)]
      .filter(([, records]) => records.length > 1)
      .map(([what, records]) => `${records.length} records of ours: ${what}`);
  }

  #effect(kind: WriteKind, record: CloudflareRecord | undefined): void {
    if (record !== undefined) this.effects.push({ kind, name: record.name, type: record.type });
  }

  #judgeDelete(id: string, known: Known): void {
    const seen = known.byId.get(id);
    if (seen === undefined) this.broken.push(`deleted ${id}, which was not read for it`);
    else if (!this.isMarked(seen)) this.broken.push(`deleted what was read as not ours: ${shown(seen)}`);
  }

  #judgeUpdate(patch: Batch['patches'][number], known: Known): void {
    const seen = known.byId.get(patch.id);
    if (seen === undefined) {
      if (!this.#ours.has(patch.id)) this.broken.push(`changed ${patch.id}, which never was ours, unread`);
      if (patch.comment !== undefined) this.broken.push(`sent a comment for ${patch.id} without reading it`);
      return;
    }
    const marked = MARKER.test(seen.comment ?? '');
    const mayBe = marked ? this.isMarked(seen) : this.#ours.has(patch.id) || this.#options.adopts(seen.name);
    if (!mayBe) this.broken.push(`changed what was read as not ours: ${shown(seen)}`);
    const words = (seen.comment ?? '').replace(new RegExp(MARKER, 'g'), '').trim();
    if (patch.comment !== undefined && !patch.comment.includes(words))
      this.broken.push(`took a person's words away: ${shown(seen)} got ${patch.comment}`);
  }

  #judgeCreate(post: Fields, known: Known, leaving: ReadonlySet<string>): void {
    const what = `${post.type} ${post.name}`;
    if (!known.whole && !known.names.has(post.name))
      this.broken.push(`created ${what}, whose name was not read`);
    for (const seen of known.byId.values()) {
      const beside = seen.name === post.name && !leaving.has(seen.id) && excludes(seen.type, post.type);
      if (beside) this.broken.push(`created ${what} beside ${shown(seen)}`);
    }
  }

  #knownOf(zoneId: string): Known {
    const known = this.#known.get(zoneId) ?? {
      whole: false,
      names: new Set(),
      byId: new Map(),
      written: false,
    };
    this.#known.set(zoneId, known);
    return known;
  }
}

/** Whether a record of one type keeps one of the other away from its name. */
export function excludes(a: string, b: string): boolean {
  if (a === b) return true;
  return ADDRESSES.includes(a) && ADDRESSES.includes(b) && (a === 'CNAME' || b === 'CNAME');
}

export function shown({ id, type, name, content, comment }: CloudflareRecord): string {
  return `${type} ${name} ${content} (${id.slice(0, 6)}, "${comment ?? ''}")`;
}
