import type { Random } from '../simulation/random.ts';
import { PHASES, type Phase, type Treatment } from './tap.ts';

/** When a process dies: some time after its start, its first request or its first write, or around a request (any, or a write). */
export type Doom =
  | { readonly kind: 'time'; readonly ms: number; readonly from: 'start' | 'first request' | 'first write' }
  | { readonly kind: 'request'; readonly nth: number; readonly writes: boolean; readonly phase: Phase };

/** @param isFirst whether there is no ledger yet: then more die while it is made. */
export function chooseDoom(random: Random, isFirst: boolean): Doom {
  const roll = random.next();
  if (roll < (isFirst ? 0.4 : 0.12)) return { kind: 'time', ms: random.between(20, 350), from: 'start' };
  if (roll < 0.3) return { kind: 'time', ms: random.between(0, 900), from: 'first request' };
  if (roll < 0.55) return { kind: 'time', ms: random.between(0, 700), from: 'first write' };
  const writes = random.chance(0.8);
  return { kind: 'request', nth: random.between(1, writes ? 3 : 12), writes, phase: random.pick(PHASES) };
}

/** What one process's requests to Cloudflare meet, until it dies. */
export class Passage {
  readonly #doom: Doom;
  readonly #random: Random;
  readonly #onMishap: (write: boolean, treatment: Treatment) => void;
  readonly #first = Promise.withResolvers<void>();
  readonly #firstWrite = Promise.withResolvers<void>();
  #seen = 0;

  constructor(doom: Doom, random: Random, onMishap: (write: boolean, treatment: Treatment) => void) {
    this.#doom = doom;
    this.#random = random;
    this.#onMishap = onMishap;
  }

  get firstRequest(): Promise<void> {
    return this.#first.promise;
  }

  get firstWrite(): Promise<void> {
    return this.#firstWrite.promise;
  }

  treat({ write }: { readonly write: boolean }): Treatment {
    this.#first.resolve();
    if (write) this.#firstWrite.resolve();
    const doom = this.#doom;
    if (doom.kind === 'request' && (write || !doom.writes)) {
      this.#seen += 1;
      if (this.#seen === doom.nth) {
        const phase = write || doom.phase !== 'late' ? doom.phase : 'before';
        return { kind: 'kill', phase, lateMs: this.#random.between(20, 700) };
      }
    }
    const mishap = this.#mishap();
    if (mishap.kind !== 'pass') this.#onMishap(write, mishap);
    return mishap;
  }

  #mishap(): Treatment {
    const random = this.#random;
    const roll = random.next();
    if (roll < 0.03) return { kind: 'refuse', status: random.pick([500, 503]) };
    if (roll < 0.06) return { kind: 'lose', applied: random.chance(0.5) };
    if (roll < 0.12) return { kind: 'slow', ms: random.between(5, 120) };
    return { kind: 'pass' };
  }
}
