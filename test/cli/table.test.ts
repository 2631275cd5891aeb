import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paintFor, plainPaint } from '../../src/cli/colour.ts';
import { elide, renderTable } from '../../src/cli/table.ts';

const COLUMNS = [{ title: 'NAME', shrinkTo: 10 }, { title: 'TYPE' }, { title: 'CONTENT', shrinkTo: 8 }];

describe('renderTable', () => {
  it('aligns columns and leaves no blanks at the end of a line', () => {
    const rows = [
      ['app.example.com', 'A', '198.51.100.7'],
      ['a.example.com', 'CNAME', ''],
      ['b.example.com'],
    ];
    expect(renderTable(COLUMNS, rows, { width: 80 })).toBe(
      [
        'NAME             TYPE   CONTENT',
        'app.example.com  A      198.51.100.7',
        'a.example.com    CNAME',
        'b.example.com',
        '',
      ].join('\n'),
    );
  });

  it('shortens the widest cells in the middle, and never a column that must be whole', () => {
    const rows = [['a-very-long-name-indeed.apps.example.com', 'CNAME', 'target.example.net']];
    expect(renderTable(COLUMNS, rows, { width: 40 })).toBe(
      ['NAME             TYPE   CONTENT', 'a-very-…ple.com  CNAME  target.e…ple.net', ''].join('\n'),
    );
  });

  it('keeps to the width while the least widths allow it', () => {
    const cell = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, fc.constantFrom('A', 'AAAA', 'CNAME'), cell)), (rows) => {
        const lines = renderTable(COLUMNS, rows, { width: 40 }).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it('does not count colours', () => {
    const paint = paintFor({ FORCE_COLOR: '1' }, false);
    const rows = [
      [{ text: 'ok', style: 'green' as const }, 'A', 'x'],
      ['longer', 'A', 'y'],
    ];
    // oxlint-disable-next-line no-control-regex -- what colours are made of
    const bare = renderTable(COLUMNS, rows, { width: 80, paint }).replace(/\u001B\[\d+m/g, '');
    expect(bare).toBe(renderTable(COLUMNS, rows, { width: 80 }));
  });

  it('lets nothing through that steers a terminal', () => {
    const text = renderTable(COLUMNS, [['\u001B[31mred\n\u202Etxt', 'A', '\u009B2J']], { width: 80 });
    expect(text.split('\n')[1]).toBe('\uFFFD[31mred \uFFFDtxt  A     \uFFFD2J');
  });
});

describe('elide', () => {
  it.each([
    ['abcdefgh', 8, 'abcdefgh'],
    ['abcdefgh', 7, 'abc…fgh'],
    ['abcdefgh', 4, 'ab…h'],
    ['abcdefgh', 1, 'a'],
    ['a👍b👍c👍', 5, 'a👍…c👍'],
  ])('%s in %d is %s', (text, width, shown) => {
    expect(elide(text, width)).toBe(shown);
  });
});

describe('paintFor', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%j on a terminal: %s gives colour: %s', (env, isTTY, coloured) => {
    expect(paintFor(env, isTTY)('red', 'x') !== plainPaint('red', 'x')).toBe(coloured);
  });
});
