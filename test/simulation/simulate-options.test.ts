import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Coverage } from './coverage.ts';
import { EVENT_KINDS, historyOf } from './history.ts';
import { replayFlags } from './replay-flags.ts';
import { simulateOptions } from './simulate-options.ts';
import { storyOf } from './story.ts';

const wrongIn = (...args: readonly string[]) => {
  const read = simulateOptions(args);
  return read.ok ? [] : read.error;
};

it.each([
  [['--seed', 'abc'], ['--seed "abc": a whole number from 0 to 2147483646 is needed']],
  [['--seed='], ['--seed "": a whole number']],
  [['--seed', '2147483647'], ['--seed "2147483647": a whole number']],
  [['--from', 'trees'], ['--from "trees": a whole number from 0 to 2147483646, or "tree", is needed']],
  [['--count', '-1.5'], ["'--count' argument is ambiguous"]],
  [['--count', '1.5'], ['--count "1.5": a whole number']],
  [['--count', '0'], ['--count "0": nothing would be played']],
  [['--count', '0', '--fixed', '0'], ['--count "0": nothing would be played']],
  [['--count', '0', '--mutants'], ['--count "0": with --mutants a whole number from 1 on']],
  [
    ['--fixed', 'x', '--minutes', 'x'],
    ['--fixed "x": a whole number', '--minutes "x": a number above 0'],
  ],
  [['--minutes', '0'], ['--minutes "0": a number above 0']],
  [['--minutes', 'Infinity'], ['--minutes "Infinity": a number above 0']],
  [['--workers', '0'], ['--workers "0": a whole number from 1 to']],
  [['--favour', 'nosuchkind'], ['--favour "nosuchkind": a kind of event']],
  [
    ['--favour', 'clock jumpz, kill'],
    [
      '--favour "clock jumpz": a kind of event of test/simulation/history.ts, such as "clock jumps", is needed',
    ],
  ],
  [['--favour', ''], ['--favour "": a kind of event']],
  [['--mutants', '--only', 'nosuchbug'], ['--only "nosuchbug": no planted bug is named so']],
  [['--mutants', '--only', ''], ['--only "": no planted bug is named so']],
  [['--only', 'brake'], ['--only "brake": it chooses planted bugs, so --mutants is needed']],
  [['--nosuchflag'], ["Unknown option '--nosuchflag'"]],
])('%j is refused', (args, expected) => {
  const wrong = wrongIn(...args);
  expect(wrong).toEqual(expected.map((words) => expect.stringContaining(words)));
});

it('what is right is taken', () => {
  const read = simulateOptions(['--fixed', '2', '--count', '0', '--from', 'tree', '--minutes', '0.5']);
  expect(read).toMatchObject({ ok: true, value: { fixed: 2, count: 0, from: 'tree', minutes: 0.5 } });
  expect(simulateOptions(['--seed', '0'])).toMatchObject({ ok: true, value: { seed: 0 } });
  expect(simulateOptions(['--mutants', '--only', 'brake'])).toMatchObject({ ok: true });
});

it('every kind of event can be favoured, also together', () => {
  const read = simulateOptions(['--favour', EVENT_KINDS.join(', ')]);
  expect(read).toMatchObject({ ok: true, value: { favoured: EVENT_KINDS } });
});

it(
  'a wrong value ends the simulator with exit code 2, and nothing is said to hold',
  { timeout: 60_000 },
  () => {
    const script = join(import.meta.dirname, 'simulate.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--seed', 'abc'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^--seed "abc": a whole number .* is needed\n$/);
  },
);

it('a history with favoured events is told with them, as the seed alone is another', () => {
  const favoured = ['kill', 'clock jumps'];
  const outcome = { failure: undefined, coverage: new Coverage(), story: [], writesToSettle: 0 };
  expect(storyOf(historyOf(7, favoured), outcome, 9)).toMatch(/^Seed 7 --favour "kill, clock jumps", /);
  expect(storyOf(historyOf(7), outcome, 9)).toMatch(/^Seed 7, /);
  expect(replayFlags([7, 9], favoured)).toBe('--seed 7, 9 --favour "kill, clock jumps"');
  expect(replayFlags([7], [])).toBe('--seed 7');
});
