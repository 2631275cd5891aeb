import type Database from 'better-sqlite3';
import type { Claim } from '../domain/claim.ts';
import type { ConfirmedEgress } from '../domain/egress.ts';
import type { HistoryEntry, Intent } from '../domain/entry.ts';
import { CLAIM_COLUMNS, rowToClaim } from './claim-row.ts';
import type { Refusal } from '../domain/refusal.ts';
import { LedgerError, problemOf } from './problem.ts';
import {
  EGRESS_COLUMNS,
  HISTORY_COLUMNS,
  INTENT_COLUMNS,
  REFUSAL_COLUMNS,
  rowToEgress,
  rowToHistory,
  rowToIntent,
  rowToRefusal,
} from './rows.ts';
import { storedTime } from './stored-time.ts';

/** `name` is canonical; `since` is ISO 8601 UTC and included. */
export interface HistoryFilter {
  readonly name?: string;
  readonly since?: string;
  readonly limit?: number;
}

/** What the ledger knows. Every method throws LedgerError, whose `problem` says why there is no answer. */
export interface LedgerReader {
  /** In the order in which the rows were made. Outside of a transaction: the same array until a row changes. */
  claims(): readonly Claim[];
  claimsIn(zoneId: string): readonly Claim[];
  /** Oldest first. */
  intents(): Intent[];
  /** Newest first; `limit` keeps the newest. */
  history(filter: HistoryFilter): HistoryEntry[];
  egress(): ConfirmedEgress[];
  meta(key: string): string | undefined;
  /** Record ids that a person let through and that were not consumed yet. */
  approvals(): ReadonlySet<string>;
  /** Names taken from their sources, those included that hold no longer. */
  refusals(): readonly Refusal[];
  zoneCopied(zoneId: string): boolean;
  counts(): { readonly records: number; readonly history: number };
  /**
   * Names' records deleted at or after a time. One whose name got a record of any type at the same instant (they were
   * one batch) is a replacement and does not count.
   */
  recentDeletions(sinceIso: string): number;
}

type Row = Record<string, unknown>;
type Bind = string | number | null;

/** Reads straight from SQLite. `path` is for messages. */
export class SqlReader implements LedgerReader {
  protected readonly database: Database.Database;
  protected readonly path: string;
  readonly #statements = new Map<string, Database.Statement<Bind[], Row>>();

  constructor(database: Database.Database, path: string) {
    this.database = database;
    this.path = path;
  }

  claims(): readonly Claim[] {
    return this.#claimsWhere('true', []);
  }

  claimsIn(zoneId: string): readonly Claim[] {
    return this.#claimsWhere('zone_id = ?', [zoneId]);
  }

  protected claimOf(recordId: string): Claim | undefined {
    return this.#claimsWhere('record_id = ?', [recordId])[0];
  }

  intents(): Intent[] {
    return this.all(`SELECT id, ${INTENT_COLUMNS} FROM intents ORDER BY id`, [], (row) =>
      rowToIntent(this.path, row),
    );
  }

  history(filter: HistoryFilter): HistoryEntry[] {
    const tests: string[] = [];
    const values: Bind[] = [];
    if (filter.name !== undefined) {
      tests.push('name = ?');
      values.push(filter.name);
    }
    if (filter.since !== undefined) {
      tests.push('at >= ?');
      values.push(storedTime(filter.since));
    }
    const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`;
    return this.all(
      `SELECT id, ${HISTORY_COLUMNS} FROM history ${where} ORDER BY id DESC LIMIT ?`,
      [...values, filter.limit ?? -1],
      (row) => rowToHistory(this.path, row),
    );
  }

  egress(): ConfirmedEgress[] {
    return this.all(
      `SELECT family AS id, ${EGRESS_COLUMNS} FROM egress_addresses ORDER BY family`,
      [],
      (row) => rowToEgress(this.path, row),
    );
  }

  meta(key: string): string | undefined {
    return this.all('SELECT value FROM meta WHERE key = ?', [key], (row) => String(row['value']))[0];
  }

  approvals(): ReadonlySet<string> {
    return new Set(this.all('SELECT record_id FROM approvals', [], (row) => String(row['record_id'])));
  }

  refusals(): readonly Refusal[] {
    return this.all(`SELECT rowid AS id, ${REFUSAL_COLUMNS} FROM refusals ORDER BY rowid`, [], (row) =>
      rowToRefusal(this.path, row),
    );
  }

  zoneCopied(zoneId: string): boolean {
    return this.all('SELECT 1 FROM zone_copies WHERE zone_id = ?', [zoneId], () => true).length > 0;
  }

  counts(): { readonly records: number; readonly history: number } {
    return {
      records: this.#count('SELECT count(*) AS n FROM records', []),
      history: this.#count('SELECT count(*) AS n FROM history', []),
    };
  }

  recentDeletions(sinceIso: string): number {
    return this.#count(
      `SELECT count(*) AS n FROM history AS gone
        WHERE gone.at >= ? AND gone.action = 'delete' AND gone.outcome = 'done'
          AND NOT EXISTS (SELECT 1 FROM history AS made
            WHERE made.name = gone.name AND made.at = gone.at AND made.action = 'create' AND made.outcome = 'done')`,
      [storedTime(sinceIso)],
    );
  }

  /** Runs a query whose statement is prepared once; whatever fails is a LedgerError. */
  protected all<T>(sql: string, values: readonly Bind[], decode: (row: Row) => T): T[] {
    try {
      return this.prepared(sql)
        .all(...values)
        .map(decode);
    } catch (error) {
      throw error instanceof LedgerError
        ? error
        : new LedgerError(problemOf(error, this.path), { cause: error });
    }
  }

  protected prepared(sql: string): Database.Statement<Bind[], Row> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare<Bind[], Row>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #claimsWhere(test: string, values: readonly Bind[]): Claim[] {
    const shared = new Map<string, string>();
    const sql = `SELECT id, ${CLAIM_COLUMNS.join(', ')} FROM records WHERE ${test} ORDER BY id`;
    return this.all(sql, values, (row) => rowToClaim(this.path, row, shared));
  }

  #count(sql: string, values: readonly Bind[]): number {
    return this.all(sql, values, (row) => Number(row['n']))[0] ?? 0;
  }
}
