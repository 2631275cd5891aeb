import { shownText } from '../domain/shown-text.ts';
import { describePlan, problemLine, type PlanLine } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import { valueOf } from './arguments.ts';
import { counted } from '../domain/counted.ts';
import { paintFor, type Paint, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell } from './open-ledger.ts';
import { planMarkdown } from './plan-markdown.ts';
import { withProgress } from './progress.ts';
import { renderTable, type Cell, type Column } from './table.ts';
import { wrap } from './wrap.ts';

/**
 * `routeflare plan`: what a controller started now would do, or what manifests would change (`-f`), and what stands in
 * the way.
 */
export async function plan(context: CommandContext): Promise<number> {
  const { args } = context;
  const files = args.values.get('file') ?? [];
  const [stray] = files.length === 0 ? args.operands : [];
  if (stray !== undefined)
    return tell(context, `"${stray}" is one argument too many: manifests are given by -f`);
  if (args.flags.has('markdown') && valueOf(args, 'output') === 'json') {
    return tell(context, 'of --markdown and --output json only one can be written');
  }
  if (files.length > 0) {
    const { planManifests } = await import('./plan-manifests.ts');
    const planning = planManifests(context, [...files, ...args.operands]);
    const planned = await withProgress(context, 'reading the manifests and Cloudflare', planning);
    return planned === undefined ? 1 : show(context, planned.lines, planned.notes);
  }
  return look(context, ({ plans, telemetry }) =>
    show(context, [...changesOf(plans), ...telemetry.board.current().map(problemLine)], []),
  );
}

/** Writes the plan in the form asked for. @returns the exit code */
function show(context: CommandContext, lines: readonly PlanLine[], notes: readonly string[]): number {
  const { args, stdout, stderr } = context;
  if (valueOf(args, 'output') === 'json') {
    stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
    stderr.write(notes.map((note) => `note: ${shownText(note)}\n`).join(''));
  } else if (args.flags.has('markdown')) {
    stdout.write(planMarkdown(lines, notes, { showAddresses: args.flags.has('show-addresses') }));
  } else {
    stdout.write(planText(lines, context));
    if (notes.length > 0) stdout.write(`\n${notes.map((note) => noteText(note, context)).join('')}`);
  }
  const changes = lines.some(({ sign }) => sign !== '!');
  return changes && args.flags.has('detailed-exitcode') ? 2 : 0;
}

/** Prose, broken at the width of the terminal, or at 80 where there is none. */
function noteText(note: string, { columns }: CommandContext): string {
  const lines = wrap(`note: ${shownText(note)}`, (columns ?? 80) - 2);
  return `${lines.join('\n  ')}\n`;
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
  const width = columns ?? 80;
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
    parts.push(`${paint('bold', `zone ${zone}`)}\n${renderTable(COLUMNS, rows, { width, paint })}`);
    const [reason = '', ...others] = new Set(ofZone.map((line) => line.reason));
    if (others.length === 0 && ofZone.length > 1) {
      parts.push(`${wrap(`  each: ${shownText(reason)}`, width).join('\n    ')}\n`);
      continue;
    }
    parts.push(
      ofZone
        .map((line) => {
          const [first = '', ...rest] = wrap(
            shownText(`${line.name} ${line.type}: ${line.reason}`),
            (columns ?? Infinity) - 4,
          );
          return [
            `  ${paint(STYLE[line.sign], line.sign)} ${first}\n`,
            ...rest.map((each) => `    ${each}\n`),
          ];
        })
        .flat()
        .join(''),
    );
  }
  for (const problem of problems) parts.push(problemText(problem, paint, width));
  const count = (sign: PlanLine['sign']): number => lines.filter((line) => line.sign === sign).length;
  const summary = `${count('+')} to create, ${count('~')} to change, ${count('-')} to delete, ${counted(problems.length, 'problem')}\n`;
  return [...parts, ...(summed ? [summary] : [])]
    .join(parts.length === 0 ? '' : '\n')
    .replaceAll('\n\n\n', '\n\n');
}

/** A problem as people read it, broken at a width; one line without one. */
export function problemText(problem: PlanLine, paint: Paint, width: number | undefined): string {
  const [first = '', ...rest] = wrap(shownText(problemProse(problem)), (width ?? Infinity) - 2);
  return `${[`${paint('red', '!')} ${first}`, ...rest.map((line) => `  ${line}`)].join('\n')}\n`;
}

/** A problem in one line: what it is about, and what it is. */
export function problemProse({ name, type, source, reason }: PlanLine): string {
  const about = [name, type, source].filter((part) => part !== '').join(' ');
  return about === '' ? reason : `${about}: ${reason}`;
}
