import { shownText } from '../domain/shown-text.ts';
import { inspectZone } from '../controller/inspect.ts';
import { auditZone, type Finding, type FindingKind } from '../plan/audit.ts';
import { paintFor, type Style } from './colour.ts';
import type { CommandContext } from './context.ts';
import { look } from './look.ts';
import { tell, withLedger } from './open-ledger.ts';
import { renderTable, type Column } from './table.ts';
import { showOrWatch, type Item, type Pace, type View } from './watch.ts';
import { wrap } from './wrap.ts';

/** `routeflare audit`: ledger, Cloudflare and cluster side by side. Exit 2 when they disagree about anything. */
export function audit(context: CommandContext): Promise<number> {
  return showOrWatch(context, auditOnce, PACE);
}

/** Each look lists every zone, and all that Cloudflare allows is 1,200 calls in five minutes. */
const PACE: Pace = { leastMs: 15_000, mostMs: 60_000 };

async function auditOnce(context: CommandContext): Promise<View | number> {
  let view: View | undefined;
  const code = await look(
    context,
    async ({ app }) => {
      const { loop, world, store } = app;
      // No file is no empty ledger: all that is ours would be told as missing.
      if (store.ledger === undefined) return withLedger(context, () => 1);
      if (!loop.zones.known) return tell(context, `the zones are not known: ${loop.zones.why}`);
      if (!world.cluster.synced()) return tell(context, 'the cluster could not be read completely');
      const findings: Finding[] = [];
      const unread: string[] = [];
      for (const zone of loop.zones.value) {
        const input = await inspectZone(loop, world, zone);
        if (input.ok) findings.push(...auditZone(input.value));
        else unread.push(input.error);
      }
      const stopped = world.ledger.stopped();
      if (stopped !== undefined)
        unread.push(`nothing is written since ${stopped}: "routeflare uninstall --undo"`);
      for (const why of unread) tell(context, why);
      const verdict = unread.length > 0 ? 1 : findings.length > 0 ? 2 : 0;
      view = {
        text: auditText(findings, context),
        items: findings.map((each) => itemOf(each)),
        code: verdict,
      };
      return verdict;
    },
    'passive',
  );
  return view ?? code;
}

function itemOf(finding: Finding): Item {
  const { kind, name, type, source, why, mend } = finding;
  const about = [kind, name, type, source].filter((part) => part !== '').join('  ');
  return { key: `${about} ${why}`, text: shownText(`${about}  ${why}; mend: ${mend}`), json: finding };
}

const COLUMNS: readonly Column[] = [
  { title: 'WHAT' },
  { title: 'NAME', shrinkTo: 16 },
  { title: 'TYPE' },
  { title: 'SOURCE', shrinkTo: 16 },
];

const STYLE: Readonly<Record<FindingKind, Style>> = {
  stranger: 'red',
  missing: 'red',
  drifted: 'yellow',
  dangling: 'yellow',
  held: 'red',
  orphan: 'yellow',
  left: 'dim',
  released: 'dim',
};
const INDENT = '    ';

/** Each finding with its reason and its mend below. */
export function auditText(
  findings: readonly Finding[],
  { env, isTTY, columns }: Pick<CommandContext, 'env' | 'isTTY' | 'columns'>,
): string {
  if (findings.length === 0) return 'ledger, Cloudflare and cluster agree\n';
  const paint = paintFor(env, isTTY);
  const width = columns ?? 80;
  const rows = findings.map(({ kind, name, type, source }) => [
    { text: kind, style: STYLE[kind] },
    name,
    type,
    source,
  ]);
  const [head = '', ...lines] = renderTable(COLUMNS, rows, { width, paint }).trimEnd().split('\n');
  const below = (text: string): string[] =>
    wrap(shownText(text), width - INDENT.length).map((line) => `${INDENT}${line}`);
  const text = findings.flatMap(({ why, mend }, at) => [
    lines[at] ?? '',
    ...below(why),
    ...below(`mend: ${mend}`).map((line) => paint('cyan', line)),
  ]);
  return `${[head, ...text].join('\n')}\n`;
}
