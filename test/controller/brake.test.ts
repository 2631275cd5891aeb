import { describe, expect, test } from 'vitest';
import { brake, heldProblem, type BrakeInput } from '../../src/controller/brake.ts';
import type { Claim } from '../../src/domain/claim.ts';
import { problemKey } from '../../src/domain/problem.ts';
import type { Fate } from '../../src/domain/want.ts';
import { claim, GONE, host, SUBZONE } from '../plan/fixture.ts';

/** `doomed` records of `live`, the first ones. */
function held(live: number, doomed: number, more: Partial<BrakeInput> = {}): readonly string[] {
  const claims = rows(live);
  const fates = new Map(
    claims.map(({ recordId }, index): [string, Fate] => [recordId, index < doomed ? GONE : WANTED]),
  );
  return [
    ...brake({
      claims,
      fates,
      approved: new Set(),
      maxDeletes: 5,
      recent: 0,
      stop: undefined,
      ...more,
    }).keys(),
  ];
}

const WANTED: Fate = { kind: 'wanted' };

function rows(count: number): readonly Claim[] {
  return Array.from({ length: count }, (_, index) =>
    claim(`r${index}`, '192.0.2.1', { name: host(`n${index}.example.com`) }),
  );
}

describe('more than MAX_DELETES and more than half', () => {
  test.each([
    [5, 5, 0],
    [6, 6, 6],
    [11, 6, 6],
    [12, 6, 0],
    [12, 7, 7],
    [100, 50, 0],
    [100, 51, 51],
    [1, 1, 0],
  ])('of %i records %i doomed: %i held', (live, doomed, count) => {
    expect(held(live, doomed)).toHaveLength(count);
  });

  test('those deleted within the delay count with them', () => {
    expect(held(8, 4, { recent: 2 })).toHaveLength(4);
    expect(held(8, 3, { recent: 2 })).toEqual([]);
    expect(held(20, 3, { recent: 6 })).toEqual([]);
  });

  test('released rows are no managed records', () => {
    const claims = rows(12).map((each, index) =>
      index < 6 ? each : { ...each, state: 'released' as const },
    );
    expect(held(12, 6, { claims })).toHaveLength(6);
  });
});

test('0 holds every deletion, `off` none', () => {
  expect(held(100, 1, { maxDeletes: 0 })).toEqual(['r0']);
  expect(held(100, 0, { maxDeletes: 0 })).toEqual([]);
  expect(held(6, 6, { maxDeletes: 'off' })).toEqual([]);
});

test('what a person approved goes, and does not count', () => {
  const approved = new Set(['r0', 'r1']);
  expect(held(8, 8, { approved })).toEqual(['r2', 'r3', 'r4', 'r5', 'r6', 'r7']);
  expect(held(6, 6, { approved })).toEqual([]);
  expect(held(3, 3, { approved: new Set(['r1']), maxDeletes: 0 })).toEqual(['r0', 'r2']);
});

describe('a ledger of another cluster', () => {
  const stop = 'the ledger was written for cluster 22222222';
  test('holds every deletion that nobody approved, whatever MAX_DELETES says', () => {
    expect(held(100, 1, { stop, maxDeletes: 'off' })).toEqual(['r0']);
    expect(held(100, 2, { stop, approved: new Set(['r0']) })).toEqual(['r1']);
  });

  test('also those of a move, as 0 does, and of a change of type', () => {
    const claims = rows(3);
    const fates = new Map<string, Fate>([
      ['r0', { kind: 'moved', to: SUBZONE }],
      ['r1', { kind: 'replaced', why: 'the name becomes CNAME' }],
      ['r2', WANTED],
    ]);
    expect(held(3, 0, { stop, claims, fates })).toEqual(['r0', 'r1']);
    expect(held(3, 0, { claims, fates, maxDeletes: 0 })).toEqual(['r0']);
    expect(held(3, 0, { claims, fates })).toEqual([]);
  });
});

describe('the operator is told once for all', () => {
  const base = { approved: new Set<string>(), maxDeletes: 5, recent: 0, stop: undefined } as const;
  const told = (count: number) => {
    const claims = rows(count);
    const fates = new Map(claims.map(({ recordId }): [string, Fate] => [recordId, GONE]));
    return heldProblem(base, brake({ ...base, claims, fates }), 0);
  };

  test('with the numbers as a detail, so that it stays one problem while they grow', () => {
    const [six, ...others] = told(6);
    const [seven] = told(7);
    expect(others).toEqual([]);
    expect(six).toMatchObject({
      reason: 'DeletionsHeld',
      detail: expect.stringContaining('6 of 6 managed records'),
    });
    expect(seven?.detail).toContain('7 of 7 managed records');
    expect(problemKey(seven!)).toBe(problemKey(six!));
    expect(told(5)).toEqual([]);
  });

  test('of one too many, held because nothing at all is deleted, too', () => {
    const [problem] = heldProblem({ ...base, maxDeletes: 0 }, new Map(), 2);
    expect(problem).toMatchObject({ message: expect.stringContaining('MAX_DELETES is 0'), detail: '2 now' });
  });
});
