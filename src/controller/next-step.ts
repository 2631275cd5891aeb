import type { Outcome } from '../apply/outcome.ts';
import type { ApiProblem } from '../domain/write.ts';

/**
 * When a zone is looked at again. The only thing that decides scheduling: no exception does.
 * - `done`: nothing to do until something changes.
 * - `after`: at a known time.
 * - `retry`: something outside failed; with backoff, not before `notBeforeMs`.
 */
export type NextStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'after'; readonly ms: number }
  | { readonly kind: 'retry'; readonly why: string; readonly notBeforeMs: number };

export function retryOf(problem: ApiProblem): NextStep {
  return { kind: 'retry', why: problem.message, notBeforeMs: problem.retryAfterMs ?? 0 };
}

/** What follows from a pass: `wrote` says that ledger or records changed, so that one more look is worth it. */
export function nextStep(
  outcomes: readonly Outcome[],
  wrote: boolean,
  dueInMs: number | undefined,
): NextStep {
  const failed = outcomes.find((outcome) => outcome.kind === 'in-doubt' || outcome.kind === 'not-tried');
  if (failed !== undefined && failed.kind !== 'done') return retryOf(failed.problem);
  if (outcomes.some((outcome) => outcome.kind === 'stale') || wrote) return { kind: 'after', ms: 0 };
  return dueInMs === undefined ? { kind: 'done' } : { kind: 'after', ms: Math.max(0, dueInMs) };
}
