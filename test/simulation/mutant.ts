/** A bug that somebody could well make: one place of the source, changed. */
export interface Mutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What else must go, since two things hold it: replaced wherever it stands. */
  readonly also?: { readonly file: string; readonly find: string; readonly replace: string };
  /** Kinds of events that it takes, for a bug that few histories meet: half of all events are of these. */
  readonly favours?: readonly string[];
}
