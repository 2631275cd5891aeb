import type { Permit } from '../domain/permit.ts';
import { unreachable } from '../domain/result.ts';
import type { Change } from '../plan/plan.ts';

/**
 * Why a change may not be written, by what the Lease permits now; `undefined` when it may.
 * @param planned what it permitted before anything was read for the change: what was read before somebody else held
 *   the Lease proves nothing after
 */
export function forbiddenBy(permit: Permit, change: Change, planned: Permit): string | undefined {
  switch (permit.kind) {
    case 'all':
      return planned.kind === 'all' && planned.tenure === permit.tenure ? undefined : OVERTAKEN;
    case 'own-ddns':
      return keepsDdns(change) ? undefined : permit.why;
    case 'none':
      return permit.why;
    default:
      return unreachable(permit);
  }
}

const OVERTAKEN = 'the Lease was taken anew since this was planned: it is planned again';

/**
 * Whether it only brings a record of ours, by its id, to the address that was confirmed: no name, type, zone or
 * row changes, and nothing is taken over. Another writer of ours would do the same.
 */
function keepsDdns({ action, happening, write, before, after, claim, drops }: Change): boolean {
  if (action !== 'update' || write.kind !== 'update' || happening === 'Adopted') return false;
  if (claim === undefined || claim.mode !== 'ddns' || claim.recordId !== write.id || drops.length > 0)
    return false;
  return (
    write.name === undefined &&
    before !== undefined &&
    before.name === after?.name &&
    before.type === after.type
  );
}
