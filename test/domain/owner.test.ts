import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatComment, parseMarker, wordsOf, type Identity } from '../../src/domain/owner.ts';
import type { SourceRef } from '../../src/domain/source.ts';

const identity: Identity = {
  owner: 'routeflare-01234567',
  cluster: '01234567',
  formerOwners: ['routeflare'],
};
const holder: SourceRef = { kind: 'HTTPRoute', namespace: 'shop', name: 'app' };

function comment(words: string, over: Partial<Identity> = {}, source = holder): string {
  const fit = formatComment(words, { ...identity, ...over }, source);
  if (!fit.ok) throw new Error(`too long by ${fit.tooLongBy}`);
  return fit.comment;
}

describe('the marker', () => {
  it('names owner, cluster and holder after the words of a person', () => {
    expect(comment('')).toBe('record-owner-id=routeflare-01234567 01234567:HTTPRoute/shop/app');
    expect(comment('mine, ask Bob')).toBe(
      'mine, ask Bob record-owner-id=routeflare-01234567 01234567:HTTPRoute/shop/app',
    );
  });

  it('leaves the cluster out where it may not be read', () => {
    expect(comment('', { cluster: '' })).toBe('record-owner-id=routeflare-01234567');
  });

  it('is read from anywhere in a comment', () => {
    expect(parseMarker('managed record-owner-id=routeflare')).toEqual({ owner: 'routeflare' });
    expect(parseMarker('record-owner-id=routeflare and more')).toEqual({ owner: 'routeflare' });
    expect(parseMarker('a record-owner-id=x 01234567:HTTPRoute/shop/app b')).toEqual({
      owner: 'x',
      cluster: '01234567',
      holder,
    });
  });

  it.each(['', 'hello', 'record-owner-id=', 'my-record-owner-id=x', 'record-owner-id: x'])(
    'is not in "%s"',
    (text) => {
      expect(parseMarker(text)).toBeUndefined();
      expect(wordsOf(text)).toBe(text);
    },
  );

  it('shortens the holder first, then leaves it out with its cluster, and never the owner', () => {
    const long = { ...holder, name: 'a'.repeat(60) };
    const short = comment('', {}, long);
    expect(short).toHaveLength(100);
    expect(short.endsWith('~')).toBe(true);
    expect(parseMarker(short)).toEqual({ owner: identity.owner, cluster: identity.cluster });
    const words = 'w'.repeat(60);
    expect(comment(words)).toBe(`${words} record-owner-id=routeflare-01234567`);
  });

  it('says how much is too long when even the owner does not fit', () => {
    expect(formatComment('w'.repeat(65), identity, holder)).toEqual({ ok: false, tooLongBy: 1 });
  });

  it('replaces a marker, keeps the words', () => {
    expect(wordsOf('before record-owner-id=x 01234567:HTTPRoute/shop/app after')).toBe('before after');
    expect(wordsOf('record-owner-id=x')).toBe('');
  });

  it('no second owner is left behind to be read first', () => {
    const twice = 'record-owner-id=routeflare record-owner-id=other';
    expect(parseMarker(comment(wordsOf(twice)))?.owner).toBe(identity.owner);
  });

  it('whatever was written before: what is written is read as ours, fits, and keeps the words', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc
        .tuple(fc.string({ maxLength: 20 }), fc.constantFrom('x', 'routeflare'), fc.string({ maxLength: 20 }))
        .map(([a, owner, b]) => `${a} record-owner-id=${owner} 01234567:HTTPRoute/a/b ${b}`),
    );
    fc.assert(
      fc.property(
        texts,
        fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom('a', 'b', '-') }),
        (old, name) => {
          const words = wordsOf(old);
          const fit = formatComment(words, identity, { ...holder, name });
          const text = fit.ok ? fit.comment : `${words} record-owner-id=${identity.owner}`.trim();
          const marker = parseMarker(text);
          expect(new TextEncoder().encode(text).length <= 100).toBe(fit.ok);
          expect(marker?.owner).toBe(identity.owner);
          expect(marker?.holder ?? { ...holder, name }).toEqual({ ...holder, name });
          expect(wordsOf(text)).toBe(words);
        },
      ),
      { numRuns: 500 },
    );
  });
});
