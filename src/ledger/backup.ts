import { existsSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { err, ok, type Result } from '../domain/result.ts';
import { problemOf, type LedgerProblem, type LedgerProblemKind } from './problem.ts';

/** SQLite's online backup goes on while its own connection writes: https://www.sqlite.org/backup.html */
const PAGES_A_STEP = 256;
/** A reader's copy would start anew with each write of the controller's, so it is made in one step. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies an open ledger to `destination` (absolute), which is replaced only by a copy that is whole, sound and
 * synced. The copy is one plain file, without the -wal and -shm of the original.
 */
export async function backUp(
  database: Database.Database,
  path: string,
  destination: string,
): Promise<Result<void, LedgerProblem>> {
  const refused = (kind: LedgerProblemKind, why: string): Result<never, LedgerProblem> =>
    err({ kind, path: destination, message: `no backup of ${path} was written to ${destination}: ${why}` });
  if (!existsSync(dirname(destination))) return refused('missing', 'its directory does not exist');
  if (isInUse(path, destination)) return refused('locked', 'that is the ledger itself');
  const partial = `${destination}.partial-${process.pid}`;
  try {
    await database.backup(partial, { progress: () => (database.readonly ? ALL_PAGES : PAGES_A_STEP) });
    const flaw = settle(partial);
    if (flaw !== 'ok') return refused('corrupt', `the copy is damaged (${flaw})`);
    await sync(partial);
    await rename(partial, destination);
    await sync(dirname(destination));
    return ok(undefined);
  } catch (error) {
    if (!database.open) return refused('io', 'the ledger was closed meanwhile');
    return refused(
      problemOf(error, destination).kind,
      error instanceof Error ? error.message : String(error),
    );
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${suffix}`, { force: true });
  }
}

/** Ends WAL mode, which the copy has from the original, and answers SQLite's verdict on it. */
function settle(path: string): string {
  const copy = new Database(path);
  try {
    copy.pragma('journal_mode = DELETE');
    return String(copy.pragma('quick_check(1)', { simple: true }));
  } finally {
    copy.close();
  }
}

function isInUse(path: string, destination: string): boolean {
  const target = statSync(destination, { throwIfNoEntry: false });
  if (target === undefined) return false;
  return ['', '-wal', '-shm', '.lock'].some((suffix) => {
    const used = statSync(`${path}${suffix}`, { throwIfNoEntry: false });
    return used?.ino === target.ino && used.dev === target.dev;
  });
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
