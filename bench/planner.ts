import { deriveDesired } from '../src/desired/desired.ts';
import { makePlan, type Plan } from '../src/plan/plan.ts';
import { median, quantile } from './quantile.ts';
import { syntheticWorld } from './synthetic-world.ts';
import { against, figure, type Table } from './table.ts';

const AIM_SIZE = 10_000;
const AIM_MS = 100;

/** How long the two pure functions take, and whether that grows with the number of records alone. In this process. */
export function plannerTables(quick: boolean): readonly Table[] {
  const sizes = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  // Compiled code is measured; the first run of a fresh process is told apart.
  const first = timed(1, sizes[0] ?? 0, true);
  for (let run = 0; run < 30; run += 1) timed(1, 200, run % 2 === 0);
  const rows = sizes.flatMap((size) => [true, false].map((published) => rowOf(size, published, quick)));
  return [
    {
      title: 'Planner',
      how: `Milliseconds of CPU, median of several runs in one process with the flags of the image, one route and one host a record. *unchanged*: every record is there as wanted; *to create*: none is. \`desired\` is deriveDesired; \`plan\` is makePlan on a whole list, as at start and on a drift check; \`plan, unread\` is makePlan on the ledger alone, as after a change in the cluster. \`µs a record\` is desired + plan: equal figures are linear. The very first derivation and plan of ${figure(sizes[0] ?? 0)} unchanged records, in code that is not compiled yet, took ${figure(median(first.derive) + median(first.listed))} ms.`,
      columns: ['case', 'desired', 'aim', 'plan', 'aim', 'plan, unread', 'µs a record', 'shortest'],
      rows,
    },
  ];
}

function rowOf(size: number, published: boolean, quick: boolean): readonly string[] {
  const { derive, listed, unread } = timed(quick ? 3 : size > 10_000 ? 5 : 15, size, published);
  const measured = size === AIM_SIZE && published;
  const aimFor = (value: number): string => (measured ? against(value, AIM_MS) : 'linear');
  const sum = (of: (samples: readonly number[]) => number): string =>
    figure((1000 * (of(derive) + of(listed))) / size);
  return [
    `${figure(size)} ${published ? 'unchanged' : 'to create'}`,
    figure(median(derive)),
    aimFor(median(derive)),
    figure(median(listed)),
    aimFor(median(listed)),
    figure(median(unread)),
    sum(median),
    sum((samples) => quantile(samples, 0)),
  ];
}

function timed(runs: number, size: number, published: boolean) {
  const world = syntheticWorld(size, published);
  const derive: number[] = [];
  const listed: number[] = [];
  const unread: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    derive.push(duration(() => expectSize(deriveDesired(world.derive).wants.length, size)));
    listed.push(duration(() => expectSize(writesOf(makePlan(world.listed)), published ? 0 : size)));
    unread.push(duration(() => expectSize(makePlan(world.unread).reads.names.size, published ? 0 : size)));
  }
  return { derive, listed, unread };
}

/** Milliseconds of the thread's CPU, so that what else the machine does counts less. */
function duration(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function writesOf(plan: Plan): number {
  return plan.changes.length;
}

/** A planner that is fast because it does something else is found out. */
function expectSize(seen: number, wanted: number): void {
  if (seen !== wanted) throw new Error(`${seen} where ${wanted} were expected`);
}
