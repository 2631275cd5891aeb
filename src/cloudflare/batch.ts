import { isRecordType, type ActualRecord } from '../domain/record.ts';
import { ttlToApi } from '../domain/ttl.ts';
import type { ApiResult, BatchApplied, RecordPatch, BatchWrite } from '../domain/write.ts';
import { isObject } from './json.ts';
import { failed } from './problem.ts';
import { canonicalContent, parseRecord } from './records.ts';

type Create = Extract<BatchWrite, { kind: 'create' | 'create-text' }>;
type Update = Extract<BatchWrite, { kind: 'update' }>;

/** The body of `POST zones/:id/dns_records/batch`. Lists that would be empty are left out. */
export interface BatchBody {
  readonly deletes?: readonly { readonly id: string }[];
  readonly patches?: readonly ({ readonly id: string } & FieldsToSend)[];
  readonly posts?: readonly FieldsToSend[];
}

type FieldsGiven = Omit<RecordPatch, 'name'> & { readonly name?: string };

interface FieldsToSend {
  readonly type?: string;
  readonly name?: string;
  readonly content?: string;
  readonly ttl?: number;
  readonly proxied?: boolean;
  readonly comment?: string;
}

/**
 * Cloudflare runs deletes, then patches, then posts, in one transaction; the members stand in that order. A
 * patch has the named fields only: what it lacks stays as it is.
 */
export function batchBody(writes: readonly BatchWrite[]): BatchBody {
  const { deletes, updates, creates } = sorted(writes);
  return {
    ...(deletes.length === 0 ? {} : { deletes: deletes.map((id) => ({ id })) }),
    ...(updates.length === 0
      ? {}
      : { patches: updates.map((update) => ({ id: update.id, ...fieldsOf(update) })) }),
    ...(creates.length === 0
      ? {}
      : { posts: creates.map((create) => ({ type: typeOf(create), ...fieldsOf(create) })) }),
  };
}

function typeOf(create: Create): string {
  return create.kind === 'create' ? create.type : 'TXT';
}

function fieldsOf({ name, content, ttl, proxied, comment }: FieldsGiven): FieldsToSend {
  return {
    ...(name === undefined ? {} : { name }),
    ...(content === undefined ? {} : { content }),
    // Cloudflare's own rule: a proxied record has no TTL of its own.
    ...(ttl === undefined ? {} : { ttl: proxied === true ? 1 : ttlToApi(ttl) }),
    ...(proxied === undefined ? {} : { proxied }),
    ...(comment === undefined ? {} : { comment }),
  };
}

/**
 * Reads the answer of a batch against what was sent. One that does not fit is in doubt, since something was
 * certainly done: each deleted and updated id must be named, and each create must have its record.
 */
export function batchApplied(
  result: unknown,
  writes: readonly BatchWrite[],
  zoneId: string,
): ApiResult<BatchApplied> {
  const { deletes, updates, creates } = sorted(writes);
  const answer = isObject(result) ? result : {};
  const deleted = idsOf(answer['deletes']);
  const patched = recordsOf(answer['patches'], zoneId);
  const posted = recordsOf(answer['posts'], zoneId);
  if (deleted === undefined || patched === undefined || posted === undefined) {
    return mismatch('has an unknown form');
  }
  if (deletes.length !== deleted.length || deletes.some((id) => !deleted.includes(id))) {
    return mismatch('does not name the records that were to be deleted');
  }
  const updated = matched(updates, patched, isUpdated);
  if (updated === undefined) return mismatch('does not show the records as they were to be updated');
  const created = matched(creates, posted, isCreated);
  if (created === undefined) return mismatch('does not show the records that were to be created');
  return { ok: true, value: { updated, created } };
}

/** TTL, proxying and comment are not compared: the answer says what they became, and that goes on. */
function isUpdated(update: Update, record: ActualRecord): boolean {
  const { content, name } = update;
  return (
    record.id === update.id &&
    isRecordType(record.type) &&
    (name === undefined || record.name === name) &&
    (content === undefined || record.content === canonicalContent(record.type, content))
  );
}

function isCreated(create: Create, record: ActualRecord): boolean {
  const { name, content } = create;
  const type = typeOf(create);
  // Whether quotes around a TXT record's words are given back as they were sent is undocumented.
  const isSame =
    type === 'TXT'
      ? unquoted(record.content) === unquoted(content)
      : record.content === canonicalContent(type, content);
  return record.name === name && record.type === type && isSame;
}

function unquoted(content: string): string {
  return content.replace(/^"|"$/g, '');
}

/** The record of each write, one to one, in the order of the writes; looked for nearest to its own place. */
function matched<W>(
  writes: readonly W[],
  records: readonly ActualRecord[],
  fits: (write: W, record: ActualRecord) => boolean,
): readonly ActualRecord[] | undefined {
  if (writes.length !== records.length) return undefined;
  const left = [...records];
  const found: ActualRecord[] = [];
  for (const write of writes) {
    const at = left.findIndex((record) => fits(write, record));
    const [record] = at === -1 ? [] : left.splice(at, 1);
    if (record === undefined) return undefined;
    found.push(record);
  }
  return new Set(found.map(({ id }) => id)).size === found.length ? found : undefined;
}

function sorted(writes: readonly BatchWrite[]) {
  return {
    deletes: writes.flatMap((write) => (write.kind === 'delete' ? [write.id] : [])),
    updates: writes.flatMap((write) => (write.kind === 'update' ? [write] : [])),
    creates: writes.flatMap((write) =>
      write.kind === 'create' || write.kind === 'create-text' ? [write] : [],
    ),
  };
}

function idsOf(list: unknown): readonly string[] | undefined {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const ids = items.map((item) => (isObject(item) ? item['id'] : undefined));
  return ids.every((id) => typeof id === 'string') ? ids : undefined;
}

function recordsOf(list: unknown, zoneId: string): readonly ActualRecord[] | undefined {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const records = items.map((item) => parseRecord(item, zoneId));
  return records.every((record) => record !== undefined)
    ? records.filter((record) => record !== undefined)
    : undefined;
}

function mismatch(what: string): ApiResult<never> {
  return failed('in-doubt', `the answer to a batch ${what}`, { status: 200 });
}
