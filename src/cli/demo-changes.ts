import type { HistoryEntry } from '../domain/entry.ts';
import { describeData } from '../plan/describe.ts';
import type { Style } from './colour.ts';
import type { DemoScreen } from './demo-screen.ts';
import type { Cell, Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'NAME', shrinkTo: 18 },
  { title: 'TYPE' },
  { title: 'CHANGE', shrinkTo: 24 },
];

const STYLE: Readonly<Record<string, Style>> = { '+': 'green', '~': 'yellow', '-': 'red', '!': 'red' };

/** What was done and why, from the ledger's history, in the signs of `routeflare plan`. */
export function changeList(screen: DemoScreen, entries: readonly HistoryEntry[]): void {
  if (entries.length === 0) return;
  const rows = entries.map((entry): Cell[] => {
    const sign = signOf(entry);
    return [{ text: sign, style: STYLE[sign] ?? 'dim' }, entry.name, entry.type, changeText(entry)];
  });
  screen.table(COLUMNS, rows);
  for (const [why, names] of reasons(entries)) {
    const about = names.length === entries.length ? '' : `${names.join(', ')}: `;
    screen.note(`${about}${why}`);
  }
}

function signOf({ action, outcome }: HistoryEntry): string {
  if (outcome !== 'done') return '!';
  if (action === 'create' || action === 'recover') return '+';
  return action === 'delete' ? '-' : '~';
}

function changeText({ action, before, after, outcome }: HistoryEntry): string {
  const from = before === undefined ? '' : describeData(before, after);
  const to = after === undefined ? '' : describeData(after, before);
  const change = [from, to].filter((side) => side !== '').join(' → ');
  if (outcome !== 'done') return `${action}: ${outcome}`;
  return action === 'delete' ? `${change} → deleted` : change;
}

/** Each reason once, with the names it is about. */
function reasons(entries: readonly HistoryEntry[]): [string, string[]][] {
  return [...Map.groupBy(entries, ({ reason }) => reason)].map(([why, group]) => [
    why,
    [...new Set(group.map(({ name }) => name))],
  ]);
}
