import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLOUDFLARE_ROUTES } from '../../src/sandbox/cloudflare-routes.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/cloudflare-double.md'), 'utf8');

interface Row {
  readonly line: string;
  readonly what: string;
  readonly double: string;
  readonly source: string;
  readonly test: string;
}

const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (what|---) \|/.test(line))
  .map((line) => {
    const [what = '', double = '', source = '', test = ''] = line.slice(2, -2).split(' | ');
    return { line, what, double, source, test };
  });

/** Every code that the sources of the double can answer. */
const codes = new Set(
  globSync('src/sandbox/*cloudflare*.ts', { cwd: ROOT }).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const given =
      /Refusal\(\s*\d{3},\s*([\d_]+)|(?:invalid\w+|hostTaken)\(\s*([\d_]+)|code(?::| \?\?) ([\d_]+)/g;
    return [...text.matchAll(given)].map((found) => found.slice(1).join('').replaceAll('_', ''));
  }),
);

describe('the table of what the double of Cloudflare does', () => {
  test('was read, and so were the codes', () => {
    expect(rows.length).toBeGreaterThan(60);
    for (const code of ['0', '971', '6111', '9207', '10000', '10001', '81058']) expect(codes).toContain(code);
  });

  test('has four cells in each row', () => {
    expect(rows.filter(({ line }) => line.split(' | ').length !== 4).map(({ line }) => line)).toEqual([]);
  });

  test('has a source that is linked, or says that it is assumed', () => {
    const linked = new Set([...page.matchAll(/^\[([^\]]+)\]: https:\/\//gm)].map(([, name]) => name));
    const wrong = rows.filter(({ source }) => {
      const names = [...source.matchAll(/\[([^\]]+)\](?:\[([^\]]+)\])?/g)].map(
        ([, text, name]) => name ?? text,
      );
      return names.some((name) => !linked.has(name)) || (names.length === 0 && !source.startsWith('assumed'));
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  test('names tests that are there', () => {
    const wrong = rows.filter(({ test }) => {
      if (test === 'not played by any test') return false;
      const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
      const path = join(ROOT, `test/${file}.test.ts`);
      return title === '' || !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${title}'`);
    });
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  test('has a row for every code that the double can answer', () => {
    const said = rows.map(({ what, double }) => `${what} ${double}`).join('\n');
    const missing = [...codes].filter((code) => !said.includes(`**${code}**`));
    expect(missing).toEqual([]);
  });

  test('names no code as answered that the double lacks', () => {
    const said = rows.flatMap(({ what, double }) => [...`${what} ${double}`.matchAll(/\*\*(\d+)\*\*/g)]);
    expect(said.map(([, code]) => code).filter((code) => !codes.has(code ?? ''))).toEqual([]);
  });

  test('has a row for every route', () => {
    const said = rows.map(({ what }) => what).join('\n');
    expect(Object.keys(CLOUDFLARE_ROUTES).filter((route) => !said.includes(`\`${route}\``))).toEqual([]);
  });
});
