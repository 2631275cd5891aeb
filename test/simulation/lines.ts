import type { EgressPort } from '../../src/controller/ports.ts';
import { Tracker } from '../../src/ddns/tracker.ts';
import type { Voter } from '../../src/ddns/voter.ts';
import type { Family } from '../../src/domain/address.ts';
import { parseCidr, type Cidr } from '../../src/domain/cidr.ts';
import type { ConfirmedEgress, EgressState } from '../../src/domain/egress.ts';
import type { SimClock } from './clock.ts';
import { EGRESS } from './names.ts';
import type { Random } from './random.ts';

const OPERATORS = ['north', 'south', 'west'] as const;
const ALLOW: readonly Cidr[] = ['203.0.113.0/24', '198.51.100.0/24', '2001:db8::/32'].flatMap((text) => {
  const cidr = parseCidr(text);
  return cidr.ok ? [cidr.value] : [];
});

/** The line to the internet, and who tells from which address one comes. */
export class SimLines {
  readonly address: Record<Family, string | undefined> = { 4: EGRESS[4][0], 6: EGRESS[6][0] };
  /** One voter at most says something else than what is true. */
  liar: { readonly operator: string; readonly says: string | undefined } | undefined;
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #had: { readonly family: Family; readonly address: string; until: number }[] = [];

  constructor(clock: SimClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  become(family: Family, address: string | undefined): void {
    const before = this.address[family];
    if (before !== undefined) this.#had.push({ family, address: before, until: this.#clock.elapsed });
    this.address[family] = address;
  }

  /** Whether the line has that address, or had it so lately that nobody needs to have noticed. */
  isPlausible(family: Family, address: string, withinMs: number): boolean {
    if (this.address[family] === address) return true;
    const since = this.#clock.elapsed - withinMs;
    return this.#had.some((old) => old.family === family && old.address === address && old.until >= since);
  }

  voters(family: Family): readonly Voter[] {
    return OPERATORS.map((operator) => ({
      name: operator,
      operator: [operator],
      ask: async () => {
        await this.#clock.sleep(this.#random.between(10, 900));
        const truth = this.address[family];
        const says = this.liar?.operator === operator ? this.liar.says : truth;
        const by = { voter: operator, operator };
        return says === undefined ? { ...by, refused: 'no answer' } : { ...by, address: says };
      },
    }));
  }
}

export function liarAt(index: number): string {
  return OPERATORS[index % OPERATORS.length] ?? 'north';
}

/** The real tracker with the timing that the program gives it: first use, schedule, retries. */
export class SimEgress implements EgressPort {
  readonly #tracker: Tracker;
  readonly #clock: SimClock;
  readonly #stop = new AbortController();
  #used: ReadonlySet<Family> = new Set();

  constructor(
    lines: SimLines,
    clock: SimClock,
    random: Random,
    last: readonly ConfirmedEgress[],
    onChange: () => void,
    onConfirmed: (row: ConfirmedEgress) => void,
  ) {
    this.#clock = clock;
    this.#tracker = new Tracker({
      voters: { 4: lines.voters(4), 6: lines.voters(6) },
      quorum: 2,
      confirmDelayMs: 20_000,
      allow: ALLOW,
      only: [],
      last,
      now: clock.now,
      steady: clock.steady,
      sleep: (ms) => clock.sleep(ms),
      random: () => random.next(),
      signal: this.#stop.signal,
      onChange,
      onConfirmed,
    });
  }

  states(): ReadonlyMap<Family, EgressState> {
    return this.#tracker.states();
  }

  use(families: ReadonlySet<Family>): void {
    const more = [...families].some((family) => !this.#used.has(family));
    if (!more && families.size === this.#used.size) return;
    this.#used = new Set(families);
    this.#tracker.use(this.#used);
    if (more) this.probe();
  }

  probe(): void {
    if (this.#used.size === 0 || this.#stop.signal.aborted) return;
    void this.#tracker.probe().then(() => {
      const soon = this.#tracker.retryInMs();
      if (soon !== undefined && !this.#stop.signal.aborted) this.#clock.after(soon, () => this.probe());
    });
  }

  stop(): void {
    this.#stop.abort();
  }
}
