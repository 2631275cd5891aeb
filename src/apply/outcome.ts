import type { Change } from '../plan/plan.ts';
import type { ApiProblem, ApiProblemKind } from '../domain/write.ts';
import type { ProblemReason } from '../domain/problem.ts';

/**
 * What became of one change.
 * - `done`: Cloudflare confirmed it and the ledger has it.
 * - `refused`: not applied, and not worth trying again before something changes.
 * - `stale`: not applied, because Cloudflare is not as a plan thought that was made without a list; read again.
 * - `in-doubt`: may have been applied; the intent stays open until a list settles it.
 * - `not-tried`: not applied, later.
 */
export type Outcome = { readonly change: Change } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'stale' | 'in-doubt' | 'not-tried'; readonly problem: ApiProblem }
);

/** How a refusal of one single change counts. Total, so that a new kind must be judged here. */
export const OUTCOME_OF: Readonly<Record<ApiProblemKind, 'refused' | 'stale' | 'in-doubt' | 'not-tried'>> = {
  'in-doubt': 'in-doubt',
  unavailable: 'not-tried',
  'rate-limited': 'not-tried',
  'token-refused': 'not-tried',
  forbidden: 'not-tried',
  misconfigured: 'not-tried',
  'not-found': 'stale',
  exists: 'stale',
  'type-conflict': 'stale',
  quota: 'refused',
  invalid: 'refused',
};

/** The Event reason that tells a source of it. */
export const REASON_OF: Readonly<Record<ApiProblemKind, ProblemReason>> = {
  'in-doubt': 'Pending',
  unavailable: 'Pending',
  'rate-limited': 'Pending',
  'token-refused': 'TokenRefused',
  forbidden: 'TokenRefused',
  misconfigured: 'TokenRefused',
  'not-found': 'Pending',
  exists: 'RecordConflict',
  'type-conflict': 'RecordConflict',
  quota: 'QuotaReached',
  invalid: 'WriteRefused',
};
