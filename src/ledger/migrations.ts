import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered file of `migrations/`. `checksum` is the SHA-256 of its bytes, in hex. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const FILE = /^(?<number>[0-9]{4})-[a-z0-9-]+\.sql$/;

/**
 * Reads the migrations in order. They are part of the program: a directory that is missing, empty or has a gap is
 * thrown, as a broken installation.
 */
export function readMigrations(directory: string = migrationsDirectory()): readonly Migration[] {
  const migrations = readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const number = FILE.exec(name)?.groups?.['number'];
      if (number === undefined) return [];
      const sql = readFileSync(join(directory, name), 'utf8');
      return [
        { number: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') },
      ];
    });
  if (migrations.length === 0) throw new Error(`no migrations in ${directory}`);
  const gap = migrations.find((migration, index) => migration.number !== index + 1);
  if (gap !== undefined) throw new Error(`${gap.name} in ${directory} does not follow the number before it`);
  return migrations;
}

/** `dist/migrations` seen from the bundle or one of its chunks; the repository's from `src/ledger`. */
function migrationsDirectory(): string {
  const candidates = ['./migrations', '../migrations', '../../migrations'].map((relative) =>
    join(import.meta.dirname, relative),
  );
  const found = candidates.find((candidate) => existsSync(join(candidate, '0001-ledger.sql')));
  if (found === undefined) throw new Error(`no migrations beside ${import.meta.dirname}`);
  return found;
}
