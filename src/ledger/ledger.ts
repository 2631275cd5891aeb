import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { err, ok, type Result } from '../domain/result.ts';
import { backUp } from './backup.ts';
import { ClaimMirror } from './claim-mirror.ts';
import { configureWriter, openDatabase, refuseNonFile, type OpenMode } from './database.ts';
import { networkFileSystem } from './file-system.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { readMigrations } from './migrations.ts';
import { LedgerError, ledgerProblem, problemOf, type LedgerProblem } from './problem.ts';
import type { LedgerReader } from './reader.ts';
import { SqlWriter, type LedgerWriter } from './writer.ts';
import { WriterLock } from './writer-lock.ts';

export interface LedgerOptions {
  readonly path: string;
  /** `write` makes the file, migrates it and keeps every other writer out; `read-only` changes nothing. */
  readonly mode: OpenMode;
  /** Where the numbered `.sql` files are; else those of this program. */
  readonly migrations?: string;
  /** Most pages of 4 KiB that the file may grow to; SQLite's own limit otherwise. */
  readonly maxPages?: number;
  /** The name of the network file system under a directory, if it is one; else the system is asked. */
  readonly networkOf?: (directory: string) => string | undefined;
}

/** The ledger, open. Reads go through `read`; only a transaction hands out a writer. */
export class Ledger implements Disposable {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly read: LedgerReader;
  /** The network file system it lies on; then no other process can open it while it is written. */
  readonly network: string | undefined;
  readonly #database: Database.Database;
  readonly #mirror: ClaimMirror;
  readonly #writer: SqlWriter;
  readonly #lock: WriterLock | undefined;

  private constructor(
    path: string,
    database: Database.Database,
    lock: WriterLock | undefined,
    network: string | undefined,
  ) {
    this.path = path;
    this.network = network;
    this.#database = database;
    this.#lock = lock;
    this.#mirror = new ClaimMirror(database, path);
    this.#writer = new SqlWriter(database, path);
    this.read = this.#mirror;
  }

  /**
   * Opens, checks and (mode `write`) migrates. Every claim, intent and egress row is decoded once, so that a bad
   * row is told here and not on some later pass.
   */
  static open(options: LedgerOptions): Result<Ledger, LedgerProblem> {
    const path = realPath(options.path);
    let lock: WriterLock | undefined;
    let database: Database.Database | undefined;
    try {
      const migrations = readMigrations(options.migrations);
      refuseNonFile(path, options.mode);
      if (options.mode === 'write') lock = take(WriterLock.take(path));
      const network = (options.networkOf ?? networkFileSystem)(dirname(path));
      const isNetwork = network !== undefined;
      database = openDatabase(path, options.mode, isNetwork);
      const behind = pendingMigrations(database, path, migrations).length > 0;
      if (options.mode === 'write') {
        configureWriter(database, isNetwork);
        if (options.maxPages !== undefined) database.pragma(`max_page_count = ${options.maxPages}`);
        if (behind) migrate(database, path, migrations, new Date());
      } else if (behind) {
        throw new LedgerError(ledgerProblem('older-version', path, 'its schema is older than this program'));
      }
      const ledger = new Ledger(path, database, lock, network);
      ledger.read.claims();
      ledger.read.intents();
      ledger.read.egress();
      return ok(ledger);
    } catch (error) {
      database?.close();
      lock?.[Symbol.dispose]();
      return err(problemOf(error, path));
    }
  }

  /**
   * Runs `fn` in one IMMEDIATE transaction: all of it is on the disk when this answers, or nothing is.
   * @param fn synchronous; what it throws rolls back and is thrown on, unless it stands for a LedgerProblem
   */
  write<T>(fn: (writer: LedgerWriter) => T): Result<T, LedgerProblem> {
    if (this.#lock === undefined) {
      return err(ledgerProblem('read-only', this.path, 'it was opened for reading only'));
    }
    if (this.#database.inTransaction) throw new Error('Ledger.write was called inside of another');
    const writer = this.#writer;
    try {
      const value = this.#database
        .transaction(() => {
          const result = fn(writer);
          writer.prune();
          return result;
        })
        .immediate();
      this.#mirror.refresh(writer.takeTouched());
      return ok(value);
    } catch (error) {
      writer.takeTouched();
      this.#mirror.forget();
      return err(problemOf(error, this.path));
    }
  }

  /** A consistent copy while it is used; replaces `destination` only once the copy is whole and sound. */
  backup(destination: string): Promise<Result<void, LedgerProblem>> {
    return backUp(this.#database, this.path, resolve(destination));
  }

  close(): void {
    this.#database.close();
    this.#lock?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Lock and log lie beside the file itself, so two links to one ledger must be one path. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function take<T>(result: Result<T, LedgerProblem>): T {
  if (result.ok) return result.value;
  throw new LedgerError(result.error);
}
