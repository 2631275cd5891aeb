import type { Claim } from '../domain/claim.ts';
import { sameRef } from '../domain/source.ts';
import type { Fate } from '../domain/want.ts';
import type { NamesCase } from './source-case.ts';
import { isStillSuspended } from './terms.ts';

/** A gateway that forbids every write forbids it also for names that its route no longer asks for, or that wait. */
export function stillnessOf(at: NamesCase, claim: Claim): Fate | undefined {
  const { via } = claim;
  if (via === undefined) return undefined;
  const parent = at.parents.find(({ gateway }) => gateway !== undefined && sameRef(gateway, via));
  const terms = parent === undefined ? undefined : at.termsOf(parent);
  if (parent !== undefined && terms !== undefined && isStillSuspended(claim, parent, terms))
    return { kind: 'kept', state: 'suspended', why: claim.stateReason };
  if (terms?.kind !== 'suspended' && terms?.kind !== 'frozen') return undefined;
  return { kind: 'kept', state: terms.kind, why: terms.why };
}
