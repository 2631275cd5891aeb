import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOperators, judge, type Ballot } from '../../src/ddns/verdict.ts';

const A = '81.2.69.142';
const B = '8.8.8.8';

function says(voter: string, address: string, operators: readonly string[] = [voter]): Ballot {
  return { operators, vote: { voter, operator: operators.join('-or-'), address } };
}
function refused(voter: string): Ballot {
  return { operators: [voter], vote: { voter, operator: voter, refused: 'it gave no answer in time' } };
}
const publicIp = (address: string) => says('public-ip', address, ['cloudflare', 'ipify']);

describe('agreed', () => {
  it('by a quorum of operators, with who agreed', () => {
    expect(judge([says('ipify', A), says('amazon', A), refused('cloudflare')], 2, 4)).toEqual({
      kind: 'agreed',
      address: A,
      voters: ['ipify', 'amazon'],
    });
  });

  it('against one who says otherwise', () => {
    expect(judge([says('ipify', A), says('amazon', A), says('cloudflare', B)], 2, 4)).toMatchObject({
      kind: 'agreed',
      address: A,
    });
  });

  it('by one operator where the settings ask for one', () => {
    expect(judge([says('ipify', A)], 1, 4).kind).toBe('agreed');
  });
});

describe('operators are counted, not voters', () => {
  it('two voters of one operator are one', () => {
    const votes = [says('one', A, ['x.example']), says('two', A, ['x.example'])];
    expect(judge(votes, 2, 4).kind).toBe('too-few');
  });

  it.each([
    ['cloudflare', 1],
    ['ipify', 1],
    ['amazon', 2],
  ])('public-ip beside %s makes %i', (operator, count) => {
    const votes = [publicIp(A), says(operator, A)];
    expect(countOperators(votes)).toBe(count);
    expect(judge(votes, 2, 4).kind).toBe(count === 2 ? 'agreed' : 'too-few');
  });

  it('public-ip adds nothing to trace and ipify together', () => {
    expect(countOperators([publicIp(A), says('cloudflare', A), says('ipify', A)])).toBe(2);
  });

  it('two answers of unknown origin may be of one operator', () => {
    expect(countOperators([says('p', A, ['x', 'y']), says('q', A, ['y', 'z'])])).toBe(1);
  });

  it('never counts more than could be told apart, nor depends on the order', () => {
    const operators = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(operators, { maxLength: 6 }), (sets) => {
        const ballots = sets.map((set, index) => says(String(index), A, set));
        const count = countOperators(ballots);
        expect(count).toBe(countOperators(ballots.toReversed()));
        const singles = new Set(sets.filter((set) => set.length === 1).flat());
        expect(count).toBeGreaterThanOrEqual(singles.size);
        expect(count).toBeLessThanOrEqual(new Set(sets.map((set) => set[0])).size);
      }),
    );
  });
});

describe('no agreement', () => {
  it('two liars with different lies and one honest voter are a conflict', () => {
    const verdict = judge([says('ipify', '1.2.3.4'), says('amazon', B), says('cloudflare', A)], 2, 4);
    expect(verdict).toMatchObject({ kind: 'conflict', reason: 'different-addresses' });
    expect(verdict.kind === 'conflict' && verdict.addresses.toSorted()).toEqual(['1.2.3.4', B, A].toSorted());
  });

  it('two liars whose lies were refused leave one honest voter alone', () => {
    expect(judge([refused('ipify'), refused('amazon'), says('cloudflare', A)], 2, 4)).toMatchObject({
      kind: 'too-few',
      address: A,
    });
  });

  it('two liars who agree do not reach a quorum of three', () => {
    expect(judge([says('ipify', B), says('amazon', B), says('cloudflare', A)], 3, 4).kind).toBe('conflict');
  });

  it('two addresses that both have the quorum are a conflict', () => {
    const votes = [says('a', A), says('b', A), says('c', B), says('d', B)];
    expect(judge(votes, 2, 4).kind).toBe('conflict');
    expect(judge([says('a', A), says('c', B)], 1, 4).kind).toBe('conflict');
  });

  it('nobody, or nobody who counts', () => {
    expect(judge([], 2, 4).kind).toBe('unavailable');
    const verdict = judge([refused('ipify'), refused('amazon')], 2, 4);
    expect(verdict).toEqual({ kind: 'unavailable', why: expect.stringMatching(/ipify.*amazon/) });
  });

  it('a different host part in the same /64 is told apart from a disagreement', () => {
    const votes = [says('ipify', '2a01:4f8:1:2::a'), says('ipinfo', '2a01:4f8:1:2::b')];
    expect(judge(votes, 2, 6)).toMatchObject({ kind: 'conflict', reason: 'same-network' });
    const far = [says('ipify', '2a01:4f8:1:2::a'), says('ipinfo', '2a01:4f8:1:3::a')];
    expect(judge(far, 2, 6)).toMatchObject({ kind: 'conflict', reason: 'different-addresses' });
  });
});
