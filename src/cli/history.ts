import type { HistoryEntry } from '../domain/entry.ts';
import { parseHostname } from '../domain/hostname.ts';
import type { RecordData } from '../domain/record.ts';
import { shownText } from '../domain/shown-text.ts';
import { entryJson } from '../telemetry/ledger-json.ts';
import { valueOf } from './arguments.ts';
import { paintFor } from './colour.ts';
import type { CommandContext } from './context.ts';
import { tell, withLedger } from './open-ledger.ts';
import { renderTable, type Column } from './table.ts';
import { LEDGER_PACE, showOrWatch, type Item, type View } from './watch.ts';
import { wrap } from './wrap.ts';

const DEFAULT_LIMIT = 50;

/** `routeflare history [NAME]`: every change, the newest last, as a log is read. */
export async function history(context: CommandContext): Promise<number> {
  const { args } = context;
  const [rawName] = args.operands;
  const name = rawName === undefined ? undefined : parseHostname(rawName);
  if (name?.ok === false) return tell(context, name.error);
  const rawLimit = valueOf(args, 'limit') ?? String(DEFAULT_LIMIT);
  if (!/^\d{1,6}$/.test(rawLimit)) return tell(context, `--limit cannot be "${rawLimit}": a whole number`);
  const limit = Number(rawLimit);
  // Into a pipe goes all that came since, however much: what is shown on a screen is limited, a log is not.
  let since: string | undefined;
  const look = async (at: CommandContext): Promise<View | number> => {
    let view: View | undefined;
    const code = await withLedger(at, ({ read }) => {
      const reach = since === undefined ? (limit === 0 ? {} : { limit }) : { since };
      const entries = read
        .history({ ...(name === undefined ? {} : { name: name.value }), ...reach })
        .reverse();
      if (!context.isTTY) since = entries.at(-1)?.at ?? since;
      view = { text: historyText(entries, context), items: itemsOf(entries, context), code: 0 };
      return 0;
    });
    return view ?? code;
  };
  return showOrWatch(context, look, { ...LEDGER_PACE, isLog: true });
}

/** Alike entries of one instant are told apart by their number. */
function itemsOf(entries: readonly HistoryEntry[], context: CommandContext): readonly Item[] {
  const times = new Map<string, number>();
  return entries.map((entry) => {
    const json = entryJson(entry);
    const words = JSON.stringify(json);
    const time = (times.get(words) ?? 0) + 1;
    times.set(words, time);
    const [, ...lines] = historyText([entry], context).trimEnd().split('\n');
    return { key: `${words} ${time}`, text: lines.join('\n'), json };
  });
}

const COLUMNS: readonly Column[] = [
  { title: 'WHEN (UTC)' },
  { title: 'ACTION' },
  { title: 'TYPE' },
  { title: 'NAME', shrinkTo: 14 },
  { title: 'CHANGE', shrinkTo: 20 },
];
const INDENT = '    ';

/** Two lines an entry: what changed, and why; three where what changed does not fit beside the rest. */
export function historyText(
  entries: readonly HistoryEntry[],
  { env, isTTY, columns, args }: Pick<CommandContext, 'env' | 'isTTY' | 'columns' | 'args'>,
): string {
  if (entries.length === 0) return 'no history\n';
  const paint = paintFor(env, isTTY);
  const width = args.flags.has('wide') ? undefined : columns;
  const rows = entries.map((entry) => [
    entry.at.slice(0, 19).replace('T', ' '),
    entry.action,
    entry.type,
    entry.name,
    changeText(entry.before, entry.after),
  ]);
  const whole = renderTable(COLUMNS, rows, { width: undefined }).split('\n');
  const fits = width === undefined || whole.every((line) => line.length <= width);
  const columnsShown = fits ? COLUMNS : COLUMNS.slice(0, -1);
  const [head = '', ...lines] = renderTable(columnsShown, rows, { width, paint }).split('\n');
  const text = lines.flatMap((line, at) => {
    const entry = entries[at];
    if (entry === undefined) return [];
    const holder = entry.holder === '' ? '' : ` (${entry.holder})`;
    const why = indented(shownText(`${entry.reason}${holder}`), width).map((one) => paint('dim', one));
    const outcome =
      entry.outcome === 'done'
        ? []
        : indented(shownText(entry.outcome), width).map((one) => paint('red', one));
    const change = fits ? [] : indented(shownText(changeText(entry.before, entry.after)), width);
    return [line, ...change, ...why, ...outcome];
  });
  return `${[head, ...text].join('\n')}\n`;
}

function indented(text: string, width: number | undefined): string[] {
  return wrap(text, (width ?? Infinity) - INDENT.length).map((line) => `${INDENT}${line}`);
}

function changeText(before: RecordData | undefined, after: RecordData | undefined): string {
  if (before === undefined) return after === undefined ? '' : `-> ${after.content}`;
  if (after === undefined) return `${before.content} ->`;
  if (before.content !== after.content) return `${before.content} -> ${after.content}`;
  const parts = [
    ...(before.proxied === after.proxied ? [] : [after.proxied ? 'proxied' : 'not proxied']),
    ...(before.ttl === after.ttl ? [] : [`ttl ${before.ttl} -> ${after.ttl}`]),
  ];
  return parts.length === 0 ? after.content : `${after.content} ${parts.join(', ')}`;
}
