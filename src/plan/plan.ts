import type { Claim } from '../domain/claim.ts';
import type { ChangeAction, FoundData, HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Identity } from '../domain/owner.ts';
import type { HappeningReason, Problem } from '../domain/problem.ts';
import type { RecordType } from '../domain/record.ts';
import type { SourceRef } from '../domain/source.ts';
import type { Desired } from '../domain/want.ts';
import type { RecordWrite, TextWrite } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import type { ActualView } from './actual.ts';
import { contextOf, tableOf, type PlanContext, type Row } from './table.ts';
import { planUnread } from './unread.ts';
import { withoutProtected } from './protection.ts';
import { withoutUnreachable } from './reachable.ts';
import { planRead } from './read.ts';
import { approvedOrphans, orphansIn, type Orphan } from './orphans.ts';
import { byName } from './order.ts';
import { overshadowed, surroundingsOf, type Surroundings } from './surroundings.ts';
import { wantedAgain } from './rows.ts';

/** What bounds a plan. Times in milliseconds since the epoch. */
export interface Limits {
  readonly now: number;
  readonly deleteDelayMs: number;
  /** Milliseconds since a row was given up, where a clock that was set must not tell; by `now` without it. */
  readonly waitedMs?: (recordId: string, doomedAt: string) => number;
  readonly strategy: 'full' | 'upsert-only';
  /** Why nothing at all is deleted without a person's word; `undefined` when deletions are judged one by one. */
  readonly noDeletions?: string | undefined;
  /** Record ids whose deletion waits, and why (the brake looks over all zones). */
  readonly held: ReadonlyMap<string, string>;
  /** Not all zones were read yet, so the brake cannot judge: deletions wait, without being held. */
  readonly unjudged: boolean;
  /** Record ids that a person let through, once. */
  readonly approved: ReadonlySet<string>;
  /** Unmarked records that a person named to be taken over; only while that act is planned. */
  readonly adopting?: ReadonlySet<string>;
  /** TXT records of external-dns that stand in no adoption's way, as it is known what they speak for; likewise. */
  readonly explained?: ReadonlySet<string>;
}

/** One write, with what it was decided on and the row of the ledger it leads to. */
export interface Change {
  readonly action: ChangeAction;
  readonly happening: HappeningReason;
  readonly name: Hostname;
  readonly type: RecordType;
  readonly before: FoundData | undefined;
  readonly after: FoundData | undefined;
  readonly write: RecordWrite;
  /** What goes in the same transaction; only where a person has a record imported, or given back. */
  readonly companions?: readonly TextWrite[];
  /** The row after success (`recordId` is '' for a create); absent after a delete. */
  readonly claim: Claim | undefined;
  /** Rows that success makes void: the deleted record's, or one whose record was found gone. */
  readonly drops: readonly string[];
  /** The object told by an Event; absent where it is gone. */
  readonly source: SourceRef | undefined;
  readonly reason: string;
  /** A deletion that takes a name out of DNS, as the brake counts them. */
  readonly unpublishes: boolean;
}

/** A change of the ledger alone. */
export type RowChange = (
  | { readonly kind: 'put'; readonly claim: Claim }
  | { readonly kind: 'drop'; readonly recordId: string }
) & {
  /** The line in history, for what people should find there. */
  readonly history?: Pick<HistoryEntry, 'action' | 'reason' | 'before' | 'after'>;
  readonly told?: {
    readonly happening: HappeningReason;
    readonly source: SourceRef | undefined;
    readonly note: string;
  };
};

/** What must be read before the rest can be decided. */
interface Reads {
  readonly names: ReadonlySet<Hostname>;
  readonly ids: ReadonlySet<string>;
  readonly whole: boolean;
}

/** What one name came to. `due`: when to look again although nothing changed. */
export interface NamePlan {
  readonly name: Hostname;
  /** Equal while wants, claims and fates of the name are. */
  readonly signature: () => string;
  readonly changes: readonly Change[];
  readonly rows: readonly RowChange[];
  readonly reads: { readonly name: boolean; readonly ids: readonly string[]; readonly whole: boolean };
  readonly problems: readonly Problem[];
  /** Marked as ours elsewhere or before, at a wanted name where ours stand for all that is wanted. */
  readonly spare: readonly Orphan[];
  readonly due: number | undefined;
  /** Its records were read for this plan, so its problems are news. */
  readonly read: boolean;
}

/** Plain data: a pure function makes it, a printer shows it, an executor runs it. */
export interface Plan {
  readonly zone: Zone;
  /** In the order to be carried out; changes of one name stand together. */
  readonly changes: readonly Change[];
  readonly rows: readonly RowChange[];
  readonly reads: Reads;
  readonly problems: readonly Problem[];
  /** Records marked by us elsewhere or before that nothing here wants; `undefined` when the zone was not listed. */
  readonly orphans: readonly Orphan[] | undefined;
  /** For the next plan of the zone. */
  readonly surroundings: Surroundings;
  readonly due: number | undefined;
  readonly names: readonly NamePlan[];
}

export interface PlanInput {
  readonly zone: Zone;
  readonly desired: Desired;
  readonly actual: ActualView;
  /** Of all zones: a record leaves its old zone only when the new zone's stands. */
  readonly claims: readonly Claim[];
  readonly identity: Identity;
  readonly limits: Limits;
  /** Why a name is never written; `undefined` when it may be. */
  readonly protectedBy: (name: Hostname) => string | undefined;
  /**
   * What an earlier pass learnt of a name by reading or trying, while the signature (wants, claims, fates) is
   * unchanged. Such a name is left alone: asking again would cost a call and change nothing.
   */
  readonly remembered: (name: Hostname, signature: () => string) => readonly Problem[] | undefined;
  /** What the zone's last plan saw; absent before the first. */
  readonly surroundings?: Surroundings;
}

/**
 * Desired + actual + claims -> Plan, for one zone. Holds only changes that what was read allows; `reads` names
 * what is missing for the others. Nothing is deleted, created, taken over or changed in type at a name that was
 * not read for this plan.
 */
export function makePlan(input: PlanInput): Plan {
  const context = contextOf(input);
  const table = tableOf(input);
  const names = [...table.values()].map((row) => planName(context, row)).sort(byName);
  const spare = names.flatMap((each) => each.spare);
  const orphans = orphansIn(context, table, spare);
  const readNames = new Set(names.filter((each) => each.reads.name).map((each) => each.name));
  const ids = new Set(names.flatMap((each) => each.reads.ids));
  const approved = withoutProtected(input, approvedOrphans(orphans ?? [], input.limits));
  const problems = [...names.flatMap((each) => each.problems), ...approved.problems];
  const surroundings = surroundingsOf(context, table, input.surroundings);
  const dues = names.map((each) => each.due).filter((due) => due !== undefined);
  const changes = [...names.flatMap((each) => each.changes), ...approved.changes];
  return {
    zone: input.zone,
    changes,
    rows: names.flatMap((each) => each.rows),
    reads: { names: readNames, ids, whole: names.some((each) => each.reads.whole) },
    problems: [...problems, ...overshadowed(table, surroundings, { problems, changes })],
    orphans,
    surroundings,
    due: dues.length === 0 ? undefined : dues.reduce((a, b) => Math.min(a, b)),
    names,
  };
}

function planName(context: PlanContext, row: Row): NamePlan {
  const plan = decideName(context, row);
  const again = wantedAgain(row.claims, plan.rows, context.limits.now);
  return again.length === 0 ? plan : { ...plan, rows: [...plan.rows, ...again] };
}

function decideName(context: PlanContext, row: Row): NamePlan {
  const records = context.actual.at(row.name);
  if (records !== undefined) return guarded(context, planRead(context, row, records));
  const plan = guarded(context, planUnread(context, row));
  if (!plan.reads.name && plan.changes.length === 0) return plan;
  const problems = context.remembered(row.name, plan.signature);
  return problems === undefined ? plan : { ...plan, changes: [], reads: NO_READS, problems };
}

function guarded(context: PlanContext, plan: NamePlan): NamePlan {
  const reachable = withoutUnreachable(context, plan.changes);
  const { changes, problems } = withoutProtected(context, reachable.changes);
  return { ...plan, changes, problems: [...plan.problems, ...reachable.problems, ...problems] };
}

const NO_READS = { name: false, ids: [], whole: false };
