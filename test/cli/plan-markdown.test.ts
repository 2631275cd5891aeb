import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMMENT_MARKER, planMarkdown, shortened } from '../../src/cli/plan-markdown.ts';
import type { PlanLine } from '../../src/plan/describe.ts';

const LINE: PlanLine = {
  sign: '+',
  zone: 'example.com',
  name: 'a.example.com',
  type: 'A',
  from: '',
  to: '192.0.2.1',
  source: 'HTTPRoute/web/a',
  reason: 'new',
};

test.each([
  ['203.0.113.10', '203.0.…'],
  ['203.0.113.10, proxied', '203.0.…, proxied'],
  ['2001:db8:1:2::3', '2001:db8:…'],
  ['the address 2001:db8::1, or ::1.', 'the address 2001:db8:…, or ::….'],
  ['it was 203.0.113.10.', 'it was 203.0.….'],
  ['203.0.113.10.nip.io', '203.0.113.10.nip.io'],
  ['routeflare 1.2.3 at 12:30:45', 'routeflare 1.2.3 at 12:30:45'],
])('%s is shortened to %s', (text, expected) => {
  expect(shortened(text)).toBe(expected);
});

test('no line reads as markup, a mention or a row of its own', () => {
  const text = planMarkdown(
    [{ ...LINE, reason: '"@team |\n<img src=x> [a](https://x)"', source: '`a|b`' }],
    [],
    { showAddresses: true },
  );
  const row = text.split('\n').filter((line) => line.startsWith('| create'));
  expect(row).toHaveLength(1);
  expect(row[0]?.split(/(?<!\\)\|/)).toHaveLength(9);
  expect(text).not.toMatch(/@team|<img|https:\/\/|(?<!\\)\[a/);
});

test('nothing of others steers a terminal or hides: each such character is replaced', () => {
  const bad = 'x\u001B[2J\u0000\u202Ey\u200B';
  const change: PlanLine = { ...LINE, name: bad, from: bad, to: bad, source: bad, reason: bad };
  const text = planMarkdown([change, { ...change, sign: '!' }], [bad], { showAddresses: false });
  // oxlint-disable-next-line no-control-regex -- these must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E\u200B]/);
  expect(text.split('x\uFFFD')).toHaveLength(1 + 5 + 3 + 1);
});

test('a plan of any size fits a comment', () => {
  const text = planMarkdown(
    Array.from({ length: 5000 }, () => LINE),
    [],
    { showAddresses: false },
  );
  expect(text.length).toBeLessThan(65_536);
  expect(text).toContain('… and 4800 more');
});

test('nothing to do is said, so that a comment from before does not stand', () => {
  expect(planMarkdown([], [], { showAddresses: false })).toBe(
    `${COMMENT_MARKER}\n### DNS records\n\nNothing changes.\n`,
  );
});

test('the example for a pull request finds its comment by the marker', () => {
  const path = new URL('../../examples/ci/github-pull-request.yaml', import.meta.url);
  const text = readFileSync(path, 'utf8');
  expect(parse(text)).toHaveProperty('jobs.plan.steps');
  expect(text).toContain(`startswith("${COMMENT_MARKER}")`);
});
