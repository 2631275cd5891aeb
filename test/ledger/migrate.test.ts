import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.ts';
import { readMigrations } from '../../src/ledger/migrations.ts';
import { quarantine } from '../../src/ledger/quarantine.ts';
import { aClaim, freshPath, openLedger, problem, value } from './fixture.ts';

const FIRST = join(import.meta.dirname, '../../migrations/0001-ledger.sql');

/** A copy of the migrations that a test may change. */
function migrationsBeside(path: string, more: Readonly<Record<string, string>> = {}): string {
  const directory = join(dirname(path), 'migrations');
  mkdirSync(directory, { recursive: true });
  copyFileSync(FIRST, join(directory, '0001-ledger.sql'));
  for (const [name, sql] of Object.entries(more)) writeFileSync(join(directory, name), sql);
  return directory;
}

describe('migrations', () => {
  test('make a ledger from nothing, once', () => {
    const path = freshPath();
    openLedger(path).close();
    const before = readFileSync(path);
    openLedger(path).close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('bring an older ledger forward and keep its rows; read-only does not', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    ledger.close();
    const migrations = migrationsBeside(path, {
      '0002-more.sql': "INSERT INTO meta VALUES ('second', 'yes');",
    });
    expect(problem(Ledger.open({ path, mode: 'read-only', migrations })).kind).toBe('older-version');
    const after = openLedger(path, { migrations });
    expect(after.read.claims()).toEqual([aClaim()]);
    expect(after.read.meta('second')).toBe('yes');
  });

  test('are all or nothing', () => {
    const path = freshPath();
    openLedger(path).close();
    const migrations = migrationsBeside(path, {
      '0002-more.sql': "INSERT INTO meta VALUES ('second', 'yes');",
      '0003-broken.sql': 'INSERT INTO absent VALUES (1);',
    });
    expect(problem(Ledger.open({ path, mode: 'write', migrations })).message).toContain('no such table');
    expect(openLedger(path).read.meta('second')).toBeUndefined();
  });

  test('of a newer program: refused with what to do, and the file is left as it is', () => {
    const path = freshPath();
    const migrations = migrationsBeside(path, {
      '0002-more.sql': "INSERT INTO meta VALUES ('second', 'yes');",
    });
    openLedger(path, { migrations }).close();
    const before = readFileSync(path);
    for (const mode of ['write', 'read-only'] as const) {
      const refused = problem(Ledger.open({ path, mode }));
      expect(refused.kind).toBe('newer-version');
      expect(refused.message).toContain(path);
      expect(refused.message).toContain('version 2 (0002-more.sql)');
    }
    expect(problem(quarantine(path, new Date())).kind).toBe('io');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('changed after they ran: refused', () => {
    const path = freshPath();
    openLedger(path).close();
    const migrations = migrationsBeside(path);
    writeFileSync(join(migrations, '0001-ledger.sql'), `${readFileSync(FIRST, 'utf8')}-- one word more\n`);
    const refused = problem(Ledger.open({ path, mode: 'write', migrations }));
    expect(refused.kind).toBe('altered-schema');
    expect(refused.message).toContain('0001-ledger.sql');
  });

  test('with a gap in their numbers are a broken installation', () => {
    const path = freshPath();
    const migrations = migrationsBeside(path, { '0003-late.sql': '' });
    expect(() => readMigrations(migrations)).toThrow('0003-late.sql');
    expect(existsSync(path)).toBe(false);
  });
});

describe('every schema that ever was', () => {
  const all = readMigrations();

  test.each(all.map(({ number, name }) => [name, number] as const))(
    'up to %s comes forward with its rows',
    (_, count) => {
      const path = freshPath();
      const directory = join(dirname(path), 'older');
      mkdirSync(directory);
      for (const { name, sql } of all.slice(0, count)) writeFileSync(join(directory, name), sql);
      const older = openLedger(path, { migrations: directory });
      older.close();
      // By SQL, as that version wrote it: later columns are none of its business.
      const database = new Database(path);
      database.exec(OLD_ROWS);
      database.close();
      const ledger = openLedger(path);
      expect(ledger.read.claims()).toMatchObject([
        { recordId: 'r1', name: 'app.example.com', state: 'active' },
      ]);
      expect(ledger.read.intents()).toMatchObject([{ action: 'delete', recordId: 'r1' }]);
      expect(ledger.read.history({})).toMatchObject([{ action: 'create', reason: 'new' }]);
      expect(ledger.read.meta('owner')).toBe('me');
      value(ledger.write((writer) => writer.putClaim(aClaim({ recordId: 'r2' }))));
      expect(ledger.read.claims()).toHaveLength(2);
    },
  );

  test('is refused by a program that is older, which says what to do', () => {
    const path = freshPath();
    const next = `${String(all.length + 1).padStart(4, '0')}-later.sql`;
    const later = join(dirname(path), 'later');
    mkdirSync(later);
    for (const { name, sql } of all) writeFileSync(join(later, name), sql);
    writeFileSync(join(later, next), "INSERT INTO meta VALUES ('later', 'yes');");
    openLedger(path, { migrations: later }).close();
    const refused = problem(Ledger.open({ path, mode: 'write' }));
    expect(refused.kind).toBe('newer-version');
    expect(refused.message).toMatch(
      /newer than version \d+ of this program.*Run the version that wrote it or a later one; or put back a backup/,
    );
  });
});

const OLD_ROWS = `
  INSERT INTO meta VALUES ('owner', 'me');
  INSERT INTO records (zone, zone_id, name, type, content, ttl, proxied, record_id, content_mode, state, state_reason,
    cluster, ttl_written, proxied_written, adopted, created_at, updated_at)
    VALUES ('example.com', 'z1', 'app.example.com', 'A', '203.0.113.7', 1, 0, 'r1', 'static', 'active', '', '1a2b3c4d',
      0, 0, 0, '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z');
  INSERT INTO intents (at, action, zone, zone_id, name, type, record_id)
    VALUES ('2026-03-01T12:00:00.000Z', 'delete', 'example.com', 'z1', 'app.example.com', 'A', 'r1');
  INSERT INTO history (at, action, zone, name, type, reason, holder, outcome)
    VALUES ('2026-03-01T12:00:00.000Z', 'create', 'example.com', 'app.example.com', 'A', 'new', '', 'done');
`;

test('an SQLite file of another program is refused and not changed', () => {
  const path = freshPath();
  const other = new Database(path);
  other.exec('CREATE TABLE bookmarks (url TEXT)');
  other.close();
  const before = readFileSync(path);
  expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('not-a-ledger');
  expect(readFileSync(path).equals(before)).toBe(true);
});
