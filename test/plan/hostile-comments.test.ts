import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatComment, parseMarker, wordsOf } from '../../src/domain/owner.ts';
import { APP, claim, GONE, lines, ME, record, want } from './fixture.ts';

const comment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 150 }),
  fc
    .array(
      fc.constantFrom(
        'record-owner-id=',
        'me',
        'other',
        ' ',
        '11111111:',
        'HTTPRoute/web/app',
        '\n',
        '\u0000',
        '\u202e',
        '=',
        '~',
        '22222222:',
        'record-owner-id=me 11111111:HTTPRoute/web/app',
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join('')),
);

describe('whatever a comment holds', () => {
  test('its marker is read, or none is, and the words that stay hold no marker', () => {
    fc.assert(
      fc.property(comment, (text) => {
        const marker = parseMarker(text);
        expect(marker === undefined || marker.owner.length > 0).toBe(true);
        expect(parseMarker(wordsOf(text))?.owner ?? '').not.toBe(ME.owner);
      }),
    );
  });

  test('what is written in its place is ours, at most 100 characters, and keeps the words', () => {
    fc.assert(
      fc.property(comment, (text) => {
        const words = wordsOf(text);
        const fit = formatComment(words, ME, APP);
        const written = fit.ok ? fit.comment : '';
        expect(written.length).toBeLessThanOrEqual(100);
        expect(fit.ok ? parseMarker(written)?.owner : ME.owner).toBe(ME.owner);
        expect(fit.ok ? written.startsWith(words) : true).toBe(true);
      }),
    );
  });

  test('a record that does not bear our marker is never deleted, with a row or without', () => {
    fc.assert(
      fc.property(comment, fc.boolean(), (text, hasRow) => {
        const marker = parseMarker(text);
        fc.pre(marker?.owner !== ME.owner && marker?.owner !== 'old-me');
        const scene = {
          zone: [record('r1', '192.0.2.1', { comment: text })],
          claims: hasRow ? [claim('r1', '192.0.2.9')] : [],
          fates: { r1: GONE },
        };
        expect(lines(scene).filter((line) => line.startsWith('- '))).toEqual([]);
      }),
    );
  });

  test('a wanted name with a record of others gets nothing beside it', () => {
    fc.assert(
      fc.property(comment, (text) => {
        const marker = parseMarker(text);
        fc.pre(marker?.owner !== ME.owner && marker?.owner !== 'old-me');
        const scene = { wants: [want('192.0.2.5')], zone: [record('r1', '192.0.2.1', { comment: text })] };
        expect(lines(scene).filter((line) => /^[-+~] /.test(line))).toEqual([]);
        expect(lines(scene)).toContainEqual(expect.stringMatching(/^! RecordConflict/));
      }),
    );
  });

  test('and one that bears it is', () => {
    const scene = {
      zone: [record('r1', '192.0.2.9', { comment: 'record-owner-id=me 11111111:HTTPRoute/web/app' })],
      claims: [claim('r1', '192.0.2.9', { doomedAt: '2026-03-01T11:00:00.000Z', state: 'deleting' })],
      fates: { r1: GONE },
    } as const;
    expect(lines(scene)).toContainEqual(expect.stringMatching(/^- A /));
  });

  test('a megabyte of it is read in no time', () => {
    for (const unit of ['record-owner-id=', ' ', 'record-owner-id= ', 'a ', 'record-owner-id=a 11111111:'])
      expect(parseMarker(unit.repeat(60_000))?.owner ?? '').not.toBe(ME.owner);
  });
});
