import { closeSync, openSync, readSync } from 'node:fs';

/** Words of the schema that stand as text in every ledger, in its pages or still in its log. */
const SCHEMA_WORDS = 'CREATE TRIGGER history_is_never_changed';

const CHUNK = 1 << 20;

/**
 * Whether a file that SQLite cannot read was a ledger. A damaged one may be moved aside; anything else that
 * LEDGER_PATH was pointed at by mistake is not ours to touch.
 */
export function containsSchema(path: string): boolean {
  return [path, `${path}-wal`].some(fileContainsSchema);
}

function fileContainsSchema(path: string): boolean {
  const chunk = Buffer.alloc(CHUNK);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // Chunks overlap by the length of the words, so that none is missed on a border.
    for (let at = 0; ; at += CHUNK - SCHEMA_WORDS.length) {
      const read = readSync(file, chunk, 0, CHUNK, at);
      if (chunk.subarray(0, read).includes(SCHEMA_WORDS)) return true;
      if (read < CHUNK) return false;
    }
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
