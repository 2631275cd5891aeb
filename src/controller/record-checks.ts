import type { Claim } from '../domain/claim.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { isRecordType } from '../domain/record.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { auditZone, type Finding } from '../plan/audit.ts';
import { ownershipOf, type Ownership } from '../plan/ownership.ts';
import { makePlan, type Plan, type PlanInput } from '../plan/plan.ts';
import type { ExplainedStep } from './explain.ts';
import { inspectZone } from './inspect.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';

/** One zone as it was read once, with what planner and audit say of it. */
export interface ZoneReading {
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

/** Reads each zone once, however many names are asked for. */
export function zoneReader(loop: Loop, world: World): (zone: Zone) => Promise<Result<ZoneReading, string>> {
  const readings = new Map<string, Promise<Result<ZoneReading, string>>>();
  const read = async (zone: Zone): Promise<Result<ZoneReading, string>> => {
    const input = await inspectZone(loop, world, zone);
    if (!input.ok) return input;
    return ok({ input: input.value, plan: makePlan(input.value), findings: auditZone(input.value) });
  };
  return (zone) => {
    const reading = readings.get(zone.id) ?? read(zone);
    readings.set(zone.id, reading);
    return reading;
  };
}

/** The records of one name and type, in the zone of the reading. */
export interface RecordSet {
  readonly name: Hostname;
  readonly type: string;
}

/**
 * The last part of a chain: what ledger, Cloudflare, planner and audit say of a record set.
 * @param told problems that Events tell of the set and that no check before this told
 */
export function judgeRecords(
  { input, plan, findings }: ZoneReading,
  { name, type }: RecordSet,
  last: HistoryEntry | undefined,
  told: readonly Problem[],
): readonly ExplainedStep[] {
  const rows = input.claims.filter(
    (claim) => claim.zoneId === input.zone.id && claim.name === name && claim.type === type,
  );
  const records = (input.actual.all ?? []).filter(
    (record) => record.name === name && isRecordType(record.type),
  );
  const changes = plan.changes.filter((change) => change.name === name);
  const problems = [...plan.problems.filter((problem) => problem.name === name), ...told];
  const messages = new Set(problems.map(({ message }) => message));
  const todo = [...messages, ...changes.map((change) => `${change.action} ${change.type}: ${change.reason}`)];
  const rowText = rows.map((row) => rowTextOf(row));
  const unread = plan.names.filter((each) => each.name === name).flatMap(({ reads }) => reads.ids);
  for (const id of unread) todo.push(`record ${id} is not in the list; it is asked for by its id first`);
  const off = findingsAt(findings, { name, type });
  return [
    {
      check: 'ledger',
      passed: rows.every(({ state }) => state !== 'deleting'),
      evidence: rowText.join('; ') || 'no row yet',
    },
    { check: 'cloudflare', passed: true, evidence: standingAt(input, name) },
    ...(last === undefined
      ? []
      : [
          {
            check: 'last write' as const,
            passed: true,
            evidence: `${last.action} at ${last.at}: ${last.outcome}`,
          },
        ]),
    {
      check: 'plan',
      passed: todo.length === 0,
      evidence: todo.join('; ') || `as wanted, ${records.length} at the name`,
    },
    {
      check: 'audit',
      passed: off.length === 0,
      evidence: off.map((finding) => findingText(finding)).join('; ') || 'nothing is off',
    },
  ];
}

function rowTextOf({ recordId, state, stateReason, doomedAt, updatedAt }: Claim): string {
  const since = state === 'active' ? `unchanged since ${updatedAt}` : `since ${doomedAt ?? updatedAt}`;
  return `record ${recordId}, ${state}${stateReason === '' ? '' : ` (${stateReason})`}, ${since}`;
}

export function findingsAt(findings: readonly Finding[], { name, type }: RecordSet): readonly Finding[] {
  return findings.filter((each) => each.name === name && (each.type === type || each.type === ''));
}

/** A finding in one sentence. Why a stranger is in the way is told by the plan, in the same words. */
export function findingText({ kind, why, mend }: Finding): string {
  return kind === 'stranger' ? `${kind}; mend: ${mend}` : `${kind}: ${why}; mend: ${mend}`;
}

const WHOSE: Readonly<Record<Ownership['kind'], string>> = {
  ours: 'ours',
  'ours-if-wanted': 'ours once a source here wants it',
  release: 'ours no more',
  unmarked: 'unmarked',
  foreign: 'foreign',
};

/** What stands at a name now, and whose it is. */
export function standingAt(input: PlanInput, name: string): string {
  const rows = new Map(input.claims.map((claim) => [claim.recordId, claim]));
  const texts = (input.actual.all ?? [])
    .filter((record) => record.name === name && (isRecordType(record.type) || record.type === 'NS'))
    .map((record) => {
      const { kind, why } = ownershipOf(record, rows.get(record.id), input.identity);
      return `${record.type} ${record.content} (${WHOSE[kind]}: ${why})`;
    });
  return texts.length === 0 ? 'nothing stands there at Cloudflare' : `at Cloudflare: ${texts.join('; ')}`;
}
