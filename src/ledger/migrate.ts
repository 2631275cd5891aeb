import type Database from 'better-sqlite3';
import { Cells } from './cells.ts';
import type { Migration } from './migrations.ts';
import { LedgerError, ledgerProblem } from './problem.ts';

/** What `PRAGMA application_id` says of a ledger: "RtFl". Written by the first migration. */
const APPLICATION_ID = 0x5274_466c;

/**
 * Brings the schema to the newest migration, forward only, all of it or nothing.
 * @throws LedgerError of kind `not-a-ledger`, `newer-version` or `altered-schema`; nothing was written then.
 */
export function migrate(
  database: Database.Database,
  path: string,
  migrations: readonly Migration[],
  now: Date,
): void {
  // Looked at under the write lock, so that two programs never migrate the same file.
  database
    .transaction(() => {
      for (const migration of pendingMigrations(database, path, migrations)) {
        database.exec(migration.sql);
        database
          .prepare('INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)')
          .run(migration.number, migration.name, migration.checksum, now.toISOString());
      }
    })
    .immediate();
}

/** The migrations that a file still needs. */
export function pendingMigrations(
  database: Database.Database,
  path: string,
  migrations: readonly Migration[],
): readonly Migration[] {
  if (isEmpty(database)) return migrations;
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new LedgerError(ledgerProblem('not-a-ledger', path, 'it is an SQLite file of another program'));
  }
  const applied = database
    .prepare<[], Record<string, unknown>>(
      'SELECT number AS id, number, name, checksum FROM migrations ORDER BY number',
    )
    .all()
    .map((row) => {
      const cells = new Cells(path, 'migrations', row);
      return { number: cells.integer('number'), name: cells.text('name'), checksum: cells.text('checksum') };
    });
  for (const { number, name, checksum } of applied) {
    const ours = migrations.find((migration) => migration.number === number);
    if (ours === undefined) {
      const what = `its schema is version ${applied.length} (${name}), newer than version ${migrations.length} of this program`;
      throw new LedgerError(ledgerProblem('newer-version', path, what));
    }
    if (ours.checksum !== checksum) {
      const what = `its migration ${name} is not the ${ours.name} of this program (checksums differ)`;
      throw new LedgerError(ledgerProblem('altered-schema', path, what));
    }
  }
  return migrations.slice(applied.length);
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}
