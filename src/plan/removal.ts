import { dataOf, isRecordType } from '../domain/record.ts';
import type { Claim } from '../domain/claim.ts';
import { formatComment, parseMarker, wordsOf } from '../domain/owner.ts';
import type { Change, RowChange } from './plan.ts';
import type { Draft, Judged } from './read.ts';
import type { ClaimFate } from './table.ts';

/**
 * Deletes a record that may go, on the strength of the marker read for this plan. Without a marker it is first
 * marked again (content as we wrote it) or released (content changed): the ledger alone deletes nothing.
 */
export function planRemoval(
  draft: Draft,
  each: ClaimFate,
  remove: { readonly why: string; readonly unpublishes: boolean },
): void {
  const { claim } = each;
  draft.consumed.add(claim.recordId);
  const judged = draft.judged.find(({ record }) => record.id === claim.recordId);
  if (judged === undefined) {
    const history = {
      action: 'settle' as const,
      reason: `${remove.why}; its record was already gone`,
      before: dataOf(claim),
      after: undefined,
    };
    draft.rows.push({ kind: 'drop', recordId: claim.recordId, history });
    return;
  }
  const { ownership } = judged;
  if (ownership.kind === 'ours' && ownership.marked) {
    draft.changes.push(deletion(judged, claim, remove.why, remove.unpublishes));
  } else if (ownership.kind === 'ours') {
    remark(draft, judged, claim);
  } else {
    draft.rows.push(released(draft, claim, ownership.why));
  }
}

export function deletion(judged: Judged, claim: Claim, why: string, unpublishes: boolean): Change {
  const { content, ttl, proxied, type: found } = judged.record;
  const type = isRecordType(found) ? found : claim.type;
  return {
    action: 'delete',
    happening: 'RecordDeleted',
    name: claim.name,
    type,
    before: { name: claim.name, type, content, ttl, proxied },
    after: undefined,
    write: { kind: 'delete', id: judged.record.id },
    claim: undefined,
    drops: [claim.recordId],
    source: claim.holder,
    reason: why,
    unpublishes,
  };
}

/** Puts the marker back on a record that the ledger proves ours, and changes nothing else. */
export function remark(draft: Draft, judged: Judged, claim: Claim): void {
  const { identity, limits } = draft.input;
  const holder = claim.holder;
  const words = wordsOf(judged.record.comment);
  const fit = holder === undefined ? undefined : formatComment(words, identity, holder);
  if (fit?.ok !== true) {
    draft.problems.push(commentTooLong(draft, judged, fit?.tooLongBy ?? 0));
    return;
  }
  draft.changes.push({
    action: 'update',
    happening: 'DriftCorrected',
    name: claim.name,
    type: claim.type,
    before: dataOf(claim),
    after: dataOf(claim),
    write: { kind: 'update', id: judged.record.id, comment: fit.comment },
    claim: {
      ...claim,
      cluster: parseMarker(fit.comment)?.cluster ?? '',
      updatedAt: new Date(limits.now).toISOString(),
    },
    drops: [],
    source: claim.holder,
    reason: 'its marker was removed; put back',
    unpublishes: false,
  });
}

export function commentTooLong(draft: Draft, judged: Judged, tooLongBy: number) {
  const { record } = judged;
  return {
    reason: 'RecordConflict' as const,
    zone: draft.input.zone.name,
    name: record.name,
    type: record.type,
    message: `the comment of ${record.type} ${record.name} (record ${record.id}) leaves no room for the owner's marker: free ${tooLongBy} characters of it`,
    obstacle: { kind: 'comment' as const, tooLongBy },
  };
}

/** The record was ours by the ledger and is somebody else's now: never written again, by its id. */
export function released(draft: Draft, claim: Claim, why: string): RowChange {
  const at = new Date(draft.input.limits.now).toISOString();
  return {
    kind: 'put',
    claim: { ...claim, state: 'released', stateReason: why, doomedAt: undefined, updatedAt: at },
    history: { action: 'release', reason: why, before: dataOf(claim), after: undefined },
    told: {
      happening: 'Released',
      source: claim.holder,
      note: `${claim.type} ${claim.name} (record ${claim.recordId}) is no longer managed: ${why}`,
    },
  };
}
