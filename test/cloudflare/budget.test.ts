import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DOCUMENTED_QUOTA,
  fullBudget,
  heard,
  paused,
  remaining,
  spent,
  waitFor,
  type Budget,
} from '../../src/cloudflare/budget.ts';

const start = 1_000_000;

function spentTimes(budget: Budget, times: number, now: number): Budget {
  return Array.from({ length: times }).reduce<Budget>((rest) => spent(rest, now), budget);
}

describe('our own allowance', () => {
  test('lets half the quota go at once to writes, and less to reads', () => {
    const forReads = spentTimes(fullBudget(start), 540, start);
    expect(waitFor(forReads, 'read', start)).toBeGreaterThan(0);
    expect(waitFor(forReads, 'write', start)).toBe(0);
    expect(waitFor(spentTimes(forReads, 60, start), 'write', start)).toBe(500);
  });

  test('comes back at two calls a second', () => {
    const empty = spentTimes(fullBudget(start), 600, start);
    expect(waitFor(empty, 'write', start + 500)).toBe(0);
    expect(waitFor(empty, 'read', start + 500)).toBe(30_000);
    expect(waitFor(empty, 'read', start + 30_500)).toBe(0);
  });

  test('never lets more than the quota through in any window of its length', () => {
    const gaps = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 400 })), { maxLength: 40 });
    fc.assert(
      fc.property(gaps, (bursts) => {
        let now = start;
        let budget = fullBudget(now);
        const times: number[] = [];
        for (const [gap, calls] of bursts) {
          now += gap;
          for (let n = 0; n < calls; n += 1) {
            if (waitFor(budget, 'write', now) > 0) break;
            budget = spent(budget, now);
            times.push(now);
          }
        }
        const most = Math.max(
          0,
          ...times.map(
            (from) => times.filter((at) => at >= from && at < from + DOCUMENTED_QUOTA.windowMs).length,
          ),
        );
        expect(most).toBeLessThanOrEqual(DOCUMENTED_QUOTA.calls);
      }),
      { numRuns: 50 },
    );
  });

  test('a wait that was waited for is enough', () => {
    fc.assert(
      fc.property(fc.nat(600), fc.constantFrom('read' as const, 'write' as const), (calls, use) => {
        const budget = spentTimes(fullBudget(start), calls, start);
        expect(waitFor(budget, use, start + waitFor(budget, use, start))).toBe(0);
      }),
    );
  });
});

describe('what Cloudflare says', () => {
  const say = (ratelimit: string | null, policy: string | null = null): Budget =>
    heard(fullBudget(start), { ratelimit, policy }, start);

  test('that a tenth is left holds reads back until the window ends, and writes only at nothing', () => {
    const scarce = say('"default";r=120;t=30', '"default";q=1200;w=300');
    expect(waitFor(scarce, 'read', start)).toBe(30_000);
    expect(waitFor(scarce, 'write', start)).toBe(0);
    expect(waitFor(scarce, 'read', start + 30_000)).toBe(0);
    expect(waitFor(say('"default";r=121;t=30'), 'read', start)).toBe(0);
    expect(waitFor(say('"default";r=0;t=30'), 'write', start)).toBe(30_000);
  });

  test('is counted down by our own calls until it is said anew', () => {
    const budget = spent(say('"default";r=50;t=30'), start);
    expect(remaining(budget, start)).toBe(49);
    expect(remaining(budget, start + 30_000)).toBeUndefined();
  });

  test('is the tightest of several items, with the policy of its name', () => {
    const budget = say('"default";r=900;t=200, "burst";r=3;t=2', '"default";q=1200;w=300,"burst";q=100;w=60');
    expect(remaining(budget, start)).toBe(3);
    expect(budget.quota).toEqual({ calls: 100, windowMs: 60_000 });
    expect(waitFor(budget, 'read', start)).toBe(2000);
  });

  test.each([
    [null],
    [''],
    ['"default"'],
    ['"default";r=5'],
    ['"default";r=five;t=30'],
    ['"default";r=-5;t=30'],
    ['r=5;t=30'.replace('r', 'x')],
    [';;,,'],
  ])('is nothing in %j', (header) => {
    expect(say(header)).toEqual(fullBudget(start));
  });

  test('of a window without end is believed for five minutes', () => {
    expect(waitFor(say('"default";r=0;t=999999999'), 'write', start)).toBe(300_000);
  });

  test('of a larger quota than the documented one lets calls go at once', () => {
    const large = say('"default";r=99999;t=300', '"default";q=100000;w=300');
    expect(waitFor(large, 'read', start)).toBe(0);
    expect(waitFor(large, 'write', start)).toBe(0);
  });

  test('of a policy of nothing is not believed', () => {
    expect(say('"default";r=50;t=30', '"default";q=0;w=0').quota).toEqual(DOCUMENTED_QUOTA);
  });
});

describe('a pause', () => {
  test('holds reads and writes alike, and is never shortened by another', () => {
    const budget = paused(paused(fullBudget(start), 60_000, start), 1000, start);
    expect(waitFor(budget, 'write', start)).toBe(60_000);
    expect(waitFor(budget, 'read', start + 59_999)).toBe(1);
    expect(waitFor(budget, 'read', start + 60_000)).toBe(0);
  });

  test('is five minutes at most', () => {
    expect(waitFor(paused(fullBudget(start), 1e12, start), 'write', start)).toBe(300_000);
  });
});

test.each([
  '"default";q=1;w=60',
  '"default";q=1;w=999999999',
  '"default";q=1200;w=999999999',
  `"default";q=${'9'.repeat(400)};w=1`,
  `"default";q=1;w=${'9'.repeat(400)}`,
])('the policy %s lets the next call go within five minutes, however many went', (policy) => {
  let budget = fullBudget(start);
  for (let now = start; now < start + 3_600_000;) {
    budget = heard(budget, { ratelimit: '"default";r=100;t=60', policy }, now);
    const wait = waitFor(budget, 'write', now);
    expect(wait).toBeLessThanOrEqual(300_000);
    now += Math.max(wait, 1000);
    expect(waitFor(budget, 'write', now)).toBe(0);
    budget = spent(budget, now);
  }
});

test.each([`"default";r=${'9'.repeat(400)};t=60`, '"default";r=5;t=1e3', '"default";r=-5;t=60'])(
  'the allowance %s is none',
  (ratelimit) => {
    expect(remaining(heard(fullBudget(start), { ratelimit, policy: null }, start), start)).toBeUndefined();
  },
);
