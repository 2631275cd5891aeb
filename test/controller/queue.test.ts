import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NextStep } from '../../src/controller/next-step.ts';
import { KeyedQueue } from '../../src/controller/queue.ts';

const DONE: NextStep = { kind: 'done' };
const RETRY: NextStep = { kind: 'retry', why: 'it failed', notBeforeMs: 0 };

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A queue whose work answers what the test says, with the times at which each key was begun. */
class Bench {
  readonly begun: [string, number][] = [];
  readonly queue: KeyedQueue;
  readonly #waiting = new Map<string, (step: NextStep) => void>();
  /** What work answers at once; without one it waits for `finish`. */
  answer: ((key: string) => NextStep) | undefined;
  most = 0;

  constructor(concurrency = 4) {
    this.queue = new KeyedQueue({
      work: (key) => this.#work(key),
      concurrency,
      now: Date.now,
      random: () => 0,
    });
  }

  finish(key: string, step: NextStep = DONE): Promise<unknown> {
    const done = this.#waiting.get(key);
    if (done === undefined) throw new Error(`${key} is not worked on`);
    this.#waiting.delete(key);
    done(step);
    return vi.advanceTimersByTimeAsync(0);
  }

  times(key: string): readonly number[] {
    return this.begun.filter(([each]) => each === key).map(([, at]) => at);
  }

  #work(key: string): Promise<NextStep> {
    this.begun.push([key, Date.now()]);
    if (this.#waiting.has(key)) throw new Error(`${key} is worked on twice at a time`);
    if (this.answer !== undefined) return Promise.resolve(this.answer(key));
    return new Promise((resolve) => {
      this.#waiting.set(key, resolve);
      this.most = Math.max(this.most, this.#waiting.size);
    });
  }
}

describe('keys', () => {
  test('wait once, however often they are added', async () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i += 1) bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(0);
    await bench.finish('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bench.begun).toEqual([['a', 0]]);
  });

  test('are never worked on twice at a time, and come again when added meanwhile', async () => {
    const bench = new Bench();
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(0);
    bench.queue.add('a');
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(bench.times('a')).toEqual([0]);
    await bench.finish('a');
    expect(bench.times('a')).toEqual([0, 5_000]);
    await bench.finish('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bench.times('a')).toHaveLength(2);
  });

  test('run beside each other up to the limit, and a slow one stops no other', async () => {
    const bench = new Bench(2);
    for (const key of ['a', 'b', 'c']) bench.queue.add(key);
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.begun.map(([key]) => key)).toEqual(['a', 'b']);
    await bench.finish('b');
    expect(bench.begun.map(([key]) => key)).toEqual(['a', 'b', 'c']);
    expect(bench.most).toBe(2);
    expect(bench.queue.atRest).toBe(false);
  });

  test('come at a later time, or sooner where something else wants that', async () => {
    const bench = new Bench();
    bench.answer = () => DONE;
    bench.queue.add('a', 10_000);
    bench.queue.add('a', 20_000);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(bench.times('a')).toEqual([]);
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(bench.times('a')).toEqual([9_999]);
  });

  test('far ahead do not come at once', async () => {
    const bench = new Bench();
    bench.answer = () => DONE;
    const days = 40 * 24 * 3_600_000;
    bench.queue.add('a', days);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(bench.times('a')).toEqual([]);
    await vi.advanceTimersByTimeAsync(days);
    expect(bench.times('a')).toEqual([days]);
  });
});

describe('after', () => {
  test('follows up at the time that was answered', async () => {
    const bench = new Bench();
    bench.answer = () => (Date.now() < 3_000 ? { kind: 'after', ms: 3_000 } : DONE);
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bench.times('a')).toEqual([0, 3_000]);
  });

  test('a burst of news that each changes something does not put off what is due soon after', async () => {
    const bench = new Bench();
    bench.answer = () => ({ kind: 'after', ms: 0 });
    for (let i = 0; i < 40; i += 1) {
      bench.queue.add('a');
      await vi.advanceTimersToNextTimerAsync();
    }
    bench.answer = () => ({ kind: 'after', ms: 3000 });
    const from = Date.now();
    await vi.advanceTimersByTimeAsync(1000);
    expect(bench.times('a').at(-1)).toBeLessThanOrEqual(from + 1000);
    bench.begun.length = 0;
    bench.answer = () => DONE;
    await vi.advanceTimersByTimeAsync(3000);
    expect(bench.times('a')).toHaveLength(1);
  });

  test('passes that always change something are let run on at once a few times, then slowed', async () => {
    const bench = new Bench();
    bench.answer = () => ({ kind: 'after', ms: 0 });
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(600_000);
    const times = bench.times('a');
    expect(times[4]).toBeLessThan(10);
    expect(times[6]).toBeGreaterThan(1_000);
    expect(times.length).toBeLessThan(30);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(Math.max(...gaps)).toBe(60_000);
  });

  test('and are free again once a pass had nothing to do', async () => {
    const bench = new Bench();
    let steps = 0;
    bench.answer = () => (++steps === 8 ? DONE : { kind: 'after', ms: 0 });
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(steps).toBe(8);
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(10);
    expect(bench.times('a').filter((at) => at >= 60_000)).toHaveLength(5);
  });
});

describe('backoff', () => {
  test('grows for each failure of a key, up to five minutes, and is the key’s own', async () => {
    const bench = new Bench();
    bench.answer = (key) => (key === 'bad' ? RETRY : DONE);
    bench.queue.add('bad');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(bench.times('bad')).toEqual([0, 500, 1_500, 3_500]);
    bench.queue.add('good');
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.times('good')).toEqual([4_000]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    const times = bench.times('bad');
    expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(150_000);
  });

  test('is kept whatever is added meanwhile', async () => {
    const bench = new Bench();
    bench.answer = () => RETRY;
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(10);
    for (let i = 0; i < 10; i += 1) {
      bench.queue.add('a');
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(bench.times('a')).toEqual([0]);
  });

  test('ends with success, and with `retryNow`', async () => {
    const bench = new Bench();
    let bad = true;
    bench.answer = () => (bad ? RETRY : DONE);
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(5_000);
    const before = bench.times('a').length;
    bad = false;
    bench.queue.retryNow('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.times('a')).toHaveLength(before + 1);
    bad = true;
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(600);
    expect(bench.times('a')).toHaveLength(before + 3);
  });

  test('waits at least as long as the answer demands', async () => {
    const bench = new Bench();
    bench.answer = () => ({ kind: 'retry', why: 'rate limited', notBeforeMs: 300_000 });
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(299_999);
    expect(bench.times('a')).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.times('a')).toEqual([0, 300_000]);
  });
});

describe('close', () => {
  test('waits for what is under way and begins nothing more', async () => {
    const bench = new Bench();
    bench.queue.add('a');
    bench.queue.add('b', 1_000);
    await vi.advanceTimersByTimeAsync(0);
    let closed = false;
    const closing = bench.queue.close().then(() => (closed = true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(closed).toBe(false);
    await bench.finish('a', { kind: 'after', ms: 0 });
    await closing;
    bench.queue.add('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bench.begun).toEqual([['a', 0]]);
  });
});

test('work that goes on for too long is noticed', async () => {
  const bench = new Bench();
  bench.queue.add('a');
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(bench.queue.stuck(2_000)).toBe(false);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(bench.queue.stuck(2_000)).toBe(true);
  await bench.finish('a');
  expect(bench.queue.stuck(0)).toBe(false);
});
