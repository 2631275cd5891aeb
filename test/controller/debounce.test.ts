import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Debounce } from '../../src/controller/debounce.ts';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

/** When it looked, in milliseconds, while something changed every `everyMs` for `forMs`. */
function looksDuring(everyMs: number, forMs: number): readonly number[] {
  const looks: number[] = [];
  const debounce = new Debounce(() => looks.push(Date.now()), Date.now);
  // Set before any timer of its own, so that a change that comes when one is due comes first, as from a socket.
  for (let at = 0; at < forMs; at += everyMs) setTimeout(() => debounce.changed(), at);
  vi.runAllTimers();
  return looks;
}

test('changes that come together are looked at once, soon after the last', () => {
  expect(looksDuring(5, 50)).toEqual([65]);
});

test('one that comes alone is looked at soon', () => {
  expect(looksDuring(500, 500)).toEqual([20]);
});

test.each([1, 5, 19])('changes every %d ms put the look off by a quarter of a second at most', (every) => {
  const looks = looksDuring(every, 1000);
  const gaps = looks.map((at, index) => at - (looks[index - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(250 + 20);
  expect(looks.length).toBeGreaterThanOrEqual(4);
});
