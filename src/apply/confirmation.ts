import type { Claim } from '../domain/claim.ts';
import type { FoundData } from '../domain/entry.ts';
import { parseMarker } from '../domain/owner.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import { quoted } from '../domain/shown-text.ts';
import type { ApiProblem, ApiProblemKind, BatchApplied } from '../domain/write.ts';
import type { Change } from '../plan/plan.ts';

/** The record of each change as Cloudflare answered it, by the order of the writes; none of a deletion. */
export function recordsAnswered(
  batch: readonly Change[],
  applied: BatchApplied,
): ReadonlyMap<Change, ActualRecord> {
  const updated = [...applied.updated];
  const created = [...applied.created];
  const records = new Map<Change, ActualRecord>();
  for (const change of batch) {
    const { kind } = change.write;
    const record = kind === 'update' ? updated.shift() : kind === 'create' ? created.shift() : undefined;
    if (record !== undefined) records.set(change, record);
    for (const companion of change.companions ?? []) if (companion.kind === 'create-text') created.shift();
  }
  return records;
}

/**
 * What is not as it was asked for in the record that Cloudflare calls done. A setting that was left out is told, and
 * waits until the zone is read again: asked for at once it would be left out again, and so on without end. A record
 * that has another name by now was not read for the write, and is.
 */
export function leftOut(change: Change, record: ActualRecord | undefined): ApiProblem | undefined {
  const { name, after, write } = change;
  if (record === undefined || after === undefined || write.kind === 'delete') return undefined;
  const isInPlace = write.kind === 'update' && write.content !== undefined && write.name === undefined;
  if (isInPlace && record.name !== name) {
    return problem('not-found', `record ${record.id} is not at ${name} any more, but at ${record.name}`);
  }
  const wrong = wrongIn(write, record);
  return wrong === undefined ? undefined : problem('invalid', `it was carried out, but with ${wrong}`);
}

function wrongIn(
  { comment, proxied, ttl }: Exclude<Change['write'], { readonly kind: 'delete' }>,
  record: ActualRecord,
): string | undefined {
  if (comment !== undefined && ownerIn(record.comment) !== ownerIn(comment))
    return `comment=${quoted(record.comment)} where ${quoted(comment)} was asked for`;
  if (proxied !== undefined && record.proxied !== proxied)
    return `proxied=${String(record.proxied)} where ${String(proxied)} was asked for`;
  if (ttl !== undefined && !record.proxied && record.ttl !== ttl)
    return `ttl=${String(record.ttl)} where ${String(ttl)} was asked for`;
  return undefined;
}

/** The marker is what proves a record ours, or, taken off, nobody's. */
function ownerIn(comment: string): string | undefined {
  return parseMarker(comment)?.owner;
}

function problem(kind: ApiProblemKind, message: string): ApiProblem {
  return { kind, message, status: undefined, codes: [], retryAfterMs: undefined };
}

/** The row after a write that was confirmed. */
export function confirmedClaim(claim: Claim, record: ActualRecord | undefined, at: string): Claim {
  if (record === undefined) return claim;
  return {
    ...claim,
    recordId: record.id,
    content: record.content,
    ttl: record.ttl,
    proxied: record.proxied,
    verifiedAt: at,
  };
}

/** What history says that the record became. */
export function confirmedData(change: Change, record: ActualRecord | undefined): FoundData | undefined {
  if (record === undefined) return change.after;
  const type = isRecordType(record.type) ? record.type : change.type;
  const { content, ttl, proxied } = record;
  const registry = change.after?.registry;
  return { name: change.name, type, content, ttl, proxied, ...(registry === undefined ? {} : { registry }) };
}
