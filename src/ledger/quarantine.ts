import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../domain/result.ts';
import { openDatabase, refuseNonFile } from './database.ts';
import { networkFileSystem } from './file-system.ts';
import { realPath } from './ledger.ts';
import { ledgerProblem, problemOf, type LedgerProblem } from './problem.ts';
import { WriterLock } from './writer-lock.ts';

/**
 * Moves a corrupt ledger, log included, to `<path>.corrupt-<time>`; nothing is deleted. For the caller who has seen
 * the problem `corrupt` and can rebuild from the markers. The damage is looked for again under the writer's lock:
 * a file that is newer, locked, read-only, not a ledger or sound stays where it is.
 * @returns where the file lies now
 */
export function quarantine(path: string, now: Date): Result<string, LedgerProblem> {
  const ledger = realPath(path);
  let lock: Result<WriterLock, LedgerProblem> | undefined;
  try {
    refuseNonFile(ledger, 'read-only');
    lock = WriterLock.take(ledger);
    if (!lock.ok) return lock;
    const found = damage(ledger);
    if (found === undefined) {
      return err(ledgerProblem('io', ledger, 'it passes its integrity check now, so it was not moved aside'));
    }
    if (found.kind !== 'corrupt') return err(found);
    const aside = `${ledger}.corrupt-${now.toISOString().replaceAll(':', '-')}`;
    // The main file goes first: SQLite drops a log that lies beside an empty or missing file, but would replay it
    // over another one, and a main file without its log could pass for a sound, older ledger.
    renameSync(ledger, aside);
    // A journal left beside would be rolled back into the file that takes its place.
    for (const suffix of ['-wal', '-shm', '-journal'])
      renameIfThere(`${ledger}${suffix}`, `${aside}${suffix}`);
    return ok(aside);
  } catch (error) {
    return err(problemOf(error, ledger));
  } finally {
    if (lock?.ok) lock.value[Symbol.dispose]();
  }
}

function damage(path: string): LedgerProblem | undefined {
  try {
    const database = openDatabase(path, 'read-only', networkFileSystem(dirname(path)) !== undefined);
    try {
      const verdict = database.pragma('integrity_check(1)', { simple: true });
      return verdict === 'ok'
        ? undefined
        : ledgerProblem('corrupt', path, `it is damaged (${String(verdict)})`);
    } finally {
      database.close();
    }
  } catch (error) {
    return problemOf(error, path);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
