import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { SimDisk } from './disk.ts';
import { expectedCoverage } from './expected-coverage.ts';
import { historyOf, type History } from './history.ts';
import { huntMutants } from './mutants.ts';
import { run, type Outcome } from './run.ts';
import { print } from './print.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './story.ts';

/** Histories after which everything must have been reached. */
const ENOUGH_FOR_COVERAGE = 10_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    minutes: { type: 'string' },
    from: { type: 'string' },
    'keep-going': { type: 'boolean' },
    quiet: { type: 'boolean' },
    mutants: { type: 'boolean' },
    only: { type: 'string' },
  },
});

async function main(): Promise<number> {
  if (values.mutants === true) return huntMutants(values.only, Number(values.count ?? 3_000));
  const disk = new SimDisk();
  try {
    if (values.seed !== undefined) return await replay(Number(values.seed), disk);
    return await hunt(disk);
  } finally {
    disk.remove();
  }
}

async function replay(seed: number, disk: SimDisk): Promise<number> {
  const history = historyOf(seed);
  const outcome = await run(history, disk);
  if (outcome.failure === undefined) {
    print(`seed ${seed}: nothing was broken (${history.events.length} events)`);
    if (values.quiet !== true) print(outcome.story.join('\n'));
    return 0;
  }
  await tell(history, outcome, disk);
  return 1;
}

async function hunt(disk: SimDisk): Promise<number> {
  const first = values.from === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(values.from);
  const count = values.count === undefined ? Number.POSITIVE_INFINITY : Number(values.count);
  const minutes =
    values.minutes === undefined ? (values.count === undefined ? 1 : Infinity) : Number(values.minutes);
  const begun = performance.now();
  const coverage = new Coverage();
  const broken = new Map<string, { readonly seed: number; count: number }>();
  let done = 0;
  while (done < count && performance.now() - begun < minutes * 60_000) {
    const history = historyOf((first + done) % 0x7fff_ffff);
    const outcome = await run(history, disk);
    done += 1;
    coverage.add(outcome.coverage);
    if (outcome.failure === undefined) continue;
    const known = broken.get(outcome.failure.invariant);
    if (known !== undefined) known.count += 1;
    else {
      broken.set(outcome.failure.invariant, { seed: history.seed, count: 1 });
      if (values.quiet === true)
        print(`broken by seed ${history.seed}: ${outcome.failure.invariant}: ${outcome.failure.message}`);
      else await tell(history, outcome, disk);
    }
    if (values['keep-going'] !== true) break;
  }
  const seconds = (performance.now() - begun) / 1000;
  print(
    `${done} histories from seed ${first} in ${seconds.toFixed(1)} s (${Math.round((done / seconds) * 60)} a minute)`,
  );
  for (const [invariant, { seed, count: times }] of broken)
    print(`broken ${times} times: ${invariant} (first by --seed ${seed})`);
  if (values.quiet !== true) print(coverage.table());
  const missing = coverage.missing(expectedCoverage());
  if (done >= ENOUGH_FOR_COVERAGE && missing.length > 0) {
    print(`never reached, so the simulator is at fault:\n${missing.join('\n')}`);
    return 1;
  }
  return broken.size === 0 ? 0 : 1;
}

/** The shortest history that breaks the same promise, as a story. */
async function tell(history: History, outcome: Outcome, disk: SimDisk): Promise<void> {
  const invariant = outcome.failure?.invariant;
  const shortest = await shrink(
    history,
    async (each) => (await run(each, disk)).failure?.invariant === invariant,
  );
  print(storyOf(shortest, await run(shortest, disk), history.events.length));
}

process.exitCode = await main();
