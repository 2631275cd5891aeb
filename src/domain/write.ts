import type { RegistryText } from './entry.ts';
import type { ActualRecord, RecordData } from './record.ts';

/** What is done to the TXT records of external-dns together with the record that they speak for. */
export type TextWrite =
  | ({ readonly kind: 'create-text' } & RegistryText)
  | { readonly kind: 'delete'; readonly id: string };

/** One operation of a batch. An update leaves what it does not name as it is (PATCH). */
export type RecordWrite =
  | ({ readonly kind: 'create'; readonly comment: string } & RecordData)
  | ({ readonly kind: 'update'; readonly id: string } & RecordPatch)
  | { readonly kind: 'delete'; readonly id: string };

export type BatchWrite = RecordWrite | TextWrite;

/** The fields of an update. `comment` is there only when the comment was read for this very plan. */
export interface RecordPatch {
  readonly name?: RecordData['name'];
  readonly content?: string;
  readonly ttl?: RecordData['ttl'];
  readonly proxied?: boolean;
  readonly comment?: string;
}

/**
 * Why a call to Cloudflare gave nothing, closed; the table in `cloudflare/errors.ts` decides which.
 * - `in-doubt`: a write that may have landed; only a fresh list settles it.
 * - `unavailable`: not reached, or an answer that is none (5xx, HTML, `success:false` without a code, a short list).
 */
export type ApiProblemKind =
  | 'in-doubt'
  | 'unavailable'
  | 'rate-limited'
  | 'token-refused'
  | 'forbidden'
  | 'not-found'
  | 'exists'
  | 'type-conflict'
  | 'quota'
  | 'invalid'
  | 'misconfigured';

/** `message` is for people and holds no secret; `codes` are Cloudflare's, chain included. */
export interface ApiProblem {
  readonly kind: ApiProblemKind;
  readonly message: string;
  readonly status: number | undefined;
  readonly codes: readonly number[];
  readonly retryAfterMs: number | undefined;
}

export type ApiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: ApiProblem };

/** The records after a batch, in the order of its updates and creates. One transaction: all of it or nothing. */
export interface BatchApplied {
  readonly updated: readonly ActualRecord[];
  readonly created: readonly ActualRecord[];
}
