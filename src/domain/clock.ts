/**
 * Time by two clocks, in milliseconds. `now`, since the epoch, is for what people read and what outlives the process; it
 * may be set while the program runs, to and fro. `steady` never is: it says how long something takes and when the next
 * try is due. It may stand still while the machine sleeps.
 */
export interface Clock {
  readonly now: () => number;
  readonly steady: () => number;
}

/** One moment by both. The clock of another machine is never compared with either. */
export interface Instant {
  readonly steady: number;
  readonly wall: number;
}

export function instantOf({ now, steady }: Clock): Instant {
  return { steady: steady(), wall: now() };
}

/** The longer of what both clocks say, since one stands still in a sleep and the other can be set back. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.steady - from.steady, to.wall - from.wall);
}
