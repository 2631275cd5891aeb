import Database from 'better-sqlite3';
import { err, ok, type Result } from '../domain/result.ts';
import { ledgerProblem, problemOf, type LedgerProblem } from './problem.ts';

/**
 * Lets one process write a ledger, for as long as it lives. The lock is SQLite's own on a file beside it
 * (`<ledger>.lock`): the kernel lets go of it however the process ends, readers of the ledger never meet it, and it
 * works wherever the ledger's own locks do. The file stays: deleting a lock file races with its next user.
 */
export class WriterLock implements Disposable {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** @param ledgerPath absolute. Answers at once; a lock that is held is the problem `locked`. */
  static take(ledgerPath: string): Result<WriterLock, LedgerProblem> {
    let database: Database.Database | undefined;
    try {
      database = new Database(`${ledgerPath}.lock`, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return ok(new WriterLock(database));
    } catch (error) {
      database?.close();
      const problem = problemOf(error, ledgerPath);
      if (problem.kind === 'locked') {
        return err(ledgerProblem('locked', ledgerPath, 'another process is writing it'));
      }
      // Damage to the lock file says nothing about the ledger, so it must not read as `corrupt`.
      const kind = problem.kind === 'corrupt' ? 'not-a-ledger' : problem.kind;
      return err(
        ledgerProblem(kind, ledgerPath, `its lock file ${ledgerPath}.lock cannot be used: ${reason(error)}`),
      );
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
