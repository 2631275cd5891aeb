import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { counted } from '../../src/domain/counted.ts';
import { SimDisk } from './disk.ts';
import { expectedCoverage } from './expected-coverage.ts';
import { historyOf, type History } from './history.ts';
import { hunt, type Hunted } from './hunt.ts';
import { huntMutants } from './mutants.ts';
import { run, type Outcome } from './run.ts';
import { print } from './print.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './story.ts';
import { treeSeed } from './tree-seed.ts';
import type { Broken, Slice } from './worker.ts';

/** Histories after which everything must have been reached. */
const ENOUGH_FOR_COVERAGE = 10_000;
const SEEDS = 0x7fff_ffff;
/** What a worker plays before it asks for more. */
const SLICE = 200;
const SEEDS_SHOWN = 10;
/** The fixed set begins here, and never moves. */
const FIRST_FIXED = 1;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    minutes: { type: 'string' },
    from: { type: 'string' },
    fixed: { type: 'string' },
    workers: { type: 'string' },
    'keep-going': { type: 'boolean' },
    quiet: { type: 'boolean' },
    mutants: { type: 'boolean' },
    only: { type: 'string' },
    favour: { type: 'string' },
  },
});

const favoured = values.favour?.split(', ') ?? [];

async function main(): Promise<number> {
  const workers = values.workers === undefined ? availableParallelism() : Number(values.workers);
  if (values.mutants === true) return huntMutants(values.only, Number(values.count ?? 3_000), workers);
  const disk = new SimDisk();
  try {
    if (values.seed !== undefined) return await replay(Number(values.seed), disk);
    return await huntFresh(disk, workers);
  } finally {
    disk.remove();
  }
}

async function replay(seed: number, disk: SimDisk): Promise<number> {
  const history = historyOf(seed, favoured);
  const outcome = await run(history, disk);
  if (outcome.failure === undefined) {
    print(`seed ${seed}: nothing was broken (${history.events.length} events)`);
    if (values.quiet !== true) print(outcome.story.join('\n'));
    return 0;
  }
  await tell(history, outcome, disk);
  return 1;
}

async function huntFresh(disk: SimDisk, workers: number): Promise<number> {
  const first = firstSeed(values.from);
  const fixed = Number(values.fixed ?? 0);
  if (fixed > 0) print(`${fixed} histories of the fixed set, from seed ${FIRST_FIXED}`);
  print(`fresh histories from seed ${first}: --from ${first} plays them again`);
  const found: Broken[] = [];
  const begun = performance.now();
  const hunted = await hunt({
    slices: slicesOf(fixed, first),
    workers,
    keepGoing: values['keep-going'] === true,
    onBroken: (broken) => {
      print(`broken by seed ${broken.seed}: ${broken.invariant}: ${broken.message}`);
      found.push(broken);
    },
    onProgress: (histories) =>
      print(`${histories} histories, ${Math.round((performance.now() - begun) / 1000)} s`),
  });
  if (values.quiet !== true)
    for (const { seed } of found)
      await tell(historyOf(seed, favoured), await run(historyOf(seed, favoured), disk), disk);
  return report(hunted, workers);
}

/** @param from a seed, or `tree` for the one of what is committed */
function firstSeed(from: string | undefined): number {
  if (from === 'tree') return treeSeed(SEEDS);
  return from === undefined ? Math.floor(Math.random() * SEEDS) : Number(from);
}

function* slicesOf(fixed: number, first: number): Generator<Slice> {
  yield* cut(FIRST_FIXED, fixed);
  if (values.count !== undefined) {
    yield* cut(first, Number(values.count));
    return;
  }
  const until = performance.now() + Number(values.minutes ?? 1) * 60_000;
  for (let from = first; performance.now() < until; from = (from + SLICE) % SEEDS)
    yield { from, count: SLICE, favoured };
}

function* cut(first: number, count: number): Generator<Slice> {
  for (let done = 0; done < count; done += SLICE)
    yield { from: (first + done) % SEEDS, count: Math.min(SLICE, count - done), favoured };
}

function report({ histories, seconds, coverage, broken }: Hunted, workers: number): number {
  if (values.quiet !== true) print(coverage.table());
  const speed = Math.round((histories / seconds) * 60);
  print(`${histories} histories in ${seconds.toFixed(1)} s by ${workers} workers (${speed} a minute)`);
  for (const [invariant, seeds] of broken)
    print(
      `broken by ${counted(seeds.length, 'history', 'histories')}: ${invariant} (--seed ${seeds.slice(0, SEEDS_SHOWN).join(', ')})`,
    );
  const missing = coverage.missing(expectedCoverage());
  if (histories >= ENOUGH_FOR_COVERAGE && missing.length > 0) {
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
