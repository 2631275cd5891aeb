import type { Claim } from '../domain/claim.ts';
import type { HistoryEntry, Intent } from '../domain/entry.ts';
import type { Result } from '../domain/result.ts';
import type { ApiResult, BatchApplied, BatchWrite } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import type { Change } from '../plan/plan.ts';

/** What a transaction of the ledger offers to this room. */
export interface ApplyWriter {
  putClaim(claim: Claim): void;
  removeClaim(recordId: string): void;
  openIntent(intent: Omit<Intent, 'id'>): number;
  closeIntent(id: number): void;
  appendHistory(entry: HistoryEntry): void;
  consumeApproval(recordId: string): void;
}

export interface ApplyLedger {
  /** One transaction: all of it or nothing. The error is in words for people. */
  write<T>(fn: (writer: ApplyWriter) => T): Result<T, { readonly message: string }>;
}

export interface ApplyPorts {
  readonly ledger: ApplyLedger;
  /** `heldBack` is asked at the last moment: a reason keeps the request from leaving, and is `unavailable`. */
  readonly batch: (
    zone: Zone,
    writes: readonly BatchWrite[],
    heldBack: () => string | undefined,
  ) => Promise<ApiResult<BatchApplied>>;
  /** Why this process may not write this change now. Asked before its intent is noted, and as its batch leaves. */
  readonly forbids: (change: Change) => string | undefined;
  /** ISO 8601 UTC. */
  readonly now: () => string;
  /** Operations in one batch: 200 on Free zones, the least of any plan. */
  readonly batchLimit: number;
  /**
   * Whether the plan rests on a list of the whole zone. If not, and Cloudflare is not as was thought, a fresh list
   * tells more than halving the batch; if so, it would tell nothing new, and the change counts as refused.
   */
  readonly listed: boolean;
  /** No further batch is begun once this is so (SIGTERM). */
  readonly stopping: () => boolean;
}
