import type { Claim } from '../domain/claim.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import type { ActualRecord } from '../domain/record.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import type { LedgerPort, LedgerWriterPort } from '../controller/ports.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { writeZoneCopy } from '../ledger/zone-copy.ts';

/** The ledger as the controller uses it. */
export class LedgerStore implements LedgerPort {
  readonly #ledger: Ledger;
  readonly #told: (problem: string | undefined) => void;

  /** @param told hears after every write why it failed, or `undefined` when it did not */
  constructor(ledger: Ledger, told: (problem: string | undefined) => void = () => {}) {
    this.#ledger = ledger;
    this.#told = told;
  }

  claims(): readonly Claim[] {
    return this.#ledger.read.claims();
  }

  intents() {
    return this.#ledger.read.intents();
  }

  approvals(): ReadonlySet<string> {
    return this.#ledger.read.approvals();
  }

  recentDeletions(since: string): number {
    return this.#ledger.read.recentDeletions(since);
  }

  refusals(): readonly Refusal[] {
    return this.#ledger.read.refusals();
  }

  stopped(): string | undefined {
    return stoppedIn(this.#ledger);
  }

  history(name: string): readonly HistoryEntry[] {
    return this.#ledger.read.history({ name });
  }

  zoneCopied(zoneId: string): boolean {
    return this.#ledger.read.zoneCopied(zoneId);
  }

  write<T>(fn: (writer: LedgerWriterPort) => T): Result<T, { readonly message: string }> {
    const written = this.#ledger.write(fn);
    this.#told(written.ok ? undefined : written.error.message);
    return written;
  }

  keepCopy(zone: Zone, records: readonly ActualRecord[], at: string) {
    return writeZoneCopy(this.#ledger.path, zone, records, at);
  }
}

/** A ledger that forgets: for DRY_RUN and `plan`, which write nothing anywhere. */
export class PassingLedger implements LedgerPort {
  readonly #ledger: Ledger | undefined;
  #claims: readonly Claim[];

  /** @param ledger what is known to begin with */
  constructor(ledger: Ledger | undefined) {
    this.#ledger = ledger;
    this.#claims = ledger?.read.claims() ?? [];
  }

  claims(): readonly Claim[] {
    return this.#claims;
  }

  intents() {
    return [];
  }

  approvals(): ReadonlySet<string> {
    return new Set();
  }

  recentDeletions(): number {
    return 0;
  }

  refusals(): readonly Refusal[] {
    return this.#ledger?.read.refusals() ?? [];
  }

  stopped(): string | undefined {
    return this.#ledger === undefined ? undefined : stoppedIn(this.#ledger);
  }

  history(name: string): readonly HistoryEntry[] {
    return this.#ledger?.read.history({ name }) ?? [];
  }

  zoneCopied(): boolean {
    return true;
  }

  write<T>(fn: (writer: LedgerWriterPort) => T): Result<T, never> {
    const rows = new Map(this.#claims.map((claim) => [claim.recordId, claim]));
    const value = fn({
      putClaim: (claim) => void rows.set(claim.recordId, claim),
      removeClaim: (recordId) => void rows.delete(recordId),
      openIntent: () => 0,
      closeIntent: () => {},
      appendHistory: () => {},
      consumeApproval: () => {},
      refuse: () => {},
      withdrawRefusal: () => {},
      setMeta: () => {},
      verified: () => {},
      noteZoneCopy: () => {},
    });
    this.#claims = [...rows.values()];
    return { ok: true, value };
  }

  keepCopy() {
    return Promise.resolve({ ok: true as const, value: '' });
  }
}

function stoppedIn({ read }: Ledger): string | undefined {
  return read.meta('stopped') || undefined;
}
