import { parseHostname } from '../domain/hostname.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import type { Problem } from '../domain/problem.ts';
import { byName, compare } from './order.ts';
import { ownershipOf } from './ownership.ts';
import type { Change, Limits } from './plan.ts';
import type { PlanContext, Row } from './table.ts';

/** A record marked by us in another cluster, by a former owner id, or without a cluster, that nothing here needs. */
export interface Orphan {
  readonly record: ActualRecord;
  /** Whose it is. */
  readonly why: string;
  /** Why it is not needed. */
  readonly idle: string;
}

/**
 * The orphans of a listed zone; `undefined` when the zone was not listed.
 * @param spare those at names that are wanted, where ours stand for all that is
 */
export function orphansIn(
  context: PlanContext,
  table: ReadonlyMap<string, Row>,
  spare: readonly Orphan[],
): readonly Orphan[] | undefined {
  const found = context.actual.all?.flatMap((record) => {
    if (!isRecordType(record.type) || context.rowOf(record.id) !== undefined) return [];
    const ownership = ownershipOf(record, undefined, context.identity);
    if (ownership.kind !== 'ours-if-wanted') return [];
    if (table.get(record.name)?.wants.some((want) => want.type === record.type)) return [];
    return [{ record, why: ownership.why, idle: 'no source here wants it' }];
  });
  return found?.concat(spare).sort((a, b) => byName(a.record, b.record) || compare(a.record.id, b.record.id));
}

export function orphanProblem({ record, why, idle }: Orphan, zone: string): Problem {
  return {
    reason: 'Orphan',
    zone,
    name: record.name,
    type: record.type,
    message: `${record.type} ${record.name} → ${record.content}: ${why}, and ${idle}; it is left as it is ("routeflare approve" shows it and can let it go)`,
  };
}

/** Deletes exactly the orphans whose ids a person approved; nothing else ever touches one. */
export function approvedOrphans(
  orphans: readonly Orphan[],
  { approved, strategy }: Pick<Limits, 'approved' | 'strategy'>,
): readonly Change[] {
  if (strategy === 'upsert-only') return [];
  return orphans.flatMap(({ record }) => {
    const name = parseHostname(record.name);
    if (!approved.has(record.id) || !name.ok || !isRecordType(record.type)) return [];
    const { id, type, content, ttl, proxied } = record;
    return [
      {
        action: 'delete' as const,
        happening: 'RecordDeleted' as const,
        name: name.value,
        type,
        before: { name: name.value, type, content, ttl, proxied },
        after: undefined,
        write: { kind: 'delete' as const, id },
        claim: undefined,
        drops: [id],
        source: undefined,
        reason: 'an orphan; approved by a person',
        unpublishes: true,
      },
    ];
  });
}
