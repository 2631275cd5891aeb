import { counted } from '../../src/domain/counted.ts';
import { SimDisk } from './disk.ts';
import { expectedCoverage } from './expected-coverage.ts';
import { historyOf, type History } from './history.ts';
import { hunt, type Hunted } from './hunt.ts';
import { huntMutants } from './mutants.ts';
import { run, type Outcome } from './run.ts';
import { print } from './print.ts';
import { favourFlag, replayFlags } from './replay-flags.ts';
import { shrink } from './shrink.ts';
import { SEEDS, simulateOptions, type SimulateOptions } from './simulate-options.ts';
import { storyOf } from './story.ts';
import { treeSeed } from './tree-seed.ts';
import type { Broken, Slice } from './worker.ts';

/** Histories after which everything must have been reached. */
const ENOUGH_FOR_COVERAGE = 10_000;
/** What a worker plays before it asks for more. */
const SLICE = 200;
const SEEDS_SHOWN = 10;
/** The fixed set begins here, and never moves. */
const FIRST_FIXED = 1;

async function main(args: readonly string[]): Promise<number> {
  const read = simulateOptions(args);
  if (!read.ok) {
    process.stderr.write(`${read.error.join('\n')}\n`);
    return 2;
  }
  const options = read.value;
  if (options.mutants) return huntMutants(options.only, options.mutantCount, options.workers);
  const disk = new SimDisk();
  try {
    if (options.seed !== undefined) return await replay(options.seed, options, disk);
    return await huntFresh(options, disk);
  } finally {
    disk.remove();
  }
}

async function replay(seed: number, { favoured, quiet }: SimulateOptions, disk: SimDisk): Promise<number> {
  const history = historyOf(seed, favoured);
  const outcome = await run(history, disk);
  if (outcome.failure === undefined) {
    print(`seed ${seed}${favourFlag(favoured)}: nothing was broken (${history.events.length} events)`);
    if (!quiet) print(outcome.story.join('\n'));
    return 0;
  }
  await tell(history, outcome, disk);
  return 1;
}

async function huntFresh(options: SimulateOptions, disk: SimDisk): Promise<number> {
  const { fixed, workers, keepGoing, quiet, favoured } = options;
  const first = firstSeed(options.from);
  const favour = favourFlag(favoured);
  if (fixed > 0) print(`${fixed} histories of the fixed set, from seed ${FIRST_FIXED}`);
  print(`fresh histories from seed ${first}: --from ${first}${favour} plays them again`);
  const found: Broken[] = [];
  const begun = performance.now();
  const hunted = await hunt({
    slices: slicesOf(first, options),
    workers,
    keepGoing,
    onBroken: (broken) => {
      print(`broken by seed ${broken.seed}${favour}: ${broken.invariant}: ${broken.message}`);
      found.push(broken);
    },
    onProgress: (histories) =>
      print(`${histories} histories, ${Math.round((performance.now() - begun) / 1000)} s`),
  });
  if (!quiet)
    for (const { seed } of found)
      await tell(historyOf(seed, favoured), await run(historyOf(seed, favoured), disk), disk);
  return report(hunted, options);
}

function firstSeed(from: SimulateOptions['from']): number {
  if (from === 'tree') return treeSeed(SEEDS);
  return from ?? Math.floor(Math.random() * SEEDS);
}

function* slicesOf(first: number, { fixed, count, minutes, favoured }: SimulateOptions): Generator<Slice> {
  yield* cut(FIRST_FIXED, fixed, favoured);
  if (count !== undefined) {
    yield* cut(first, count, favoured);
    return;
  }
  const until = performance.now() + minutes * 60_000;
  for (let from = first; performance.now() < until; from = (from + SLICE) % SEEDS)
    yield { from, count: SLICE, favoured };
}

function* cut(first: number, count: number, favoured: readonly string[]): Generator<Slice> {
  for (let done = 0; done < count; done += SLICE)
    yield { from: (first + done) % SEEDS, count: Math.min(SLICE, count - done), favoured };
}

function report(
  { histories, seconds, coverage, broken }: Hunted,
  { quiet, workers, favoured }: SimulateOptions,
): number {
  if (!quiet) print(coverage.table());
  const speed = Math.round((histories / seconds) * 60);
  print(`${histories} histories in ${seconds.toFixed(1)} s by ${workers} workers (${speed} a minute)`);
  for (const [invariant, seeds] of broken)
    print(
      `broken by ${counted(seeds.length, 'history', 'histories')}: ${invariant} (${replayFlags(seeds.slice(0, SEEDS_SHOWN), favoured)})`,
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

process.exitCode = await main(process.argv.slice(2));
