import { closeSync, openSync, readSync } from 'node:fs';

/** Words of the schema that stand as text in every ledger, in its pages or still in its log. */
const SCHEMA_WORDS = 'CREATE TRIGGER history_is_never_changed';

const CHUNK = 1 << 20;
const ZEROS = Buffer.alloc(CHUNK);

/**
 * Whether a file that SQLite cannot read was a ledger, or holds nothing but zeros: what a power cut leaves of a file
 * whose size had reached the disk before its content, and nothing of anybody's. Such a one may be moved aside;
 * anything else that LEDGER_PATH was pointed at by mistake is not ours to touch.
 */
export function isDamagedLedger(path: string): boolean {
  try {
    return isNothingButZeros(path) || [path, `${path}-wal`].some(containsSchema);
  } catch {
    return false;
  }
}

/** A file that is not there contains nothing. */
function containsSchema(path: string): boolean {
  try {
    return chunksOf(path).some((chunk) => chunk.includes(SCHEMA_WORDS));
  } catch {
    return false;
  }
}

/** @throws when it cannot be read: then nobody knows */
function isNothingButZeros(path: string): boolean {
  return chunksOf(path).every((chunk) => chunk.equals(ZEROS.subarray(0, chunk.length)));
}

/** The bytes of a file, by parts that overlap by the length of the words, so that none is missed on a border. */
function* chunksOf(path: string): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK);
  const file = openSync(path, 'r');
  try {
    for (let at = 0; ; at += CHUNK - SCHEMA_WORDS.length) {
      const read = readSync(file, chunk, 0, CHUNK, at);
      yield chunk.subarray(0, read);
      if (read < CHUNK) return;
    }
  } finally {
    closeSync(file);
  }
}
