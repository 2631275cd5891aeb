import { describePlan, problemLine, type PlanLine } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import { valueOf } from './arguments.ts';
import { paintFor, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { renderTable, type Cell, type Column } from './table.ts';

/** `routeflare plan`: what a controller started now would do, and what stands in its way. */
export function plan(context: CommandContext): Promise<number> {
  return look(context, ({ plans, telemetry }) => {
    const changes = changesOf(plans);
    const lines = [...changes, ...telemetry.board.current().map(problemLine)];
    const json = valueOf(context.args, 'output') === 'json';
    context.stdout.write(json ? `${JSON.stringify(lines, undefined, 2)}\n` : planText(lines, context));
    return changes.length > 0 && context.args.flags.has('detailed-exitcode') ? 2 : 0;
  });
}

/** Each change once: a zone is planned again after what the first plan taught. */
function changesOf(plans: readonly Plan[]): readonly PlanLine[] {
  const lines = plans.flatMap((each) => describePlan({ ...each, problems: [], orphans: [] }));
  return [
    ...new Map(
      lines.map((line) => [`${line.sign} ${line.zone} ${line.name} ${line.type} ${line.to}`, line]),
    ).values(),
  ];
}

const STYLE: Readonly<Record<PlanLine['sign'], Style>> = {
  '+': 'green',
  '~': 'yellow',
  '-': 'red',
  '!': 'red',
};

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'NAME', shrinkTo: 18 },
  { title: 'TYPE' },
  { title: 'FROM', shrinkTo: 15 },
  { title: 'TO', shrinkTo: 15 },
  { title: 'SOURCE', shrinkTo: 18 },
];

/** The plan as people read it: a table of changes by zone, each with its reason below, then what stands in the way. */
export function planText(
  lines: readonly PlanLine[],
  { env, isTTY, columns }: Pick<CommandContext, 'env' | 'isTTY' | 'columns'>,
  summed = true,
): string {
  const paint = paintFor(env, isTTY);
  const changes = lines.filter((line) => line.sign !== '!');
  const problems = lines.filter((line) => line.sign === '!');
  const parts: string[] = [];
  for (const [zone, ofZone] of Map.groupBy(changes, (line) => line.zone)) {
    const rows = ofZone.map(({ sign, name, type, from, to, source }): Cell[] => [
      { text: sign, style: STYLE[sign] },
      name,
      type,
      from,
      to,
      source,
    ]);
    parts.push(
      `${paint('bold', `zone ${zone}`)}\n${renderTable(COLUMNS, rows, { width: columns ?? 80, paint })}`,
    );
    parts.push(
      ofZone
        .map((line) => `  ${paint(STYLE[line.sign], line.sign)} ${line.name} ${line.type}: ${line.reason}\n`)
        .join(''),
    );
  }
  for (const { name, type, source, reason } of problems) {
    const about = [name, type, source].filter((part) => part !== '').join(' ');
    parts.push(`${paint('red', '!')} ${about === '' ? '' : `${about}: `}${reason}\n`);
  }
  const count = (sign: PlanLine['sign']): number => lines.filter((line) => line.sign === sign).length;
  const summary = `${count('+')} to create, ${count('~')} to change, ${count('-')} to delete, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`;
  return [...parts, ...(summed ? [summary] : [])]
    .join(parts.length === 0 ? '' : '\n')
    .replaceAll('\n\n\n', '\n\n');
}
