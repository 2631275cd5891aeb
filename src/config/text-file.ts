import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '../domain/result.ts';

/** Reading small text files, as an argument so that tests need no disk. */
export interface TextFiles {
  /** The whole text, or why not, in words that hold nothing of it. */
  read(path: string): Result<string, string>;
  /** Differs when the file was replaced or changed; `undefined` when it cannot be looked at. */
  stamp(path: string): string | undefined;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'it is a directory',
};

/** The disk. */
export const diskFiles: TextFiles = {
  read(path) {
    try {
      return ok(readFileSync(path, 'utf8'));
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
      return err(WORDS[code] ?? `the file cannot be read (${code})`);
    }
  },
  stamp(path) {
    try {
      const { dev, ino, mtimeNs, size } = statSync(path, { bigint: true });
      return `${dev}:${ino}:${mtimeNs}:${size}`;
    } catch {
      return undefined;
    }
  },
};
