import type { ActualRecord } from '../../src/domain/record.ts';
import { ttlFromApi, ttlToApi } from '../../src/domain/ttl.ts';
import type { RecordWrite } from '../../src/domain/write.ts';

/** A body of the API as it is written: JSON, HTML or nothing. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function success(result: unknown, info?: Readonly<Record<string, number>>): Reply {
  const envelope = { success: true, errors: [], messages: [], result };
  return { status: 200, body: info === undefined ? envelope : { ...envelope, result_info: info } };
}

/** @param codes outermost first, each wrapping the next */
export function refusal(status: number, codes: readonly number[], text = 'no'): Reply {
  return { status, body: { success: false, errors: chained(codes, text), messages: [], result: null } };
}

function chained([code, ...rest]: readonly number[], message: string): readonly object[] {
  if (code === undefined) return [];
  return [{ code, message, ...(rest.length === 0 ? {} : { error_chain: chained(rest, message) }) }];
}

/** One page of a list, by the numbers that the caller asked for and the server's own limit. */
export function pageOf(all: readonly unknown[], query: URLSearchParams, most: number, total: number): Reply {
  const page = Number(query.get('page') ?? 1);
  const size = Math.min(most, Number(query.get('per_page') ?? most));
  const items = all.slice((page - 1) * size, page * size);
  return success(items, { page, per_page: size, count: items.length, total_count: total });
}

export function recordJson(record: ActualRecord): object {
  const { id, name, type, content, ttl, proxied, comment, readOnly } = record;
  return { id, name, type, content, ttl: ttlToApi(ttl), proxied, comment, meta: { read_only: readOnly } };
}

/** The writes of a batch's body, in the order in which Cloudflare runs them. */
export function writesOf(text: string): readonly RecordWrite[] {
  const body = JSON.parse(text) as BatchJson;
  return [
    ...(body.deletes ?? []).map(({ id }) => ({ kind: 'delete' as const, id })),
    ...(body.patches ?? []).map(({ ttl, ...patch }) => ({
      kind: 'update' as const,
      ...patch,
      ...(ttl === undefined ? {} : { ttl: ttlFromApi(ttl) }),
    })),
    ...(body.posts ?? []).map(({ ttl, ...fields }) => ({
      kind: 'create' as const,
      ...fields,
      ttl: ttlFromApi(ttl),
    })),
  ];
}

type Update = Extract<RecordWrite, { kind: 'update' }>;
type Create = Extract<RecordWrite, { kind: 'create' }>;

interface BatchJson {
  readonly deletes?: readonly { readonly id: string }[];
  readonly patches?: readonly (Omit<Update, 'kind' | 'ttl'> & { readonly ttl?: number })[];
  readonly posts?: readonly (Omit<Create, 'kind' | 'ttl'> & { readonly ttl: number })[];
}
