import { shownText } from '../domain/shown-text.ts';
import { plainPaint, type Paint, type Style } from './colour.ts';

export interface Column {
  readonly title: string;
  /** Cells may be shortened in the middle, down to this many characters; without it they never are. */
  readonly shrinkTo?: number;
}

/** Plain text, or text with a style that does not count for its width. */
export type Cell = string | { readonly text: string; readonly style: Style };

export interface TableOptions {
  /** In characters; `undefined` is as wide as it gets. */
  readonly width: number | undefined;
  readonly paint?: Paint;
}

const GAP = '  ';

/**
 * An aligned table with a head line and no trailing blanks. Where it is too wide, the widest column that may shrink
 * gives way first. What could steer a terminal is not let through.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, paint = plainPaint }: TableOptions,
): string {
  const titles = columns.map(({ title }) => ({ text: title, style: 'bold' as const }));
  const lines = [titles, ...rows].map((row) => columns.map((_, at) => cleanCell(row[at] ?? '')));
  const natural = columns.map((_, at) => Math.max(...lines.map((line) => lengthOf(line[at]?.text ?? ''))));
  const widths = width === undefined ? natural : shrink(columns, natural, width);
  return lines
    .map((line) => {
      const cells = line.map(({ text, style }, at) => {
        const shown = elide(text, widths[at] ?? 0);
        const padding = at === line.length - 1 ? 0 : (widths[at] ?? 0) - lengthOf(shown);
        return { painted: style === undefined ? shown : paint(style, shown), shown, padding };
      });
      const last = cells.findLastIndex(({ shown }) => shown !== '');
      return cells
        .slice(0, last + 1)
        .map(({ painted, padding }, at) => (at === last ? painted : painted + ' '.repeat(padding)))
        .join(GAP);
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Cuts the middle out, so that both the host and the domain of a name can still be seen. */
export function elide(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  if (width < 2) return letters.slice(0, width).join('');
  const head = Math.ceil((width - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (width - 1 - head)).join('')}`;
}

function shrink(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let surplus = widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1) - width;
  for (; surplus > 0; surplus -= 1) {
    let widest: number | undefined;
    for (const [at, { shrinkTo }] of columns.entries()) {
      const one = widths[at] ?? 0;
      if (shrinkTo !== undefined && one > shrinkTo && (widest === undefined || one > (widths[widest] ?? 0))) {
        widest = at;
      }
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function cleanCell(cell: Cell): { readonly text: string; readonly style: Style | undefined } {
  const { text, style } = typeof cell === 'string' ? { text: cell, style: undefined } : cell;
  return { text: shownText(text), style };
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
