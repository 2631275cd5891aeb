import type { Claim } from '../domain/claim.ts';
import type { EgressState } from '../domain/egress.ts';
import type { HistoryEntry } from '../domain/entry.ts';
import type { Problem } from '../domain/problem.ts';

/** A record that only a person's word lets go. `why` is the evidence, or whose the marker is. */
export interface WaitingRecord {
  readonly kind: 'held' | 'orphan' | 'left';
  readonly recordId: string;
  readonly zoneId: string;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly why: string;
}

/** What the page tells, as it is when asked. */
export interface PageFacts {
  readonly owner: string;
  readonly dryRun: boolean;
  /** Since when `uninstall` forbids every write (ISO 8601 UTC). */
  readonly stopped: string | undefined;
  readonly claims: readonly Claim[];
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingRecord[];
  readonly egress: readonly EgressState[];
  /** The newest entries, newest first. */
  history(limit: number): readonly HistoryEntry[];
}
