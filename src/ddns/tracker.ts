import type { Family } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import type { ConfirmedEgress, EgressState } from '../domain/egress.ts';
import type { Cidr } from '../domain/cidr.ts';
import { FamilyTracker } from './family-tracker.ts';
import type { Voter } from './voter.ts';

export interface TrackerOptions extends Clock {
  readonly voters: Readonly<Record<Family, readonly Voter[]>>;
  /** Operators that must agree. */
  readonly quorum: number;
  /** How long a change must hold, in milliseconds; jittered by a fifth. */
  readonly confirmDelayMs: number;
  readonly allow: readonly Cidr[];
  readonly only: readonly Cidr[];
  /** The ledger's rows. */
  readonly last: readonly ConfirmedEgress[];
  /** Ends early when the signal is aborted, and rejects at most then. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Ends all questions; no state changes afterwards. */
  readonly signal: AbortSignal;
  /** A state changed in status, address or reason. Must not throw. */
  readonly onChange: () => void;
  /** A round confirmed an address, the same as before or another. Must not throw. */
  readonly onConfirmed: (row: ConfirmedEgress) => void;
}

/**
 * Knows the egress address of each family. The rules:
 * - Only a round of this run confirms. A quorum is enough for the first address and for the one already believed,
 *   the ledger's included; another one needs a second round that says the same, `confirmDelayMs` later.
 * - A failed round ends `confirmed` until a round succeeds: better no write than one from an old address.
 * - Nothing is asked for a family that nothing uses. The schedule is the caller's; `retryInMs` adds to it.
 */
export class Tracker {
  readonly #families: ReadonlyMap<Family, FamilyTracker>;

  constructor(options: TrackerOptions) {
    const { voters, allow, only, last, ...rest } = options;
    const track = (family: Family): [Family, FamilyTracker] => [
      family,
      new FamilyTracker({
        ...rest,
        family,
        voters: voters[family],
        rules: { allow, only },
        last: last.find((row) => row.family === family),
      }),
    ];
    this.#families = new Map([track(4), track(6)]);
  }

  /** The state of both families, as it is now. */
  states(): ReadonlyMap<Family, EgressState> {
    return new Map([...this.#families].map(([family, tracker]) => [family, tracker.state]));
  }

  /** Says which families are used by something. A family that is no more is given up at once, under way or not. */
  use(families: ReadonlySet<Family>): void {
    for (const [family, tracker] of this.#families) tracker.use(families.has(family));
  }

  /**
   * Asks for all families in use; with a change to confirm it lasts for the delay and two rounds. A call while a
   * family is being asked waits for that, and asks only the others. Never rejects.
   */
  async probe(): Promise<void> {
    await Promise.all([...this.#families.values()].map(async (tracker) => tracker.probe()));
  }

  /**
   * Milliseconds until a probe should be made ahead of the schedule: 0 when a family in use was never asked, else
   * after a failure 5, 15, 30 and 60 s (jittered); undefined when the schedule is enough or a probe is under way.
   */
  retryInMs(): number | undefined {
    const due = [...this.#families.values()].flatMap((tracker) => tracker.retryInMs ?? []);
    return due.length === 0 ? undefined : Math.min(...due);
  }
}
