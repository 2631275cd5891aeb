import type { Claim } from '../domain/claim.ts';
import { parseMarker } from '../domain/owner.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import { refText, type SourceRef } from '../domain/source.ts';
import { ownershipOf, type Ownership } from './ownership.ts';
import { makePlan, type Plan, type PlanInput } from './plan.ts';
import { strangerMend } from './stranger-mend.ts';
import { contextOf, type PlanContext } from './table.ts';

/** How ledger, Cloudflare and cluster can disagree about a record; docs/commands.md, "audit". */
export const FINDING_KINDS = [
  'stranger',
  'missing',
  'drifted',
  'dangling',
  'held',
  'orphan',
  'left',
  'released',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly recordId: string;
  /** KIND/NAMESPACE/NAME; '' where there is none. */
  readonly source: string;
  readonly why: string;
  /** What to do about it: a command, or an act in words. */
  readonly mend: string;
}

const CHECK = 'routeflare check';
const APPROVE = 'routeflare approve';
const NOT_MEANT = `if this was not meant, bring back what asked for it; ${APPROVE} deletes it for good`;
const FULL_FIRST = `set STRATEGY to full first; ${APPROVE} deletes it then`;
const NEVER_WRITTEN = 'none: it is not ours any more, and never written';
const TAKE_IN = `${CHECK} takes it in, and deletes it after DELETE_DELAY where its source is gone; to keep it, take the marker out of its comment before`;

/**
 * Every disagreement in one zone, of which the whole list was read. It reads the ledger's rows as they are, and asks
 * the planner what it would do; it decides nothing by itself.
 */
export function auditZone(input: PlanInput): readonly Finding[] {
  const context = contextOf(input);
  const listed = new Map((input.actual.all ?? []).map((record) => [record.id, record]));
  const rows = input.claims
    .filter((claim) => claim.zoneId === input.zone.id)
    .flatMap((claim) => ofRow(context, claim, listed.get(claim.recordId)));
  const plan = makePlan({ ...input, remembered: () => undefined });
  const strays = [...listed.values()].flatMap((record) => ofStray(context, plan, record));
  return [...ofWants(plan, context), ...rows, ...strays].sort(
    (a, b) =>
      FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind) ||
      (a.name === b.name ? 0 : a.name < b.name ? -1 : 1),
  );
}

function ofRow(context: PlanContext, claim: Claim, record: ActualRecord | undefined): readonly Finding[] {
  const { holder, name, type, zoneName, recordId } = claim;
  const found = (kind: FindingKind, why: string, mend: string): readonly Finding[] => [
    { kind, zone: zoneName, name, type, recordId, source: textOf(holder), why, mend },
  ];
  if (claim.state === 'released') return found('released', claim.stateReason, NEVER_WRITTEN);
  if (record === undefined)
    return found('missing', `record ${recordId} is in the ledger and not at Cloudflare`, CHECK);
  const isFull = context.limits.strategy === 'full';
  if (claim.state === 'left') {
    const deletes = isFull ? `${APPROVE} deletes it` : FULL_FIRST;
    return found('left', claim.stateReason, `${deletes}; routeflare release ${name} lets it go`);
  }
  if (claim.state === 'held') {
    const heldBy = context.limits.held.get(recordId);
    const why = heldBy === undefined ? claim.stateReason : `${claim.stateReason}; held because ${heldBy}`;
    return found('held', why, isFull ? NOT_MEANT : 'set STRATEGY to full: it goes then, under the brake');
  }
  const ownership = ownershipOf(record, claim, context.identity);
  if (ownership.kind === 'release') return found('released', ownership.why, NEVER_WRITTEN);
  const drift = driftOf(ownership, claim, record);
  if (drift !== undefined) return found('drifted', drift, CHECK);
  const fate = context.desired.fates.get(recordId);
  if (fate?.kind === 'doomed') {
    return found('dangling', fate.why, 'none: it goes after DELETE_DELAY');
  }
  return [];
}

/** What somebody changed at Cloudflare of what we wrote. TTL and proxying that nobody wrote are anybody's to set. */
function driftOf(ownership: Ownership, claim: Claim, record: ActualRecord): string | undefined {
  if (ownership.kind !== 'ours' || !ownership.marked) return ownership.why;
  const differs: string[] = [];
  if (record.name !== claim.name) differs.push(`the name is ${record.name}`);
  if (record.type !== claim.type) differs.push(`the type is ${record.type}`);
  if (record.content !== claim.content)
    differs.push(`the content is ${record.content}, not ${claim.content}`);
  if (claim.proxiedWritten && record.proxied !== claim.proxied)
    differs.push(record.proxied ? 'it is proxied' : 'it is not proxied');
  if (claim.ttlWritten && !record.proxied && record.ttl !== claim.ttl)
    differs.push(`the ttl is ${record.ttl}, not ${claim.ttl}`);
  return differs.length === 0 ? undefined : `at Cloudflare ${differs.join(', ')}`;
}

function ofStray(context: PlanContext, { orphans = [] }: Plan, record: ActualRecord): readonly Finding[] {
  if (!isRecordType(record.type) || context.rowOf(record.id) !== undefined) return [];
  const { name, type, id } = record;
  const ownership = ownershipOf(record, undefined, context.identity);
  const source = textOf(parseMarker(record.comment)?.holder);
  const facts = { zone: context.zone.name, name, type, recordId: id, source, why: ownership.why };
  if (ownership.kind === 'ours') {
    const wanted = context.desired.wants.some((want) => want.name === name && want.type === type);
    const why = `${ownership.why}, and not in the ledger`;
    return [{ ...facts, kind: 'missing', why, mend: wanted ? CHECK : TAKE_IN }];
  }
  const isOrphan = orphans.some((orphan) => orphan.record.id === id);
  const mend = context.limits.strategy === 'full' ? APPROVE : FULL_FIRST;
  return isOrphan ? [{ ...facts, kind: 'orphan', mend }] : [];
}

function ofWants(plan: Plan, context: PlanContext): readonly Finding[] {
  const strangers = plan.problems
    .filter(({ reason }) => reason === 'RecordConflict')
    .map((problem) => {
      const { message, name = '', type = '', source } = problem;
      const facts = { zone: plan.zone.name, name, type, recordId: '', source: textOf(source) };
      return { kind: 'stranger' as const, ...facts, why: message, mend: strangerMend(problem, context) };
    });
  const missing = plan.changes
    .filter(({ action, drops }) => action === 'create' && drops.length === 0)
    .map(({ name, type, source, after }) => {
      const facts = { zone: plan.zone.name, name, type, recordId: '', source: textOf(source) };
      const why = `wanted with content ${after?.content ?? ''}, and not at Cloudflare`;
      return { kind: 'missing' as const, ...facts, why, mend: CHECK };
    });
  return [...strangers, ...missing];
}

function textOf(ref: SourceRef | undefined): string {
  return ref === undefined ? '' : refText(ref);
}
