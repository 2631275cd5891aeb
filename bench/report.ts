import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { tableText, type Table } from './table.ts';

const PAGE = join(dirname(import.meta.dirname), 'docs', 'performance.md');
const BEGIN = '<!-- written by npm run bench: begin -->';
const END = '<!-- written by npm run bench: end -->';

/** The tables, with when, where and on what they were measured. */
export function reportText(tables: readonly Table[]): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, Linux ${release()}`;
  const load = loadavg()[2]?.toFixed(1) ?? '';
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Measured ${date} with Node ${process.version} on ${machine}; mean load of the last 15 minutes ${load}.`,
    'Where the load is more than the number of cores, times are longer than they would be at rest; counts and memory are not.',
    '',
    ...tables.map(tableText),
  ].join('\n');
}

/** Replaces the figures on the page, and leaves the words around them. */
export function writeReport(text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has no place for the figures`);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${text}\n${END}${after}`);
}
