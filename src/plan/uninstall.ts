import type { ActInput, ActPlan } from './act-plan.ts';
import { byName } from './order.ts';
import type { Change, RowChange } from './plan.ts';
import { deletion } from './removal.ts';
import { forget, standingOf, strip, unreadText } from './strip.ts';
import { contextOf } from './table.ts';

const WHY = 'uninstalled by a person';

/**
 * Leaves a zone: every record of ours goes, or with `keepRecords` only its marker. What may not be deleted by any
 * but its own word is not: a suspended or protected record stays as it is, and one that was left loses its marker.
 */
export function planUninstall(input: ActInput, keepRecords: boolean): ActPlan {
  const context = contextOf(input);
  const changes: Change[] = [];
  const rows: RowChange[] = [];
  const notes: string[] = [];
  for (const claim of [...input.claims].sort(byName)) {
    if (claim.zoneId !== input.zone.id || claim.state === 'released') continue;
    const fate = input.desired.fates.get(claim.recordId);
    const suspended =
      fate?.kind === 'kept' && fate.state === 'suspended'
        ? 'its source carries routeflare/suspend'
        : undefined;
    const untouched = input.protectedBy(claim.name) ?? suspended;
    if (untouched !== undefined) {
      notes.push(`${claim.type} ${claim.name} stays as it is: ${untouched}`);
      continue;
    }
    const standing = standingOf(context, claim);
    const { record } = standing;
    if (standing.gone !== undefined) {
      rows.push(forget(claim, `${WHY}; ${standing.gone}`));
    } else if (record === undefined) {
      notes.push(unreadText(claim));
    } else if (keepRecords || claim.state === 'left') {
      changes.push(strip(claim, record, WHY));
    } else {
      const judged = { record, held: undefined, ownership: { kind: 'ours' as const, marked: true, why: '' } };
      changes.push(deletion(judged, claim, WHY, true));
    }
  }
  return { zone: input.zone, changes, rows, refuse: [], notes };
}
