import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Schedule } from '../../src/controller/schedule.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

async function runsWithin(
  ms: number,
  expression: string,
  jitterMs: number,
  chance: number,
): Promise<number[]> {
  const runs: number[] = [];
  const begun = Date.now();
  const schedule = new Schedule(
    expression,
    jitterMs,
    () => chance,
    () => runs.push(Date.now() - begun),
  );
  await vi.advanceTimersByTimeAsync(ms);
  schedule.stop();
  await vi.advanceTimersByTimeAsync(ms);
  return runs;
}

describe('a schedule', () => {
  test('runs by its expression, later by a part of the jitter', async () => {
    const runs = await runsWithin(11 * 60_000, '*/5 * * * *', 20_000, 0.5);
    expect(runs).toHaveLength(2);
    for (const [at, ms] of runs.entries()) {
      expect(ms).toBeGreaterThanOrEqual((at + 1) * 300_000 + 10_000);
      expect(ms).toBeLessThan((at + 1) * 300_000 + 11_000);
    }
  });

  test('of a few seconds is not pushed out by a jitter longer than its period', async () => {
    const runs = await runsWithin(20_900, '*/2 * * * * *', 20_000, 0.999);
    expect(runs).toHaveLength(10);
  });

  test('runs no more once it is stopped, a run that was about to come included', async () => {
    expect(await runsWithin(5 * 60_000 + 5000, '*/5 * * * *', 20_000, 0.999)).toEqual([]);
  });

  test.each([-2, 2, -50])('goes on though the clock is set by %d hours', async (hours) => {
    let runs = 0;
    const schedule = new Schedule(
      '*/5 * * * *',
      0,
      () => 0,
      () => (runs += 1),
    );
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    schedule.stop();
    expect(runs).toBeGreaterThanOrEqual(5);
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(runs).toBeLessThanOrEqual(6);
  });

  test('says nothing of its own of runs that a sleep of the machine left out', async () => {
    const said = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    for (const spy of said) spy.mockImplementation(() => undefined);
    const schedule = new Schedule(
      '*/5 * * * *',
      0,
      () => 0,
      () => undefined,
    );
    vi.setSystemTime(Date.UTC(2026, 0, 1, 2));
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    schedule.stop();
    for (const spy of said) expect(spy).not.toHaveBeenCalled();
  });
});
