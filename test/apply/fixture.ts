import type { Result } from '../../src/domain/result.ts';
import type { BatchWrite, ApiResult, BatchApplied, ApiProblemKind } from '../../src/domain/write.ts';
import type { ApplyPorts, ApplyWriter } from '../../src/apply/ports.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { freshPath, openLedger } from '../ledger/fixture.ts';
import { CloudflareModel } from '../plan/cloudflare-model.ts';
import { AT, ZONE } from '../plan/fixture.ts';

/** Cloudflare and a ledger on disk, with ways to spoil either. */
export class Scene {
  readonly cloudflare = new CloudflareModel();
  readonly ledger: Ledger = openLedger(freshPath());
  readonly batches: (readonly BatchWrite[])[] = [];
  /** Answers a batch in Cloudflare's place; `lands` says whether it was carried out all the same. */
  spoil: (
    writes: readonly BatchWrite[],
  ) => { readonly kind: ApiProblemKind; readonly lands?: boolean } | undefined = () => undefined;
  /** Ledger writes to refuse, by their number from 1. */
  refuseLedgerWrite: readonly number[] = [];
  stopAfter = Number.POSITIVE_INFINITY;
  /** Of the ledger's intents, how many were open when each batch left. */
  readonly intentsAtBatch: number[] = [];
  #ledgerWrites = 0;

  ports(more: Partial<ApplyPorts> = {}): ApplyPorts {
    return {
      ledger: { write: (fn) => this.#write(fn) },
      batch: (_zone, writes) => this.#batch(writes),
      now: () => AT,
      batchLimit: 200,
      listed: true,
      forbids: () => undefined,
      stopping: () => this.batches.length >= this.stopAfter,
      ...more,
    };
  }

  #write<T>(fn: (writer: ApplyWriter) => T): Result<T, { readonly message: string }> {
    this.#ledgerWrites += 1;
    if (this.refuseLedgerWrite.includes(this.#ledgerWrites))
      return { ok: false, error: { message: 'disk full' } };
    return this.ledger.write(fn);
  }

  async #batch(writes: readonly BatchWrite[]): Promise<ApiResult<BatchApplied>> {
    this.batches.push(writes);
    this.intentsAtBatch.push(this.ledger.read.intents().length);
    const spoilt = this.spoil(writes);
    if (spoilt === undefined || spoilt.lands === true) {
      const answer = this.cloudflare.batch(ZONE.id, writes);
      if (spoilt === undefined) return answer;
    }
    const { kind } = spoilt;
    return {
      ok: false,
      problem: { kind, message: `it is ${kind}`, status: 400, codes: [], retryAfterMs: undefined },
    };
  }
}
