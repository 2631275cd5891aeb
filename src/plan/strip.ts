import type { Claim } from '../domain/claim.ts';
import { wordsOf } from '../domain/owner.ts';
import type { FoundData } from '../domain/entry.ts';
import { dataOf, type ActualRecord } from '../domain/record.ts';
import { patchOf } from './fields.ts';
import type { Change, RowChange } from './plan.ts';
import { ownershipOf } from './ownership.ts';
import type { PlanContext } from './table.ts';

/** A claim beside the record that stands for it at Cloudflare now, if any, and whether that is ours. */
export interface Standing {
  readonly claim: Claim;
  readonly record: ActualRecord | undefined;
  /** Its marker was read as ours: what alone allows a deletion. */
  readonly marked: boolean;
  /** Why there is nothing of ours to write there; `undefined` when there is, or that was not read. */
  readonly gone: string | undefined;
}

/** Looks a claim's record up by its id; that a list lacks it proves nothing. */
export function standingOf(context: PlanContext, claim: Claim): Standing {
  const record = context.actual.byId(claim.recordId);
  if (record === undefined || record === 'absent') {
    const gone = record === undefined ? undefined : 'its record is not there any more';
    return { claim, record: undefined, marked: false, gone };
  }
  const ownership = ownershipOf(record, context.rowOf(record.id), context.identity);
  const marked = ownership.kind === 'ours' && ownership.marked;
  return { claim, record, marked, gone: marked ? undefined : ownership.why };
}

/** Takes our marker off a record and its row away. `after` is what it shall hold from then on. */
export function strip(claim: Claim, record: ActualRecord, why: string, after?: FoundData): Change {
  const { content, ttl, proxied } = record;
  const before = { ...dataOf(claim), content, ttl, proxied };
  const next = after ?? before;
  const patch = after === undefined ? {} : patchOf(record, after);
  const comment = wordsOf(record.comment);
  return {
    action: 'release',
    happening: 'Released',
    name: claim.name,
    type: claim.type,
    before,
    after: next,
    write: { kind: 'update', id: record.id, ...patch, comment },
    claim: undefined,
    drops: [claim.recordId],
    source: claim.holder,
    reason: why,
    unpublishes: false,
  };
}

/** Only the row goes: at Cloudflare there is nothing of ours. */
export function forget(claim: Claim, why: string): RowChange {
  const history = { action: 'release' as const, reason: why, before: dataOf(claim), after: undefined };
  return { kind: 'drop', recordId: claim.recordId, history };
}

/** Said of a record that neither a list nor its id showed. */
export function unreadText({ type, name, recordId }: Claim): string {
  return `${type} ${name} stays as it is: record ${recordId} was not read`;
}
