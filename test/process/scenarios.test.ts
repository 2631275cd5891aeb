import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/scenarios.md'), 'utf8');

const IDS = [...Array.from({ length: 80 }, (_, n) => `S-${String(n + 1).padStart(2, '0')}`), 'S-30b'].sort();

/** What proves S-79 is a test of the chart, which has its own way of naming. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'S-79': 'name what lies outside the release namespace by that namespace',
};

const rows = [...PAGE.matchAll(/^\| (S-\d\db?) \|.*\| ([^|]*) \|$/gm)].map(([, id = '', tests = '']) => ({
  id,
  files: [...tests.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file),
}));

describe('docs/scenarios.md', () => {
  test('has every scenario once', () => {
    expect(rows.map(({ id }) => id).sort()).toEqual(IDS);
  });

  test.each(rows)('$id is proven by a test of that name in $files', ({ id, files }) => {
    expect(files).not.toEqual([]);
    for (const file of files) {
      const titles = readFileSync(resolve(import.meta.dirname, file), 'utf8')
        .split('\n')
        .filter((line) => /^\s*test\b|^\s*['`[]/.test(line))
        .join('\n');
      expect(titles).toMatch(ELSEWHERE[id] ?? new RegExp(`${id}(?!\\d|b)`));
    }
  });
});
