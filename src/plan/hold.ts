import type { Claim } from '../domain/claim.ts';
import type { RowChange } from './plan.ts';
import type { Draft } from './read.ts';
import { toState } from './rows.ts';

/**
 * The row of a record that stands only because nothing is deleted without a person's word, though its name and type
 * are wanted: no delay runs for it. `undefined` when it may go.
 */
export function holdAlone(draft: Draft, claim: Claim, why: string): readonly RowChange[] | undefined {
  const { noDeletions, approved, now } = draft.input.limits;
  if (noDeletions === undefined || approved.has(claim.recordId)) return undefined;
  return toState(claim, 'held', `${why}; ${noDeletions}`, { now });
}
