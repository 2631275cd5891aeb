import type { HistoryEntry } from '../domain/entry.ts';
import { isRecordType } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { ownershipOf } from '../plan/ownership.ts';
import { makePlan, type PlanInput } from '../plan/plan.ts';
import type { ExplainedStep } from './explain.ts';

/** The last part of a chain: what ledger, Cloudflare and planner say of a wanted record set. */
export function judgeRecords(
  input: PlanInput,
  want: Want,
  last: HistoryEntry | undefined,
): readonly ExplainedStep[] {
  const rows = input.claims.filter(
    (claim) => claim.zoneId === want.zone.id && claim.name === want.name && claim.type === want.type,
  );
  const records = (input.actual.all ?? []).filter(
    ({ name, type }) => name === want.name && isRecordType(type),
  );
  const plan = makePlan(input);
  const changes = plan.changes.filter(({ name }) => name === want.name);
  const problems = plan.problems.filter(({ name }) => name === want.name);
  const todo = [
    ...problems.map(({ message }) => message),
    ...changes.map(({ action, type, reason }) => `${action} ${type}: ${reason}`),
  ];
  const rowText = rows.map(
    ({ recordId, state, createdAt }) => `record ${recordId}, ${state}, since ${createdAt}`,
  );
  return [
    { check: 'ledger', passed: true, evidence: rowText.join('; ') || 'no row yet' },
    { check: 'cloudflare', passed: true, evidence: standingAt(input, want.name) },
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
      evidence: todo.length === 0 ? `as wanted, ${records.length} at the name` : todo.join('; '),
    },
  ];
}

/** What stands at a name now, and whose it is. */
export function standingAt(input: PlanInput, name: string): string {
  const rows = new Map(input.claims.map((claim) => [claim.recordId, claim]));
  const texts = (input.actual.all ?? [])
    .filter((record) => record.name === name && (isRecordType(record.type) || record.type === 'NS'))
    .map((record) => {
      const { kind, why } = ownershipOf(record, rows.get(record.id), input.identity);
      return `${record.type} ${record.content} (${kind}: ${why})`;
    });
  return texts.length === 0 ? 'nothing stands there at Cloudflare' : `at Cloudflare: ${texts.join('; ')}`;
}
