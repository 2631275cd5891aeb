import type { Claim } from '../domain/claim.ts';
import { formatComment, parseMarker, wordsOf } from '../domain/owner.ts';
import { excludes, type RecordData } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { tryAdopt } from './adopt.ts';
import { blockersOf, isReplaceable, isRetyped } from './blockers.ts';
import { fieldsFor, type Present } from './fields.ts';
import { compare } from './order.ts';
import { holdAlone } from './hold.ts';
import type { Change, RowChange } from './plan.ts';
import type { Draft, Judged } from './read.ts';
import { commentTooLong, deletion, remark } from './removal.ts';
import { claimFor, missingRow, toState } from './rows.ts';
import type { ClaimFate } from './table.ts';

/** Why a record goes in one batch with the creation of what stands in for it. */
export const BECOMES = 'the name becomes';

/** Creates what is missing at a name that was read, where nothing of anybody else's stands in the way. */
export function createMissing(
  draft: Draft,
  want: Want,
  contents: readonly string[],
  gone: readonly Claim[],
): void {
  const replaced = draft.judged.filter(
    (each) =>
      !draft.consumed.has(each.record.id) &&
      each.ownership.kind === 'ours' &&
      (isReplaceable(each, want) || isRetyped(draft, each, want)),
  );
  const standing = blockersOf(draft, want).filter((each) => !replaced.includes(each));
  if (standing.length > 0) {
    for (const claim of gone) draft.rows.push({ kind: 'drop', recordId: claim.recordId });
    tryAdopt(draft, want, contents, standing);
    return;
  }
  // Until that is done nobody may take the row for a record: one in another zone would go, as if this one stood.
  draft.rows.push(...gone.flatMap((claim) => missingRow(claim, draft.input.limits)));
  const wait = whyNotYet(draft, want, replaced);
  if (wait !== undefined) {
    draft.problems.push(problemOf(want, wait));
    for (const { held } of replaced) if (held !== undefined) draft.rows.push(...heldRow(draft, held));
    return;
  }
  const unmarked = replaced.filter(({ ownership }) => ownership.kind === 'ours' && !ownership.marked);
  if (unmarked.length > 0) {
    for (const judged of unmarked) if (judged.held !== undefined) remark(draft, judged, judged.held.claim);
    return;
  }
  const worded = replaced.find(({ record }) => wordsOf(record.comment) !== '') ?? draft.worded;
  const words = worded === undefined ? '' : wordsOf(worded.record.comment);
  const fit = formatComment(words, draft.input.identity, want.source);
  if (!fit.ok) {
    if (worded !== undefined)
      draft.problems.push({ ...commentTooLong(draft, worded, fit.tooLongBy), source: want.source });
    return;
  }
  draft.worded = worded;
  for (const judged of replaced) {
    if (judged.held === undefined) continue;
    draft.consumed.add(judged.record.id);
    draft.changes.push(deletion(judged, judged.held.claim, `${BECOMES} ${want.type}`, false));
  }
  const kin = inherited(draft, want, gone);
  // What adopt found stays what a person can have put back, whatever the type became since.
  const adopted = [...replaced.map(({ held }) => held?.claim), ...gone].some((claim) => claim?.adopted);
  contents.forEach((content, index) => {
    const after: RecordData = fieldsFor(want, content, kin?.present, kin?.last);
    draft.changes.push(
      creation(draft, want, after, fit.comment, { old: gone[index], again: gone.length > 0, adopted }),
    );
  });
}

/** Why a create must wait that comes with a deletion, at the name or of its record in another zone. */
function whyNotYet(draft: Draft, want: Want, replaced: readonly Judged[]): string | undefined {
  const { limits } = draft.input;
  const types = replaced.map(({ record }) => record.type).join(', ');
  const [heldWhy] = replaced.flatMap(({ held }) => (held === undefined ? [] : (heldBy(draft, held) ?? [])));
  if (heldWhy !== undefined) {
    return `a change from ${types} to ${want.type} needs a deletion, which is held: ${heldWhy}`;
  }
  if (limits.strategy !== 'upsert-only') return undefined;
  if (replaced.length > 0) {
    return `a change from ${types} to ${want.type} needs a deletion, and STRATEGY is upsert-only`;
  }
  const from = draft.input
    .elsewhere(want.name)
    .find(({ type }) => type === want.type || excludes(type, want.type));
  return from === undefined
    ? undefined
    : `a move from zone ${from.zoneName} needs a deletion, and STRATEGY is upsert-only`;
}

/** The brake does not count what is replaced in one batch; it is in `held` only when nothing at all may be deleted. */
function heldBy(draft: Draft, { claim, fate }: ClaimFate): string | undefined {
  const { held, noDeletions, approved } = draft.input.limits;
  if (fate.kind === 'replaced') return held.get(claim.recordId);
  // Wanted, but for the type that somebody gave it.
  return fate.kind === 'wanted' && !approved.has(claim.recordId) ? noDeletions : undefined;
}

function heldRow(draft: Draft, each: ClaimFate): readonly RowChange[] {
  const { now } = draft.input.limits;
  if (heldBy(draft, each) === undefined) return [];
  if (each.fate.kind === 'wanted') return holdAlone(draft, each.claim, 'its type was changed') ?? [];
  if (each.fate.kind !== 'replaced') return [];
  const doomedAt = each.claim.doomedAt ?? new Date(now).toISOString();
  return toState(each.claim, 'held', each.fate.why, { now, doomedAt });
}

function creation(
  draft: Draft,
  want: Want,
  after: RecordData,
  comment: string,
  {
    old,
    again,
    adopted,
  }: { readonly old: Claim | undefined; readonly again: boolean; readonly adopted: boolean },
): Change {
  const cluster = parseMarker(comment)?.cluster ?? '';
  return {
    action: 'create',
    happening: again ? 'DriftCorrected' : 'RecordCreated',
    name: want.name,
    type: want.type,
    before: undefined,
    after,
    write: { kind: 'create', ...after, comment },
    claim: claimFor(want, after, '', old, { now: draft.input.limits.now, cluster, adopted }),
    drops: old === undefined ? [] : [old.recordId],
    source: want.source,
    reason: again ? 'it was deleted at Cloudflare by somebody else' : `new, mode ${want.mode}`,
    unpublishes: false,
  };
}

/**
 * Where ttl and proxied of a new record come from when nobody wrote them: the record of its type that it stands in
 * for, or the name's other records of ours, as they were read now. So a change of type or zone never switches a person's
 * proxying off.
 */
function inherited(
  draft: Draft,
  want: Want,
  gone: readonly Claim[],
): { readonly present: Present; readonly last: Claim } | undefined {
  const beside = draft.row.claims.map(({ claim }) => claim).filter((claim) => claim.state !== 'released');
  const kin = [...(gone.length > 0 ? gone : beside.length > 0 ? beside : draft.input.elsewhere(want.name))]
    .sort((a, b) => compare(a.recordId, b.recordId))
    .map((last) => ({
      present: draft.judged.find(({ record }) => record.id === last.recordId)?.record ?? last,
      last,
    }));
  const sameType = kin.filter(({ last }) => last.type === want.type);
  const nearest = sameType.length > 0 ? sameType : kin;
  return nearest.find(({ present }) => present.proxied) ?? nearest[0];
}

function problemOf(want: Want, message: string) {
  return {
    reason: 'Pending' as const,
    source: want.source,
    zone: want.zone.name,
    name: want.name,
    type: want.type,
    message,
  };
}
