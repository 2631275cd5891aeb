import { LedgerStore } from '../../src/app/ledger-store.ts';
import type { LedgerPort, LedgerWriterPort } from '../../src/controller/ports.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerError, ledgerProblem } from '../../src/ledger/problem.ts';

export interface LedgerTaps {
  /** Called at each point; throws when the process is killed there, or was before. */
  readonly pass: (point: 'before a transaction' | 'inside a transaction' | 'after a commit') => void;
  readonly isFull: () => boolean;
  readonly onFull: () => void;
}

/** The real ledger, with a place to be killed at every statement and a disk that can be full. */
export class SimLedgerPort extends LedgerStore implements LedgerPort {
  readonly #taps: LedgerTaps;
  readonly #path: string;

  constructor(ledger: Ledger, taps: LedgerTaps) {
    super(ledger);
    this.#taps = taps;
    this.#path = ledger.path;
  }

  override write<T>(fn: (writer: LedgerWriterPort) => T): Result<T, { readonly message: string }> {
    this.#taps.pass('before a transaction');
    const result = super.write((writer) => fn(this.#tapped(writer)));
    this.#taps.pass('after a commit');
    return result;
  }

  override keepCopy() {
    return Promise.resolve({ ok: true as const, value: '/copies/zone.json' });
  }

  /** Every statement of a transaction passes here. */
  #tapped(writer: LedgerWriterPort): LedgerWriterPort {
    const through =
      <A extends unknown[], R>(method: (...args: A) => R) =>
      (...args: A): R => {
        this.#taps.pass('inside a transaction');
        if (this.#taps.isFull()) {
          this.#taps.onFull();
          throw new LedgerError(ledgerProblem('disk-full', this.#path, 'the disk is full'));
        }
        return method(...args);
      };
    return {
      putClaim: through((claim) => writer.putClaim(claim)),
      removeClaim: through((id) => writer.removeClaim(id)),
      openIntent: through((intent) => writer.openIntent(intent)),
      closeIntent: through((id) => writer.closeIntent(id)),
      appendHistory: through((entry) => writer.appendHistory(entry)),
      consumeApproval: through((id) => writer.consumeApproval(id)),
      refuse: through((refusal) => writer.refuse(refusal)),
      withdrawRefusal: through((refusal) => writer.withdrawRefusal(refusal)),
      setMeta: through((key, value) => writer.setMeta(key, value)),
      verified: through((ids, at) => writer.verified(ids, at)),
      noteZoneCopy: through((id, zone, path, at) => writer.noteZoneCopy(id, zone, path, at)),
    };
  }
}
