/** One table of the report. The first column is text, the others are figures. */
export interface Table {
  readonly title: string;
  /** What was done to get it. */
  readonly how: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Markdown, its columns padded so that a terminal shows it well too. */
export function tableText({ title, how, columns, rows }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, 3, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => pad(cells[index] ?? '', width, index)).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [`## ${title}`, '', how, '', line(columns), line(rule), ...rows.map(line), ''].join('\n');
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** 1,000 for 1000; one decimal below 10, where it says something. */
export function figure(value: number): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Whether a measured value keeps to its aim, in words. */
export function against(value: number, aim: number): string {
  return value <= aim ? `≤ ${figure(aim)}` : `≤ ${figure(aim)} MISSED`;
}
