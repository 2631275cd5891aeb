import { expect, it } from 'vitest';
import { parseReadyGrace } from '../../src/domain/ready-grace.ts';

it.each([
  ['true', 600_000],
  ['TRUE', 600_000],
  ['1s', 1000],
  ['1000ms', 1000],
  [' 1h30m ', 5_400_000],
  ['168h', 604_800_000],
])('takes %s as %i ms', (text, ms) => {
  expect(parseReadyGrace(text)).toEqual({ ok: true, value: ms });
});

it.each(['', 'false', '0s', '999ms', '10', '5 m', '-1s', '1d', '169h', '9999999999h'])(
  'refuses "%s"',
  (text) => {
    expect(parseReadyGrace(text).ok).toBe(false);
  },
);
