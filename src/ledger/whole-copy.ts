import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** Where SQLite counts its transactions: https://www.sqlite.org/fileformat.html#file_change_counter */
const COUNTER = { at: 24, length: 4 };
const TRIES = 50;
const PAUSE_MS = 20;

/**
 * The bytes of a database between two transactions, read without a lock: for a file that its writer keeps to
 * itself, or that nobody writes. `undefined` when it is being written all the time, or a crash left a transaction
 * that is to be rolled back first.
 */
export function wholeCopy(path: string): Buffer | undefined {
  for (let round = 0; round < TRIES; round += 1) {
    const counter = counterOf(path);
    if (isBetweenTransactions(path)) {
      const bytes = readFileSync(path);
      const inBytes = bytes.toString('hex', COUNTER.at, COUNTER.at + COUNTER.length);
      // In this order: a transaction that began before the second look is seen by it, one that ended by the counter.
      if (isBetweenTransactions(path) && counterOf(path) === counter && inBytes === counter) return bytes;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  return undefined;
}

/** Whether all that was written is in the file itself: no log beside it, and no rollback journal in use. */
export function isBetweenTransactions(path: string): boolean {
  if (statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined) return false;
  return (statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

function counterOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(COUNTER.length);
    readSync(file, bytes, 0, COUNTER.length, COUNTER.at);
    return bytes.toString('hex');
  } finally {
    closeSync(file);
  }
}
