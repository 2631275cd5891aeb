import { isRecordType } from '../domain/record.ts';
import type { Problem } from '../domain/problem.ts';
import { ownershipOf } from './ownership.ts';
import type { PlanContext, Row } from './table.ts';

/**
 * Records marked by us in another cluster, by a former owner id, or without a cluster, that no source here
 * wants. They are left as they are; only `routeflare approve` lets them go.
 */
export function orphans(
  context: PlanContext,
  table: ReadonlyMap<string, Row>,
): readonly Problem[] | undefined {
  if (context.actual.all === undefined) return undefined;
  const found: Problem[] = [];
  for (const record of context.actual.all) {
    if (!isRecordType(record.type) || context.rowOf(record.id) !== undefined) continue;
    const ownership = ownershipOf(record, undefined, context.identity);
    if (ownership.kind !== 'ours-if-wanted') continue;
    if (table.get(record.name)?.wants.some((want) => want.type === record.type)) continue;
    found.push({
      reason: 'Orphan',
      zone: context.zone.name,
      name: record.name,
      type: record.type,
      message: `${record.type} ${record.name} → ${record.content}: ${ownership.why}, and no source here wants it; it is left as it is (delete it with "routeflare approve")`,
    });
  }
  return found;
}
