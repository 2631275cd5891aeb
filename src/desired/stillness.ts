import type { Claim } from '../domain/claim.ts';
import { sameRef } from '../domain/source.ts';
import type { Fate } from '../domain/want.ts';
import type { NamesCase } from './source-case.ts';
import { isStillSuspended } from './terms.ts';

/** A gateway that forbids every write forbids it also for names that its route no longer asks for, or that wait. */
export function stillnessOf(at: NamesCase, claim: Claim): Fate | undefined {
  const { via } = claim;
  // Of a row that was made from a marker alone nobody knows which gateway counts for it: any may.
  const counting = at.parents.filter(
    ({ gateway }) => gateway !== undefined && (via === undefined || sameRef(gateway, via)),
  );
  for (const parent of counting) {
    const terms = at.termsOf(parent);
    if (isStillSuspended(claim, parent, terms))
      return { kind: 'kept', state: 'suspended', why: claim.stateReason };
    if (terms.kind === 'suspended' || terms.kind === 'frozen')
      return { kind: 'kept', state: terms.kind, why: terms.why };
  }
  return undefined;
}
