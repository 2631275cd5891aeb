import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Why the ledger gives nothing, closed.
 * - `corrupt`: was a ledger and is damaged, or nothing but zeros are left; the only kind that may be moved aside and rebuilt from the markers.
 * - `not-a-ledger`: another file; never touched.
 * - `newer-version`: its schema is newer than this program's.
 * - `older-version`: opened read-only, and its schema must be migrated first.
 * - `altered-schema`: its schema is not what this program's migrations make.
 * - `locked`: another process writes it.
 * - `missing`: the file (when opened read-only) or its directory is not there.
 * - `bad-row`: a row does not decode or breaks a CHECK; names table, row, column and raw value.
 * - `io`: the disk or the file system refused.
 */
export type LedgerProblemKind =
  | 'corrupt'
  | 'not-a-ledger'
  | 'newer-version'
  | 'older-version'
  | 'altered-schema'
  | 'read-only'
  | 'disk-full'
  | 'locked'
  | 'missing'
  | 'bad-row'
  | 'io';

/** `message` is whole sentences for people: path, what is wrong, and the mend. It holds no secret. */
export interface LedgerProblem {
  readonly kind: LedgerProblemKind;
  readonly path: string;
  readonly message: string;
}

const MEND: Readonly<Record<LedgerProblemKind, string>> = {
  corrupt:
    'It can be moved aside and rebuilt from the markers in Cloudflare, or a backup be put in its place.',
  'not-a-ledger':
    'Nothing was touched. Set LEDGER_PATH to another file, or move this one away: if it was the ledger, it is made again from the markers.',
  'newer-version':
    'Run the version that wrote it or a later one; or put back a backup made before the upgrade.',
  'older-version': 'Start "routeflare run" of this version once: it migrates the ledger.',
  'altered-schema':
    'Put back the migrations/ of the release, or the tables that a person changed; or run the build that wrote it.',
  'read-only':
    'Give the user that runs this the right to write the file and its directory, and mount it writable.',
  'disk-full': 'Free space on this volume or make it larger; nothing is written until then.',
  locked: 'Only one controller may use a ledger: stop the other, or wait until it has ended.',
  missing: 'Check LEDGER_PATH and that its directory exists; "routeflare run" creates the file.',
  'bad-row':
    "Mend or delete that row with sqlite3 while no controller runs; a record's row is made again from its marker.",
  io: 'Look at the volume and the kernel log; nothing is written until it can be.',
};

export function ledgerProblem(kind: LedgerProblemKind, path: string, what: string): LedgerProblem {
  return { kind, path, message: `the ledger ${path}: ${what}. ${MEND[kind]}` };
}

/** Thrown by the reading methods, which answer plain values; `Ledger.open` and `Ledger.write` make it a value. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly problem: LedgerProblem;

  constructor(problem: LedgerProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** The problem that an error of SQLite or of the file system stands for; any other error is a bug, thrown on. */
export function problemOf(error: unknown, path: string): LedgerProblem {
  if (error instanceof LedgerError) return error.problem;
  if (error instanceof Database.SqliteError) {
    const what = `${error.message} (${error.code})`;
    return ledgerProblem(kindOfSqlite(error.code, path), path, what);
  }
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
  return ledgerProblem(KIND_OF_ERRNO[String(error.code)] ?? 'io', path, error.message);
}

/** https://www.sqlite.org/rescode.html: an extended code begins with its primary one. */
function kindOfSqlite(code: string, path: string): LedgerProblemKind {
  const primary = code.split('_').slice(0, 2).join('_');
  // Where no page of the shared memory file can be had, SQLite says IOERR and not FULL.
  if (primary === 'SQLITE_IOERR') return hasNoSpace(path) ? 'disk-full' : 'io';
  return KIND_OF_SQLITE[primary] ?? 'io';
}

const KIND_OF_SQLITE: Readonly<Record<string, LedgerProblemKind>> = {
  SQLITE_FULL: 'disk-full',
  SQLITE_READONLY: 'read-only',
  SQLITE_PERM: 'read-only',
  SQLITE_CANTOPEN: 'read-only',
  SQLITE_BUSY: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_CORRUPT: 'corrupt',
  SQLITE_NOTADB: 'corrupt',
  SQLITE_CONSTRAINT: 'bad-row',
  SQLITE_ERROR: 'altered-schema',
};

const KIND_OF_ERRNO: Readonly<Record<string, LedgerProblemKind>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'not-a-ledger',
};

function hasNoSpace(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}
