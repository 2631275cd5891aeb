import { benchOptions, PARTS, USAGE, type BenchOptions, type Part } from './bench-options.ts';
import { calls } from './calls.ts';
import { latency } from './latency.ts';
import { makeBundle } from './make-bundle.ts';
import { memory } from './memory.ts';
import { planner } from './planner-process.ts';
import { reportText, writeReport } from './report.ts';
import { start } from './start.ts';
import { tableText, type Table } from './table.ts';

type Measure = (bundle: string, quick: boolean) => readonly Table[] | Promise<readonly Table[]>;

const MEASURES: Readonly<Record<Part, Measure>> = {
  calls,
  latency,
  planner: (_bundle, quick) => planner(quick),
  memory,
  start,
};

let options: BenchOptions;
try {
  options = benchOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(1);
}
const needsBundle = options.parts.some((part) => part !== 'planner');
using built = options.bundle === undefined && needsBundle ? makeBundle() : undefined;
const bundle = options.bundle ?? built?.path ?? '';
const tables: Table[] = [];
for (const part of options.parts) {
  const begun = performance.now();
  console.error(`measuring: ${part} …`);
  const some = await MEASURES[part](bundle, options.quick);
  for (const table of some) console.log(tableText(table));
  console.error(`${part}: ${Math.round((performance.now() - begun) / 1000)} s`);
  tables.push(...some);
}
const whole = options.parts.length === PARTS.length && !options.quick;
if (whole) {
  writeReport(reportText(tables));
  console.error('written to docs/performance.md');
} else {
  console.error('docs/performance.md is left as it is: only a whole run, without --quick, writes it');
}
