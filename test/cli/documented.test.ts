import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CHECK_NAMES } from '../../src/desired/trace.ts';
import { FINDING_KINDS } from '../../src/plan/audit.ts';

/** The words of the first column, options left out, of a command's tables in docs/commands.md. */
function wordsOf(command: string): string[] {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/commands.md'), 'utf8');
  const section = page.split(`\n## ${command}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([a-z][a-z -]*)` \|/gm)].map((row) => row[1] ?? '');
}

test('commands says what each finding of audit means', () => {
  expect(wordsOf('audit').toSorted()).toEqual([...FINDING_KINDS].toSorted());
});

test('commands says what each check of explain asks, in their order', () => {
  const own = ['uninstall', 'ledger', 'cloudflare', 'last write', 'plan', 'audit'];
  expect(wordsOf('explain')).toEqual([...CHECK_NAMES, ...own]);
});
