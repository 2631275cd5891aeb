import { LedgerError, ledgerProblem } from './problem.ts';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * One row as SQLite gave it, read column by column. Every row is asked for with its rowid as `id`.
 * @throws LedgerError of kind `bad-row` for a value that is not what the column promises.
 */
export class Cells {
  readonly #path: string;
  readonly #table: string;
  readonly #row: Readonly<Record<string, unknown>>;

  constructor(path: string, table: string, row: Readonly<Record<string, unknown>>) {
    this.#path = path;
    this.#table = table;
    this.#row = row;
  }

  text(column: string): string {
    const value = this.#row[column];
    return typeof value === 'string' ? value : this.refuse(column, 'text');
  }

  integer(column: string): number {
    const value = this.#row[column];
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? value
      : this.refuse(column, 'a whole number');
  }

  flag(column: string): boolean {
    const value = this.#row[column];
    return value === 0 || value === 1 ? value === 1 : this.refuse(column, '0 or 1');
  }

  /** ISO 8601 UTC with milliseconds. */
  time(column: string): string {
    const value = this.text(column);
    return TIME.test(value) ? value : this.refuse(column, 'a time like 2026-01-31T12:00:00.000Z');
  }

  /** Answers the value out of `allowed`, so that equal words of many rows are one string in memory. */
  oneOf<const T extends string>(column: string, allowed: readonly T[]): T {
    const value = this.#row[column];
    return allowed.find((each) => each === value) ?? this.refuse(column, `one of ${allowed.join(', ')}`);
  }

  json(column: string): unknown {
    try {
      return JSON.parse(this.text(column));
    } catch (error) {
      if (error instanceof SyntaxError) return this.refuse(column, 'JSON');
      throw error;
    }
  }

  /** `read`'s answer, or `undefined` where the column is NULL. */
  optional<T>(column: string, read: (column: string) => T): T | undefined {
    return this.#row[column] === null ? undefined : read(column);
  }

  refuse(column: string, wanted: string): never {
    const raw = JSON.stringify(this.#row[column]) ?? 'nothing';
    const shown = raw.length > 200 ? `${raw.slice(0, 200)}…` : raw;
    const what = `in table ${this.#table}, row ${String(this.#row['id'])}, column ${column}: ${shown} is not ${wanted}`;
    throw new LedgerError(ledgerProblem('bad-row', this.#path, what));
  }
}
