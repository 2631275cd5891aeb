import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { history } from '../../src/cli/history.ts';
import { records } from '../../src/cli/records.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import { aClaim, anEntry, freshPath, openLedger, value } from '../ledger/fixture.ts';
import { runCommand } from './captured-context.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/ledger.md'), 'utf8');
/** Each command line that the page puts in SQL, with that. */
const twins = [...page.matchAll(/^### `routeflare ([^`]+)`\n+```sql\n([^`]+)```/gm)].map(
  ([, words = '', sql = '']) => [words, sql] as const,
);

function seeded(): string {
  const path = freshPath();
  const names: Hostname[] = [];
  const places = ['example.com', 'example.net'].flatMap((zoneName) =>
    ['web', 'home'].map((namespace) => ({ zoneName, namespace })),
  );
  value(
    openLedger(path).write((writer) => {
      for (const [index, { zoneName, namespace }] of places.entries()) {
        const name = `${index === 0 ? 'app' : `n${index}`}.${zoneName}` as Hostname;
        const holder = { kind: 'HTTPRoute' as const, namespace, name: 'app' };
        const state = index % 2 === 0 ? ('held' as const) : ('active' as const);
        writer.putClaim(aClaim({ recordId: `r${index}`, name, zoneName, holder, state }));
        names.push(name);
      }
      // As batches write them: many of one instant, and a limit that falls into the middle of them.
      for (let index = 0; index < 60; index += 1) {
        const at = new Date(Date.parse('2026-03-01T12:00:00Z') + Math.floor(index / 7) * 1_000).toISOString();
        writer.appendHistory(anEntry({ at, name: names[index % names.length] ?? '' }));
      }
    }),
  );
  return path;
}

test.each(twins)('%s shows what its SQL selects', async (words, sql) => {
  const path = seeded();
  const argv = words.split(' ');
  expect(parseArguments(argv).kind).toBe('command');
  const command = argv[0] === 'records' ? records : history;
  const ran = await runCommand(command, [...argv, '--output', 'json'], { LEDGER_PATH: path });
  const shown = JSON.parse(ran.out) as Readonly<Record<string, unknown>>[];
  const database = new Database(path, { readonly: true });
  const selected = database.prepare<[], Readonly<Record<string, unknown>>>(sql).all();
  database.close();
  const brief = ({ name, type, at }: Readonly<Record<string, unknown>>) => [name, type, at];
  expect(selected.map(brief)).toEqual(shown.map(brief));
  expect(selected.length).toBeGreaterThan(1);
});

test('the page has them for the filters of records and for history', () => {
  expect(twins.map(([words]) => words.split(' ').slice(0, 2).join(' '))).toEqual([
    'records --zone',
    'records --namespace',
    'records --state',
    'history app.example.com',
    'history --limit',
  ]);
});
