import { elapsedMs, type Instant } from '../domain/clock.ts';
import type { Permit } from '../domain/permit.ts';
import type { LeaseRecord } from './lease-record.ts';

/**
 * The durations of client-go's leader election, which the control plane itself uses. A holder counts its Lease as
 * lost 5 s before anybody else may take it.
 * https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig
 */
export const LEASE_TIMES = {
  /** A record that has not changed for so long, by the watcher's own clock, may be taken. */
  durationMs: 15_000,
  /** A holder that has not renewed for so long writes nothing. */
  renewDeadlineMs: 10_000,
  /** Between two tries. */
  retryMs: 2_000,
  /** Between two tries where the API server has never let us have the Lease. */
  refusedMs: 30_000,
} as const;

/** So many in a row are no accident. */
const LASTING_REFUSALS = 3;

/**
 * What one try came to.
 * - `held`: written as ours, by a request begun then; `taken` when it was not ours before.
 * - `other`: somebody else's, and not to be taken yet.
 * - `unsure`: nothing was learnt: somebody wrote at the same moment, or the API server does not know us.
 * - `refused`: the API server answers, and lets us have no Lease (RBAC, no such namespace); `isFree`: which nobody else
 *   holds, as was seen right before.
 * - `away`: no API server answers.
 */
export type LeaseOutcome =
  | {
      readonly kind: 'held';
      readonly record: LeaseRecord;
      readonly begun: Instant;
      readonly taken: boolean;
    }
  | { readonly kind: 'other'; readonly record: LeaseRecord }
  | { readonly kind: 'unsure' }
  | { readonly kind: 'refused'; readonly why: string; readonly isFree: boolean }
  | { readonly kind: 'away'; readonly why: string; readonly begun: Instant };

export interface LeaseState {
  /** The record as it was seen last, and since when it has not changed. */
  readonly seen: { readonly record: LeaseRecord; readonly since: Instant } | undefined;
  /** When the write that keeps it ours was begun; `undefined` while it is not ours. */
  readonly renewed: Instant | undefined;
  /** How often it was taken. */
  readonly tenure: number;
  /** Refusals in a row, and the API server's words at the last. */
  readonly refused: { readonly why: string; readonly times: number; readonly isFree: boolean } | undefined;
  /** Tries that met no API server, one after the other: when the first began and the last ended. */
  readonly away: { readonly since: Instant; readonly last: Instant; readonly why: string } | undefined;
}

export const NOTHING_KNOWN: LeaseState = {
  seen: undefined,
  renewed: undefined,
  tenure: 0,
  refused: undefined,
  away: undefined,
};

/** Takes note of a record that was read. The same one again leaves the time since when it is known. */
export function withSeen(state: LeaseState, record: LeaseRecord, at: Instant): LeaseState {
  const same = state.seen?.record.stamp === record.stamp;
  return { ...state, seen: { record, since: same && state.seen !== undefined ? state.seen.since : at } };
}

/**
 * Whether a record that was read just now may be taken: nobody's; or unchanged for its whole duration, as we saw it;
 * or, before anything else was known, that of an earlier container of this very Pod, which the kubelet has ended
 * before it started this one.
 */
export function mayTake(state: LeaseState, before: LeaseState, podUid: string, at: Instant): boolean {
  if (state.seen === undefined) return false;
  const { record, since } = state.seen;
  if (record.holder === '') return true;
  if (before.seen === undefined && podUid !== '' && record.holder.includes(`_${podUid}_`)) return true;
  return at.steady - since.steady >= Math.max(LEASE_TIMES.durationMs, record.durationMs);
}

export function after(state: LeaseState, outcome: LeaseOutcome, at: Instant): LeaseState {
  switch (outcome.kind) {
    case 'held':
      return {
        seen: { record: outcome.record, since: at },
        renewed: outcome.begun,
        tenure: state.tenure + (outcome.taken || state.renewed === undefined ? 1 : 0),
        refused: undefined,
        away: undefined,
      };
    case 'other':
      return {
        ...withSeen(state, outcome.record, at),
        renewed: undefined,
        refused: undefined,
        away: undefined,
      };
    case 'unsure':
      return { ...state, refused: undefined, away: undefined };
    case 'refused':
      return {
        ...state,
        refused: {
          why: outcome.why,
          times: (state.refused?.times ?? 0) + 1,
          isFree: outcome.isFree,
        },
        away: undefined,
      };
    case 'away':
      return { ...state, away: stillAway(state, outcome, at) };
  }
}

/** A long silence between two tries is ours, not the API server's: the process stood still, and counts anew. */
function stillAway(
  { away }: LeaseState,
  { begun, why }: Extract<LeaseOutcome, { kind: 'away' }>,
  at: Instant,
): LeaseState['away'] {
  if (away !== undefined && elapsedMs(away.last, begun) < LEASE_TIMES.renewDeadlineMs) {
    return { ...away, last: at };
  }
  return { since: begun, last: at, why };
}

/**
 * What may be written now.
 * @param lease for people: `the Lease namespace/name`
 */
export function permitOf(state: LeaseState, lease: string, at: Instant): Permit {
  const { renewed, refused, away, tenure, seen } = state;
  if (renewed !== undefined && elapsedMs(renewed, at) < LEASE_TIMES.renewDeadlineMs)
    return { kind: 'all', tenure };
  if (refused !== undefined) {
    if (isUnguarded(state)) return { kind: 'all', tenure };
    if (tenure > 0) return none(`${lease} may not be renewed any more: ${refused.why}`);
    const holder = refused.isFree ? '' : (seen?.record.holder ?? '');
    const other = holder === '' ? '' : ` ${holder} held it when it was read last, and may write.`;
    return none(`${lease} is refused: ${refused.why}.${other} It is asked for again`);
  }
  if (renewed !== undefined && away !== undefined && isCutOff(away, at)) {
    return {
      kind: 'own-ddns',
      why: `${lease} cannot be renewed, because the API server is away (${away.why}): only ddns records are kept up to date`,
    };
  }
  if (renewed !== undefined) return none(`${lease} was not renewed in time`);
  if (seen === undefined) return none(`${lease} was not read yet`);
  const { holder } = seen.record;
  if (holder === '') return none(`${lease} is to be taken`);
  return none(
    `another controller writes: ${holder} holds ${lease}. It is taken over when it is released, or was not renewed for ${LEASE_TIMES.durationMs / 1000} s`,
  );
}

/**
 * Whether it goes on without a Lease: who never had one is as every installation was before there were Leases; who
 * had one may have a successor; and who saw another hold it, and may not look any more, cannot know that it has ended. An
 * API server that has just started refuses for a moment what it will allow.
 */
export function isUnguarded({ refused, tenure, seen }: LeaseState): boolean {
  if (tenure > 0 || refused === undefined || refused.times < LASTING_REFUSALS) return false;
  return refused.isFree || seen === undefined || seen.record.holder === '';
}

/** Long enough that it is no hiccup, and seen by a try just now: not by one from before the process stood still. */
function isCutOff({ since, last }: NonNullable<LeaseState['away']>, at: Instant): boolean {
  return (
    elapsedMs(since, at) >= LEASE_TIMES.renewDeadlineMs && elapsedMs(last, at) < LEASE_TIMES.renewDeadlineMs
  );
}

function none(why: string): Permit {
  return { kind: 'none', why };
}
