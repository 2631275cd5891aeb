import type { Problem } from '../domain/problem.ts';
import { excludes, isRecordType, type ActualRecord } from '../domain/record.ts';
import { judge } from './judge.ts';
import { byAction, compare } from './order.ts';
import { ownershipOf, type Ownership } from './ownership.ts';
import type { Orphan } from './orphans.ts';
import type { Change, NamePlan, RowChange } from './plan.ts';
import { recoverClaim } from './recover.ts';
import { planRemoval, released } from './removal.ts';
import { missingRow } from './rows.ts';
import type { ClaimFate, PlanContext, Row } from './table.ts';
import { planWant } from './wanted.ts';

/** A record that was read for this plan, with its row, if any, and whose it is. */
export interface Judged {
  readonly record: ActualRecord;
  readonly held: ClaimFate | undefined;
  readonly ownership: Ownership;
}

/** What is gathered while one name is decided. */
export interface Draft {
  readonly input: PlanContext;
  readonly row: Row;
  readonly judged: readonly Judged[];
  /** Rows whose record is not there any more, found by asking for its id. */
  readonly gone: readonly ClaimFate[];
  readonly consumed: Set<string>;
  readonly changes: Change[];
  readonly rows: RowChange[];
  readonly problems: Problem[];
  readonly spare: Orphan[];
  /** With a person's words: it gives way to what is created. */
  worded: Judged | undefined;
  needsWhole: boolean;
}

/** Decides one name whose records were read for this plan: the only place that may create, delete or take over. */
export function planRead(input: PlanContext, row: Row, records: readonly ActualRecord[]): NamePlan {
  const located = locate(input, row, records);
  const due: number[] = [];
  let removal = false;
  const draft: Draft = {
    input,
    row,
    judged: located.judged,
    gone: located.gone,
    consumed: new Set(),
    changes: [],
    rows: [],
    problems: [],
    spare: [],
    worded: undefined,
    needsWhole: false,
  };
  if (located.unread.length === 0) {
    const taken = releaseTaken(draft);
    for (const want of [...row.wants].sort((a, b) => compare(a.type, b.type))) {
      if (want.standing.kind === 'publish') planWant(draft, want, want.standing.contents);
    }
    for (const each of row.claims) {
      if (draft.consumed.has(each.claim.recordId) || taken.has(each.claim.recordId)) continue;
      const verdict = judge(each, input);
      if (verdict.due !== undefined) due.push(verdict.due);
      if (verdict.remove !== undefined) {
        removal = true;
        planRemoval(draft, each, verdict.remove);
      } else if (!dropGone(draft, each)) draft.rows.push(...verdict.rows);
    }
    recoverUnknown(draft);
  }
  return {
    name: row.name,
    signature: () => `${row.signature()}${removal ? ' due' : ''}`,
    changes: draft.changes.sort(byAction),
    rows: draft.rows,
    reads: { name: false, ids: located.unread, whole: draft.needsWhole },
    problems: draft.problems,
    spare: draft.spare,
    due: due.length === 0 ? undefined : Math.min(...due),
    read: true,
  };
}

interface Located {
  readonly judged: readonly Judged[];
  readonly gone: readonly ClaimFate[];
  /** Ids to ask for: a row whose record is not under its name may have been renamed, and is not gone for that. */
  readonly unread: readonly string[];
}

function locate(input: PlanContext, row: Row, records: readonly ActualRecord[]): Located {
  const rows = new Map(row.claims.map((each) => [each.claim.recordId, each]));
  const seen = new Map(records.map((record) => [record.id, record]));
  const gone: ClaimFate[] = [];
  const unread: string[] = [];
  for (const each of row.claims) {
    const id = each.claim.recordId;
    if (seen.has(id)) continue;
    const record = input.actual.byId(id);
    if (record === undefined) unread.push(id);
    else if (record === 'absent') gone.push(each);
    else seen.set(id, record);
  }
  const judged = [...seen.values()].map((record) => {
    const held = rows.get(record.id);
    return {
      record,
      held,
      ownership: ownershipOf(record, input.rowOf(record.id), input.identity),
    };
  });
  return { judged, gone, unread };
}

/** They are settled by that, but not consumed: from now on each stands in the way like any stranger's record. */
function releaseTaken(draft: Draft): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const { record, held, ownership } of draft.judged) {
    if (held === undefined || ownership.kind !== 'release') continue;
    taken.add(record.id);
    draft.rows.push(released(draft, held.claim, ownership.why));
  }
  return taken;
}

/**
 * A row without record goes, but for one that is kept: what it says is what there is to put back; and for one whose
 * replacement does not stand yet, which takes over what it says of proxying. Nobody need approve what is gone.
 */
function dropGone(draft: Draft, each: ClaimFate): boolean {
  if (!draft.gone.includes(each)) return false;
  const { claim, fate } = each;
  const isReplaced =
    fate.kind === 'replaced' &&
    draft.row.claims.some((other) => other.fate.kind === 'wanted' && excludes(other.claim.type, claim.type));
  const finished =
    claim.state === 'released' ||
    (fate.kind === 'kept' && fate.state === 'left') ||
    (fate.kind === 'doomed' && claim.state === 'held') ||
    isReplaced;
  if (finished) draft.rows.push({ kind: 'drop', recordId: claim.recordId });
  else if (isOverstated(each)) draft.rows.push(...missingRow(claim, draft.input.limits));
  else return false;
  return true;
}

/** Kept for what it says, of a record that is gone; it must not count as standing, nor wait for a person. */
function isOverstated({ claim: { state }, fate: { kind } }: ClaimFate): boolean {
  return (
    (kind === 'replaced' && (state === 'held' || state === 'active')) ||
    (kind === 'wanted' && state === 'active')
  );
}

/** Ours by its marker, without a row and not wanted: the row is made again, and the cluster is asked about it. */
function recoverUnknown(draft: Draft): void {
  const { identity, limits, zone } = draft.input;
  for (const { record, ownership } of draft.judged) {
    if (
      ownership.kind !== 'ours' ||
      draft.input.rowOf(record.id) !== undefined ||
      draft.consumed.has(record.id)
    )
      continue;
    const claim = isRecordType(record.type) ? recoverClaim(record, zone, identity, limits.now) : undefined;
    if (claim !== undefined) draft.rows.push({ kind: 'put', claim, history: RECOVERED });
  }
}

const RECOVERED = {
  action: 'recover' as const,
  reason: 'marked ours, of this cluster, and not in the ledger',
  before: undefined,
  after: undefined,
};
