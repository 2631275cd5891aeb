import { parseArgs } from 'node:util';
import { makeBundle } from '../../bench/make-bundle.ts';
import { print } from '../simulation/print.ts';
import { Figures } from './figures.ts';
import { Life } from './life.ts';
import { PHASES } from './tap.ts';

const ROUNDS_OF_A_LIFE = 12;
/** Rounds after which everything must have happened, where the machine was fast enough for this many writes a round. */
const ENOUGH = 250;
const WRITES_A_ROUND = 2;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '300' },
    minutes: { type: 'string' },
    lanes: { type: 'string', default: '2' },
  },
});

/** Kills and restarts the real program until the rounds are done or something is broken. Answers the exit code. */
async function main(): Promise<number> {
  const first = values.seed === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(values.seed);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const lives = minutes === undefined ? Math.ceil(Number(values.rounds) / ROUNDS_OF_A_LIFE) : Infinity;
  print(`seed ${first}`);
  using bundle = makeBundle();
  const figures = new Figures();
  const begun = performance.now();
  const over = () => minutes !== undefined && performance.now() - begun > minutes * 60_000;
  let next = 0;
  let failed = 0;
  const lane = async (): Promise<void> => {
    while (next < lives && failed === 0 && !over()) {
      const seed = first + next;
      next += 1;
      const broken = await Life.live({ bundle: bundle.path, seed, rounds: ROUNDS_OF_A_LIFE, figures });
      if (broken.length === 0) continue;
      failed += 1;
      print(`BROKEN, seed ${seed}:\n${broken.join('\n')}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  const rounds = next * ROUNDS_OF_A_LIFE;
  print(
    `${rounds} kills of ${next} ledgers in ${Math.round((performance.now() - begun) / 1000)} s\n${figures.text()}`,
  );
  if (failed > 0) {
    print(`again: npm run test:crash -- --seed ${first}`);
    return 1;
  }
  const missing = rounds < ENOUGH ? [] : figures.missing(EXPECTED);
  if (missing.length > 0) print(`never happened: ${missing.join('; ')}`);
  const starved = figures.of('writes that took effect') < rounds * WRITES_A_ROUND;
  return missing.length > 0 && !starved ? 1 : 0;
}

const EXPECTED = [
  ...PHASES.map((phase) => `kills at a write, ${phase}`),
  'kills by time',
  'kills that left writes begun',
  'writes: lose',
  'writes: refuse',
  'writes: slow',
  'ledgers at rest beside a rival',
];

process.exitCode = await main();
