import { refText } from '../domain/source.ts';
import type { RecordData } from '../domain/record.ts';
import { problemText, type Problem } from '../domain/problem.ts';
import { orphanProblem } from './orphans.ts';
import type { Change, Plan } from './plan.ts';

/** One line of a plan, as a person reads it and as `--output json` prints it. */
export interface PlanLine {
  readonly sign: '+' | '~' | '-' | '!';
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly reason: string;
}

const SIGN: Readonly<Record<Change['action'], PlanLine['sign']>> = {
  create: '+',
  update: '~',
  adopt: '~',
  release: '~',
  delete: '-',
};

/** Every change in the order it is carried out, then what stands in the way. */
export function describePlan(
  plan: Pick<Plan, 'zone' | 'changes' | 'problems' | 'orphans'>,
): readonly PlanLine[] {
  return [
    ...plan.changes.map((change) => changeLine(plan.zone.name, change)),
    ...plan.problems.map(problemLine),
    ...(plan.orphans ?? []).map((orphan) => problemLine(orphanProblem(orphan, plan.zone.name))),
  ];
}

function changeLine(zone: string, change: Change): PlanLine {
  const { before, after } = change;
  const brief = before !== undefined && after !== undefined;
  return {
    sign: SIGN[change.action],
    zone,
    name: change.name,
    type: change.type,
    from: before === undefined ? '' : describeData(before, brief ? after : undefined),
    to: after === undefined ? '' : describeData(after, brief ? before : undefined),
    source: change.source === undefined ? '' : refText(change.source),
    reason: change.reason,
  };
}

export function problemLine(problem: Problem): PlanLine {
  return {
    sign: '!',
    zone: problem.zone ?? '',
    name: problem.name ?? '',
    type: problem.type ?? '',
    from: '',
    to: '',
    source: problem.source === undefined ? '' : refText(problem.source),
    reason: `${problem.reason}: ${problemText(problem)}`,
  };
}

/** The fields of a record in prose; beside another of the same record only what differs and the content. */
export function describeData(data: RecordData, beside?: RecordData): string {
  const parts = [data.content];
  if (beside === undefined ? data.proxied : data.proxied !== beside.proxied)
    parts.push(data.proxied ? 'proxied' : 'not proxied');
  if (beside === undefined ? data.ttl !== 'auto' : data.ttl !== beside.ttl)
    parts.push(data.ttl === 'auto' ? 'ttl auto' : `ttl ${data.ttl}`);
  return parts.join(', ');
}
