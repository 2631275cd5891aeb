import { Tracker, type TrackerOptions } from '../../src/ddns/tracker.ts';
import { castBy, type Voter } from '../../src/ddns/voter.ts';
import type { Family } from '../../src/domain/address.ts';
import type { ConfirmedEgress, EgressState } from '../../src/domain/egress.ts';
import { err, ok } from '../../src/domain/result.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');

/** What the voters of one family say: an address for all, or one each; undefined is no answer. */
export type Says = string | undefined | Readonly<Record<string, string | undefined>>;

/** A tracker with three voters a family, a clock that the test moves, and a record of what it told. */
export class TrackerFixture {
  readonly tracker: Tracker;
  readonly says: Record<Family, Says> = { 4: '81.2.69.142', 6: '2a01:4f8::1' };
  readonly rounds: Record<Family, number> = { 4: 0, 6: 0 };
  readonly confirmed: ConfirmedEgress[] = [];
  readonly slept: number[] = [];
  readonly stop = new AbortController();
  changes = 0;
  now = START;
  /** Runs while the tracker waits for its second round. */
  meanwhile: () => void | Promise<void> = () => undefined;
  /** Holds the answers back while set. */
  gate: Promise<void> | undefined;

  constructor(options: Partial<TrackerOptions> = {}) {
    const voters = (family: Family): Voter[] =>
      ['ipify', 'amazon', 'cloudflare'].map((name) => this.#voter(family, name));
    this.tracker = new Tracker({
      voters: { 4: voters(4), 6: voters(6) },
      quorum: 2,
      confirmDelayMs: 20_000,
      allow: [],
      only: [],
      last: [],
      now: () => this.now,
      steady: () => this.now,
      sleep: async (ms) => {
        this.slept.push(ms);
        this.now += ms;
        await this.meanwhile();
      },
      random: () => 0.5,
      signal: this.stop.signal,
      onChange: () => (this.changes += 1),
      onConfirmed: (row) => this.confirmed.push(row),
      ...options,
    });
  }

  use(...families: Family[]): this {
    this.tracker.use(new Set(families));
    return this;
  }

  state(family: Family): EgressState {
    const state = this.tracker.states().get(family);
    if (state === undefined) throw new Error(`no state of IPv${family}`);
    return state;
  }

  /** One probe in which everybody says this of IPv4. */
  async probe4(says: Says): Promise<EgressState> {
    this.says[4] = says;
    await this.tracker.probe();
    return this.state(4);
  }

  #voter(family: Family, name: string): Voter {
    const self = { name, operator: [name] };
    return {
      ...self,
      ask: async () => {
        if (name === 'ipify') this.rounds[family] += 1;
        await this.gate;
        const says = this.says[family];
        const address = typeof says === 'object' ? says[name] : says;
        return castBy(self, address === undefined ? err('it gave no answer in time') : ok(address));
      },
    };
  }
}

export function ledgerRow(address: string, family: Family = 4): ConfirmedEgress {
  return { family, address, confirmedAt: '2026-02-28T00:00:00.000Z', voters: ['ipify', 'amazon'] };
}
