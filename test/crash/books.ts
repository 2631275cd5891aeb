import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Batch, Effect, WriteKind } from './judge.ts';

interface Row {
  readonly record_id: string;
  readonly zone_id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly state: string;
}

interface Intent {
  readonly action: string;
  readonly zone_id: string;
  readonly name: string;
  readonly type: string;
  readonly record_id: string | null;
}

interface Entry {
  readonly action: string;
  readonly name: string;
  readonly type: string;
  readonly reason: string;
  readonly outcome: string;
}

/** A ledger as a process left it; read from a copy, so that the next start still finds what the kill left. */
export interface Books {
  /** What SQLite finds wrong; empty where nothing is. */
  readonly damage: readonly string[];
  readonly records: readonly Row[];
  readonly intents: readonly Intent[];
  readonly history: readonly Entry[];
}

/** `undefined` while there is no ledger with a schema yet. */
export function readBooks(path: string): Books | undefined {
  if (!existsSync(path)) return undefined;
  const directory = mkdtempSync(`${path}.copy-`);
  try {
    const copy = join(directory, 'ledger.db');
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
    }
    const database = new Database(copy);
    try {
      return booksOf(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function booksOf(database: Database.Database): Books | undefined {
  const damage = (database.pragma('integrity_check') as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok');
  const made = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'history'").get() !== undefined;
  if (!made) return damage.length === 0 ? undefined : { damage, records: [], intents: [], history: [] };
  const all = <T>(table: string): T[] => database.prepare<[], T>(`SELECT * FROM ${table} ORDER BY id`).all();
  return {
    damage,
    records: all<Row>('records'),
    intents: all<Intent>('intents'),
    history: all<Entry>('history'),
  };
}

/** Makes every open intent as old as if the program had stayed down for long. */
export function ageIntents(path: string): void {
  const database = new Database(path);
  try {
    database.exec("UPDATE intents SET at = '2026-01-01T00:00:00.000Z'");
  } finally {
    database.close();
  }
}

/** Writes of a batch that the ledger does not tell of, neither as begun nor as ended. */
export function untold(batch: Batch, before: readonly Entry[], after: Books): string[] {
  const fresh = after.history.slice(before.length);
  const begun = after.intents.filter((intent) => intent.zone_id === batch.zoneId);
  const ended = (kinds: readonly string[], name?: string) =>
    fresh.some((entry) => kinds.includes(entry.action) && (name === undefined || entry.name === name));
  return [
    ...batch.posts
      .filter(({ name, type }) => {
        const intended = begun.some((i) => i.action === 'create' && i.name === name && i.type === type);
        return !intended && !ended(['create', 'settle'], name);
      })
      .map(({ name, type }) => `create of ${type} ${name}`),
    ...[...batch.patches, ...batch.deletes]
      .filter(({ id }) => !begun.some((intent) => intent.record_id === id))
      .filter(() => !ended(['update', 'adopt', 'release', 'delete', 'settle']))
      .map(({ id }) => `change of ${id}`),
  ];
}

/** Compares what took effect at Cloudflare with what the history says: each write once, none made up. */
export function unaccounted(effects: readonly Effect[], { history, intents }: Books): string[] {
  const applied = counts(effects.map((effect) => keyOf(effect.kind, effect)));
  const done = counts(
    history.flatMap((entry) => {
      const kind = KIND[entry.action];
      return kind === undefined || entry.outcome !== 'done' ? [] : [keyOf(kind, entry)];
    }),
  );
  const settled = counts([
    ...history.flatMap((entry) => {
      const kind = entry.action === 'settle' ? KIND[entry.reason.split(' ', 1)[0] ?? ''] : undefined;
      return kind === undefined ? [] : [keyOf(kind, entry)];
    }),
    ...intents.flatMap((intent) => {
      const kind = KIND[intent.action];
      return kind === undefined ? [] : [keyOf(kind, intent)];
    }),
  ]);
  const missing = [...applied]
    .filter(([key, count]) => count > (done.get(key) ?? 0) + (settled.get(key) ?? 0))
    .map(([key, count]) => `${key}: ${count} times at Cloudflare, less often in the history`);
  const madeUp = [...done]
    .filter(([key, count]) => count > (applied.get(key) ?? 0))
    .map(([key, count]) => `${key}: ${count} times in the history, less often at Cloudflare`);
  return [...missing, ...madeUp];
}

/** Without `release`: what a person took from us is given up by the ledger alone. */
const KIND: Readonly<Partial<Record<string, WriteKind>>> = {
  create: 'create',
  update: 'update',
  adopt: 'update',
  delete: 'delete',
};

function keyOf(kind: WriteKind, { name, type }: { readonly name: string; readonly type: string }): string {
  return `${kind} of ${type} ${name}`;
}

function counts(keys: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length]));
}
