import type { Family } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import type { ConfirmedEgress, EgressState, Vote } from '../domain/egress.ts';
import { err } from '../domain/result.ts';
import { admit, type EgressRules } from './classes.ts';
import { confirmDelay, recentChanges } from './flap.ts';
import { judge, type Ballot, type Verdict } from './verdict.ts';
import { castBy, type Voter } from './voter.ts';

const RETRY_STEPS_MS = [5_000, 15_000, 30_000, 60_000];

export interface FamilyTrackerOptions extends Clock {
  readonly family: Family;
  readonly voters: readonly Voter[];
  readonly quorum: number;
  readonly confirmDelayMs: number;
  readonly rules: EgressRules;
  /** The ledger's row of this family. */
  readonly last: ConfirmedEgress | undefined;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
  readonly onConfirmed: (row: ConfirmedEgress) => void;
}

interface Round {
  readonly votes: readonly Vote[];
  readonly verdict: Verdict;
}

/** What is known of one family's egress address. Its rules: see `Tracker`. */
export class FamilyTracker {
  readonly #options: FamilyTrackerOptions;
  #state: EgressState;
  /** The address that was confirmed last, by this run or by the one before. */
  #believed: string | undefined;
  #changes: readonly number[] = [];
  #failures = 0;
  /** By the steady clock; undefined: nothing but the schedule asks for a probe. */
  #retryAt: number | undefined;
  /** Exists while something uses this family. */
  #use: AbortController | undefined;
  #inFlight: Promise<void> | undefined;

  constructor(options: FamilyTrackerOptions) {
    this.#options = options;
    this.#believed = options.last?.address;
    this.#state = this.#believed === undefined ? this.#disabled() : this.#waiting();
  }

  get state(): EgressState {
    return this.#state;
  }

  /** Milliseconds until the next probe is due apart from the schedule: 0 for a family that was never asked. */
  get retryInMs(): number | undefined {
    if (this.#use === undefined || this.#inFlight !== undefined || this.#retryAt === undefined)
      return undefined;
    return Math.max(0, this.#retryAt - this.#options.steady());
  }

  use(used: boolean): void {
    if (used && this.#use === undefined) {
      this.#use = new AbortController();
      this.#failures = 0;
      this.#retryAt = this.#options.steady();
      this.#become(this.#waiting());
    }
    if (!used) {
      this.#use?.abort();
      this.#use = undefined;
      this.#inFlight = undefined;
      this.#become(this.#disabled());
    }
  }

  /** One round, and a second one where it would change the address. Whoever calls meanwhile waits for the same. */
  async probe(): Promise<void> {
    if (this.#use === undefined || this.#options.signal.aborted) return;
    if (this.#inFlight === undefined) {
      const signal = AbortSignal.any([this.#options.signal, this.#use.signal]);
      const probe = this.#probe(signal).finally(() => {
        if (this.#inFlight === probe) this.#inFlight = undefined;
      });
      this.#inFlight = probe;
    }
    await this.#inFlight;
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const first = await this.#round(signal);
    if (signal.aborted) return;
    const { verdict } = first;
    if (verdict.kind !== 'agreed' || this.#believed === undefined || verdict.address === this.#believed) {
      this.#settle(first);
      return;
    }
    await this.#holdBack(first.votes, verdict.address, this.#believed, signal);
    if (signal.aborted) return;
    const second = await this.#round(signal);
    if (signal.aborted) return;
    this.#settle(movedOn(verdict.address, this.#believed, second));
  }

  async #round(signal: AbortSignal): Promise<Round> {
    const { voters, family, rules, quorum } = this.#options;
    const ballots = await Promise.all(
      voters.map(async (voter): Promise<Ballot> => {
        const vote = await voter.ask(signal).catch(() => castBy(voter, err('it failed unexpectedly')));
        return { operators: voter.operator, vote: admit(vote, family, rules) };
      }),
    );
    return { votes: ballots.map(({ vote }) => vote), verdict: judge(ballots, quorum, family) };
  }

  async #holdBack(
    votes: readonly Vote[],
    seen: string,
    believed: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { family, confirmDelayMs, steady, sleep } = this.#options;
    const delay = confirmDelay(this.#changes, steady(), confirmDelayMs);
    const ms = this.#jittered(delay.ms);
    const damped = delay.why === undefined ? '' : ` (${delay.why})`;
    const why = `the address seems to be ${seen} now; a second round in ${Math.ceil(ms / 1000)} s decides${damped}`;
    this.#become({ family, votes, status: 'unconfirmed', address: believed, why });
    try {
      await sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #settle({ votes, verdict }: Round): void {
    const { family, now, steady, onConfirmed } = this.#options;
    if (verdict.kind !== 'agreed') {
      const step = RETRY_STEPS_MS[this.#failures];
      this.#failures += 1;
      this.#retryAt = step === undefined ? undefined : steady() + this.#jittered(step);
      this.#become(this.#failed(votes, verdict));
      return;
    }
    const { address, voters } = verdict;
    this.#failures = 0;
    this.#retryAt = undefined;
    if (this.#believed !== undefined && this.#believed !== address) {
      this.#changes = [...recentChanges(this.#changes, steady()), steady()];
    }
    this.#believed = address;
    const row = { family, address, confirmedAt: new Date(now()).toISOString(), voters };
    onConfirmed(row);
    this.#become({ ...row, status: 'confirmed', votes });
  }

  #failed(votes: readonly Vote[], verdict: Exclude<Verdict, { kind: 'agreed' }>): EgressState {
    const { family } = this.#options;
    const { why } = verdict;
    switch (verdict.kind) {
      case 'conflict':
        return { family, votes, status: 'conflict', addresses: verdict.addresses, why };
      case 'too-few':
        return { family, votes, status: 'unconfirmed', ...this.#lastAddress(), why };
      case 'unavailable':
        return { family, votes, status: 'unavailable', why };
    }
  }

  #waiting(): EgressState {
    const { family } = this.#options;
    const why =
      this.#believed === undefined
        ? 'no round has been held yet'
        : `${this.#believed} was confirmed before; it must be confirmed anew`;
    return { family, votes: [], status: 'unconfirmed', ...this.#lastAddress(), why };
  }

  #disabled(): EgressState {
    return { family: this.#options.family, votes: [], status: 'disabled' };
  }

  #lastAddress(): { readonly address?: string } {
    return this.#believed === undefined ? {} : { address: this.#believed };
  }

  #jittered(ms: number): number {
    return Math.round(ms * (0.8 + 0.4 * this.#options.random()));
  }

  #become(state: EgressState): void {
    const changed = essence(state) !== essence(this.#state);
    this.#state = state;
    if (changed) this.#options.onChange();
  }
}

/** A second round that agrees on a third address settles nothing. */
function movedOn(first: string, believed: string | undefined, second: Round): Round {
  const { verdict } = second;
  if (verdict.kind !== 'agreed' || verdict.address === first || verdict.address === believed) return second;
  const addresses = [first, verdict.address];
  const why = `the address moved between two rounds, from ${first} to ${verdict.address}`;
  return { ...second, verdict: { kind: 'conflict', reason: 'moved', addresses, why } };
}

/** What others act upon; votes and times differ in every round. */
function essence(state: EgressState): string {
  switch (state.status) {
    case 'disabled':
      return state.status;
    case 'confirmed':
      return `${state.status} ${state.address}`;
    case 'unconfirmed':
      return `${state.status} ${state.address ?? ''} ${state.why}`;
    case 'conflict':
    case 'unavailable':
      return `${state.status} ${state.why}`;
  }
}
