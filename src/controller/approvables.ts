import type { Approvable } from '../domain/approvable.ts';
import type { Claim } from '../domain/claim.ts';
import type { Orphan } from '../plan/orphans.ts';

/** All that waits for a person, in the order it is shown. `why` is the evidence, or whose the marker is. */
export function approvables(
  claims: readonly Claim[],
  orphans: readonly { readonly zoneId: string; readonly zone: string; readonly orphan: Orphan }[],
): readonly Approvable[] {
  const rows = claims.flatMap((claim) => {
    if (claim.state !== 'held' && claim.state !== 'left') return [];
    const { recordId, zoneId, zoneName, name, type, content, stateReason } = claim;
    return [
      {
        kind: claim.state,
        recordId,
        zoneId,
        zone: zoneName,
        name,
        type,
        content,
        why: stateReason,
      },
    ];
  });
  const strays = orphans.map(({ zoneId, zone, orphan: { record, why } }) => {
    const { id, name, type, content } = record;
    return { kind: 'orphan' as const, recordId: id, zoneId, zone, name, type, content, why };
  });
  return [...rows, ...strays];
}
