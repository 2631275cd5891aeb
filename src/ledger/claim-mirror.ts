import type Database from 'better-sqlite3';
import type { Claim } from '../domain/claim.ts';
import { LedgerError } from './problem.ts';
import { SqlReader } from './reader.ts';

/** From here on a fresh load of everything is cheaper than row by row. */
const RELOAD_FROM = 1_000;

/**
 * Reads like SqlReader, but keeps the claims in memory: every pass asks for all of them, and decoding 10,000 rows
 * takes tens of milliseconds and as many megabytes of garbage, against under one to copy an array. They cost about
 * half a kilobyte a row. SQLite stays the truth: rows are read again after each commit, and all of them when
 * another connection (a person with sqlite3) has changed the file.
 */
export class ClaimMirror extends SqlReader {
  readonly #dataVersion: Database.Statement<[], number>;
  #claims: Map<string, Claim> | undefined;
  #listed: readonly Claim[] | undefined;
  #seen: number | undefined;

  constructor(database: Database.Database, path: string) {
    super(database, path);
    // "unchanged for commits made on the same connection": https://www.sqlite.org/pragma.html#pragma_data_version
    this.#dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
  }

  override claims(): readonly Claim[] {
    const claims = this.#current();
    this.#listed ??= [...claims.values()];
    return this.#listed;
  }

  override claimsIn(zoneId: string): readonly Claim[] {
    return this.claims().filter((claim) => claim.zoneId === zoneId);
  }

  /**
   * Takes over what a committed transaction did to these rows. It never throws, since the commit stands: what cannot
   * be read now is asked for again, and told, by the next `claims()`.
   */
  refresh(recordIds: ReadonlySet<string>): void {
    const claims = this.#claims;
    if (claims === undefined || recordIds.size === 0) return;
    this.forget();
    if (recordIds.size >= RELOAD_FROM) return;
    try {
      for (const recordId of recordIds) {
        const claim = this.claimOf(recordId);
        if (claim === undefined) claims.delete(recordId);
        else claims.set(recordId, claim);
      }
      this.#claims = claims;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
    }
  }

  /** Makes the next `claims()` read all rows. */
  forget(): void {
    this.#claims = undefined;
    this.#listed = undefined;
  }

  #current(): Map<string, Claim> {
    const version = this.#dataVersion.get();
    if (this.#claims === undefined || version !== this.#seen) {
      this.forget();
      this.#claims = new Map(super.claims().map((claim) => [claim.recordId, claim]));
      this.#seen = version;
    }
    return this.#claims;
  }
}
