import type { Claim } from '../domain/claim.ts';
import type { Permit } from '../domain/permit.ts';
import { unreachable } from '../domain/result.ts';
import type { Change } from '../plan/plan.ts';

/**
 * Why a change may not be written, by what the Lease permits now; `undefined` when it may.
 * @param planned what it permitted before anything was read for the change: what was read before somebody else held
 *   the Lease proves nothing after
 * @param claims the ledger's rows now
 */
export function forbiddenBy(
  permit: Permit,
  change: Change,
  planned: Permit,
  claims: () => readonly Claim[],
): string | undefined {
  switch (permit.kind) {
    case 'all':
      return planned.kind === 'all' && planned.tenure === permit.tenure ? undefined : OVERTAKEN;
    case 'own-ddns':
      return keepsDdns(change, claims()) ? undefined : permit.why;
    case 'none':
      return permit.why;
    default:
      return unreachable(permit);
  }
}

const OVERTAKEN = 'the Lease was taken anew since this was planned: it is planned again';

/**
 * Whether it only brings a record that was ours and followed the egress address before, by its id, to the address
 * that was confirmed: no name, type, zone, mode or row changes, and nothing is taken over. Another writer of ours
 * would do the same. What only a marker names as ours may be what that writer has just made.
 */
function keepsDdns(
  { action, happening, write, before, after, claim, drops }: Change,
  claims: readonly Claim[],
): boolean {
  if (action !== 'update' || write.kind !== 'update' || happening === 'Adopted') return false;
  if (claim === undefined || claim.mode !== 'ddns' || claim.recordId !== write.id || drops.length > 0)
    return false;
  const last = claims.find(({ recordId }) => recordId === write.id);
  return (
    last?.mode === 'ddns' &&
    write.name === undefined &&
    before !== undefined &&
    before.name === after?.name &&
    before.type === after.type
  );
}
