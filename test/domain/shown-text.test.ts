import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapedLine, quoted, shownText } from '../../src/domain/shown-text.ts';

/** Whatever steers a terminal, hides or turns text; the joiners, which emoji are made with, do none of that. */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('\u001b[2J', '\u009b', '\r\n', '\u202e', '\u2028', 'a', '\ud800', '\\', '"'),
  }),
);

describe('shownText', () => {
  test('leaves nothing that steers, hides or ends a line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(shownText(text)).not.toMatch(HARMFUL);
      }),
    );
  });

  test('leaves what people write', () => {
    const text = 'Grüße, 日本, שלום, 👩‍💻 and "quotes" <b>';
    expect(shownText(text)).toBe(text);
  });

  test('makes breaks of lines blanks, and each other a mark', () => {
    expect(shownText('one\r\ntwo\tthree\u0000\u001b[31m\u202e')).toBe('one two three\uFFFD\uFFFD[31m\uFFFD');
  });
});

describe('escapedLine', () => {
  test('is one line of the same JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (fields) => {
        const line = escapedLine(`${JSON.stringify(fields)}\n`);
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(HARMFUL);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(fields)));
      }),
    );
  });
});

describe('quoted', () => {
  test('repeats a value, and of a long one only its beginning and its length', () => {
    expect(quoted('yes')).toBe('"yes"');
    const long = quoted('x'.repeat(1_000_000));
    expect(long.length).toBeLessThan(350);
    expect(long).toContain('(1000000 characters)');
  });
});
