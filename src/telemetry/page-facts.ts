import type { Approvable } from '../domain/approvable.ts';
import type { Claim } from '../domain/claim.ts';
import type { EgressState } from '../domain/egress.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import type { Problem } from '../domain/problem.ts';

/** What the page tells, as it is when asked. */
export interface PageFacts {
  readonly owner: string;
  readonly dryRun: boolean;
  /** Since when `uninstall` forbids every write (ISO 8601 UTC). */
  readonly stopped: string | undefined;
  readonly claims: readonly Claim[];
  readonly problems: readonly Problem[];
  readonly waiting: readonly Approvable[];
  readonly egress: readonly EgressState[];
  /** The newest entries, newest first. */
  history(limit: number): readonly HistoryEntry[];
}
