import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { isDamagedLedger } from './evidence.ts';
import { LedgerError, ledgerProblem, problemOf } from './problem.ts';
import { isBetweenTransactions, wholeCopy } from './whole-copy.ts';

export type OpenMode = 'write' | 'read-only';

/** How long a call waits for a lock, in milliseconds. It blocks the event loop, so it is short. */
const BUSY_TIMEOUT = 2_000;

/**
 * Opens the SQLite file and makes sure that it is sound; a file that is not there is made in mode `write`. Nothing
 * is written yet: whose file it is comes first (`pendingMigrations`), then `configureWriter`.
 * @param path absolute
 * @param network whether the file lies on a network file system
 * @throws LedgerError
 */
export function openDatabase(path: string, mode: OpenMode, network: boolean): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = connect(path, mode, network);
    // The claims are kept in memory already; the default page cache is 16 MiB.
    database.pragma('cache_size = -1024');
    checkIntegrity(database, path);
    return database;
  } catch (error) {
    database?.close();
    const problem = problemOf(error, path);
    if (problem.kind === 'corrupt' && !isDamagedLedger(path)) {
      throw new LedgerError(
        ledgerProblem('not-a-ledger', path, 'it is not an SQLite file that ever was a ledger'),
        {
          cause: error,
        },
      );
    }
    throw new LedgerError(problem, { cause: error });
  }
}

/**
 * Refuses a path that cannot be a ledger, before anything is put beside it.
 * @throws LedgerError
 */
export function refuseNonFile(path: string, mode: OpenMode): void {
  if (!existsSync(dirname(path))) {
    throw new LedgerError(ledgerProblem('missing', path, 'its directory does not exist'));
  }
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined && mode === 'read-only') {
    throw new LedgerError(ledgerProblem('missing', path, 'there is no such file'));
  }
  if (found !== undefined && !found.isFile()) {
    throw new LedgerError(ledgerProblem('not-a-ledger', path, 'it is not a regular file'));
  }
}

function connect(path: string, mode: OpenMode, network: boolean): Database.Database {
  if (mode === 'write') {
    const database = new Database(path, { timeout: BUSY_TIMEOUT });
    // Before the first read: then not even a file in WAL mode makes shared memory, which machines do not share.
    // https://www.sqlite.org/wal.html#noshm
    if (network) database.pragma('locking_mode = EXCLUSIVE');
    return database;
  }
  // Reading a file in WAL mode makes a -wal and a -shm, which a dry run must not and a read-only volume cannot.
  // Where there is none nobody writes, and the file alone is the whole truth. On a network file system the writer
  // lets nobody else in: there, too, the file is read as it is between two transactions.
  // https://www.sqlite.org/wal.html#read_only_databases
  const alone = network || isBetweenTransactions(path);
  const bytes = alone && statSync(path).size > 0 ? wholeCopy(path) : undefined;
  if (bytes !== undefined) return openInMemory(bytes);
  return new Database(path, { timeout: BUSY_TIMEOUT, readonly: true });
}

/** A copy in memory, its header set from WAL to rollback mode: https://www.sqlite.org/c3ref/deserialize.html */
function openInMemory(bytes: Buffer): Database.Database {
  if (bytes.length >= 20) bytes.fill(1, 18, 20);
  return new Database(bytes, { readonly: true });
}

/** Sets up the connection of the one writer. */
export function configureWriter(database: Database.Database, network: boolean): void {
  // Readers (commands, a person with sqlite3) and the writer do not wait for each other. The log's shared memory
  // works on one machine only: on the network a rollback journal, cut to nothing after each commit.
  database.pragma(`journal_mode = ${network ? 'TRUNCATE' : 'WAL'}`);
  // In WAL mode NORMAL may lose the last commits with the power. An intent must be on the disk before its request
  // leaves, so each commit is synced; they are few, one for a batch.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('journal_size_limit = 8388608');
}

/** All pages and CHECKs, indexes excepted: about 3 ms for each 1,000 rows, so only a full history is felt. */
function checkIntegrity(database: Database.Database, path: string): void {
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') {
    throw new LedgerError(ledgerProblem('corrupt', path, `it is damaged (${String(verdict)})`));
  }
}
