import type { SourceRef } from './source.ts';

/** The Event reasons for what is wrong or waits. docs/troubleshooting.md has a section for each. */
export const PROBLEM_REASONS = [
  'InvalidAnnotation',
  'HostnameConflict',
  'RecordConflict',
  'ZoneNotFound',
  'Pending',
  'NotReady',
  'WriteRefused',
  'QuotaReached',
  'TokenRefused',
  'DeletionsHeld',
  'Orphan',
] as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[number];

/** The Event reasons for what happened to a record, or to the backends that it waits for. */
export const HAPPENING_REASONS = [
  'RecordCreated',
  'RecordUpdated',
  'RecordDeleted',
  'DriftCorrected',
  'Adopted',
  'Released',
  'ZoneMoved',
  'Ready',
] as const;
export type HappeningReason = (typeof HAPPENING_REASONS)[number];

/**
 * What a `RecordConflict` is about, where that decides how it is mended.
 * - `delegation`: an NS record hands the name over.
 * - `registry`: a TXT record of external-dns claims the name.
 * - `unowned`: a record that nobody has marked.
 * - `comment`: so many characters of the record's comment leave no room for the marker.
 */
export type Obstacle =
  | { readonly kind: 'delegation' }
  | { readonly kind: 'registry'; readonly text: string }
  | { readonly kind: 'unowned' }
  | { readonly kind: 'comment'; readonly tooLongBy: number };

/**
 * Something wrong that lasts until it is mended. `source` is the object told by an Event; without one the
 * controller's own Pod is. `message` says place, raw value and what would be right, and holds no secret.
 */
export interface Problem {
  readonly reason: ProblemReason;
  readonly message: string;
  /** Numbers that change while it lasts: for whoever looks at it now, and no part of its Event. */
  readonly detail?: string;
  readonly source?: SourceRef;
  readonly zone?: string;
  readonly name?: string;
  readonly type?: string;
  readonly obstacle?: Obstacle;
}

/** Equal for the same problem in two passes: an Event is sent when a key appears. */
export function problemKey(problem: Problem): string {
  const { source } = problem;
  const on = source === undefined ? '' : `${source.kind}/${source.namespace}/${source.name}`;
  return [
    problem.reason,
    on,
    problem.zone ?? '',
    problem.name ?? '',
    problem.type ?? '',
    problem.message,
  ].join('|');
}

/** All that is to be said of a problem to somebody who looks at it now. */
export function problemText({ message, detail }: Problem): string {
  return detail === undefined ? message : `${message} (${detail})`;
}
