import type { Claim } from '../domain/claim.ts';
import type { Desired } from '../domain/want.ts';

/** Zones with records that wait for this one's to be confirmed. */
export function zonesMovingTo(
  zoneId: string,
  claims: readonly Claim[],
  { fates }: Desired,
): ReadonlySet<string> {
  const moving = claims.filter(({ recordId }) => {
    const fate = fates.get(recordId);
    return fate?.kind === 'moved' && fate.to.id === zoneId;
  });
  return new Set(moving.map((claim) => claim.zoneId));
}
