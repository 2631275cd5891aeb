import { afterAll, describe, expect, it } from 'vitest';
import { SimDisk } from './disk.ts';
import { historyOf } from './history.ts';
import { run } from './run.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './story.ts';

const FIXED_SEEDS = Array.from({ length: 60 }, (_, index) => 20_000 + index);

const disk = new SimDisk();
afterAll(() => disk.remove());

async function storyOfFailure(seed: number): Promise<string> {
  const outcome = await run(historyOf(seed), disk);
  return outcome.failure === undefined
    ? ''
    : storyOf(historyOf(seed), outcome, historyOf(seed).events.length);
}

describe('whole histories', () => {
  it('break no promise', { timeout: 120_000 }, async () => {
    for (const seed of FIXED_SEEDS) expect(await storyOfFailure(seed)).toBe('');
  });

  it('replay exactly', { timeout: 60_000 }, async () => {
    const [first, second] = [await run(historyOf(7), disk), await run(historyOf(7), disk)];
    expect(first.story.length).toBeGreaterThan(20);
    expect(second.story).toEqual(first.story);
  });
});

describe('a history with favoured events', () => {
  const kinds = (seed: number, ...favoured: readonly string[]) =>
    historyOf(seed, favoured).events.map(({ kind }) => kind);

  it('has many of them', () => {
    const all = FIXED_SEEDS.flatMap((seed) => kinds(seed, 'kill', 'clock jumps'));
    const favoured = all.filter((kind) => kind === 'kill' || kind === 'clock jumps');
    expect(favoured.length).toBeGreaterThan(all.length / 3);
    expect(new Set(all).size).toBeGreaterThan(50);
  });
});

describe('shrink', () => {
  it('leaves the events that are needed, in their order', async () => {
    const history = historyOf(3);
    const events = Array.from({ length: 40 }, (_, at) => ({ at, kind: 'route created', detail: 0 }));
    const needed = [3, 17, 31];
    const shortest = await shrink({ ...history, events }, ({ events: left }) =>
      Promise.resolve(needed.every((at) => left.some((event) => event.at === at))),
    );
    expect(shortest.events.map(({ at }) => at)).toEqual(needed);
  });
});
