import type { Claim } from '../domain/claim.ts';
import type { ConfirmedEgress } from '../domain/egress.ts';
import type { HistoryEntry, Intent } from '../domain/entry.ts';
import type { Refusal } from '../domain/refusal.ts';
import { CLAIM_COLUMNS, claimToRow } from './claim-row.ts';
import { SqlReader, type LedgerReader } from './reader.ts';
import {
  EGRESS_COLUMNS,
  HISTORY_COLUMNS,
  INTENT_COLUMNS,
  REFUSAL_COLUMNS,
  egressToRow,
  historyToRow,
  intentToRow,
  refusalToRow,
} from './rows.ts';
import { storedTime } from './stored-time.ts';

/** As many rows as `history` keeps; its trigger knows the same number. */
const HISTORY_CAP = 100_000;

/** A deletion that a person let through, once. */
export interface Approval {
  readonly recordId: string;
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly at: string;
}

/** Handed out by `Ledger.write` only, and of use only inside it. It reads what it has written. */
export interface LedgerWriter extends LedgerReader {
  /** Inserts or replaces the row of `recordId`. */
  putClaim(claim: Claim): void;
  /** Takes the row away, and an approval of the record with it. */
  removeClaim(recordId: string): void;
  verified(recordIds: readonly string[], at: string): void;
  /** @returns the id to close it with */
  openIntent(intent: Omit<Intent, 'id'>): number;
  closeIntent(id: number): void;
  appendHistory(entry: HistoryEntry): void;
  putEgress(row: ConfirmedEgress): void;
  setMeta(key: string, value: string): void;
  approve(approvals: readonly Approval[]): void;
  consumeApproval(recordId: string): void;
  /** Takes a name from a source; the newest refusal of both counts. */
  refuse(refusal: Refusal): void;
  withdrawRefusal(refusal: Pick<Refusal, 'name' | 'holder'>): void;
  noteZoneCopy(zoneId: string, zoneName: string, path: string, at: string): void;
}

const PUT_CLAIM = `INSERT INTO records (${CLAIM_COLUMNS.join(', ')})
  VALUES (${CLAIM_COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (record_id) DO UPDATE SET
  ${CLAIM_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`;

/** The one writer of a ledger. `Ledger.write` puts it inside a transaction and asks afterwards what it touched. */
export class SqlWriter extends SqlReader implements LedgerWriter {
  readonly #touched = new Set<string>();
  #appended = false;

  /** Record ids whose rows may have changed since it was last asked. */
  takeTouched(): ReadonlySet<string> {
    const touched = new Set(this.#touched);
    this.#touched.clear();
    return touched;
  }

  /** Lets go of the history beyond the cap; belongs into the transaction that appended. */
  prune(): void {
    if (!this.#appended) return;
    this.#appended = false;
    this.#run(`DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ${HISTORY_CAP}`);
  }

  putClaim(claim: Claim): void {
    this.#touched.add(claim.recordId);
    this.#run(PUT_CLAIM, ...claimToRow(claim));
  }

  removeClaim(recordId: string): void {
    this.#touched.add(recordId);
    this.#run('DELETE FROM records WHERE record_id = ?', recordId);
    this.consumeApproval(recordId);
  }

  verified(recordIds: readonly string[], at: string): void {
    for (const recordId of recordIds) this.#touched.add(recordId);
    this.#run(
      'UPDATE records SET verified_at = ? WHERE record_id IN (SELECT value FROM json_each(?))',
      storedTime(at),
      JSON.stringify(recordIds),
    );
  }

  openIntent(intent: Omit<Intent, 'id'>): number {
    return this.#run(
      `INSERT INTO intents (${INTENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...intentToRow(intent),
    );
  }

  closeIntent(id: number): void {
    this.#run('DELETE FROM intents WHERE id = ?', id);
  }

  appendHistory(entry: HistoryEntry): void {
    this.#appended = true;
    this.#run(
      `INSERT INTO history (${HISTORY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...historyToRow(entry),
    );
  }

  putEgress(row: ConfirmedEgress): void {
    this.#run(
      `INSERT INTO egress_addresses (${EGRESS_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (family) DO UPDATE SET
        address = excluded.address, confirmed_at = excluded.confirmed_at, voters = excluded.voters`,
      ...egressToRow(row),
    );
  }

  setMeta(key: string, value: string): void {
    this.#run(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      key,
      value,
    );
  }

  approve(approvals: readonly Approval[]): void {
    for (const { recordId, zoneId, name, type, at } of approvals) {
      this.#run(
        `INSERT INTO approvals (record_id, zone_id, name, type, at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (record_id) DO UPDATE SET
          zone_id = excluded.zone_id, name = excluded.name, type = excluded.type, at = excluded.at`,
        recordId,
        zoneId,
        name,
        type,
        storedTime(at),
      );
    }
  }

  consumeApproval(recordId: string): void {
    this.#run('DELETE FROM approvals WHERE record_id = ?', recordId);
  }

  refuse(refusal: Refusal): void {
    this.withdrawRefusal(refusal);
    this.#run(
      `INSERT INTO refusals (${REFUSAL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`,
      ...refusalToRow(refusal),
    );
  }

  withdrawRefusal({ name, holder }: Pick<Refusal, 'name' | 'holder'>): void {
    this.#run(
      'DELETE FROM refusals WHERE name = ? AND holder_kind = ? AND holder_namespace = ? AND holder_name = ?',
      name,
      holder.kind,
      holder.namespace,
      holder.name,
    );
  }

  noteZoneCopy(zoneId: string, zoneName: string, path: string, at: string): void {
    this.#run(
      `INSERT INTO zone_copies (zone_id, zone, path, at) VALUES (?, ?, ?, ?) ON CONFLICT (zone_id) DO UPDATE SET
        zone = excluded.zone, path = excluded.path, at = excluded.at`,
      zoneId,
      zoneName,
      path,
      storedTime(at),
    );
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): number {
    // SQLite would take it as a transaction of its own, and the claims in memory would miss it.
    if (!this.database.inTransaction) throw new Error('a LedgerWriter was used outside of its Ledger.write');
    return Number(this.prepared(sql).run(...values).lastInsertRowid);
  }
}
