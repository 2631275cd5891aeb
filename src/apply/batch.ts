import type { BatchWrite } from '../domain/write.ts';
import type { Change } from '../plan/plan.ts';

/**
 * Cuts a plan's changes into batches, in order and never between two changes of one name: a batch is one
 * transaction at Cloudflare, so no name is ever seen half changed.
 * https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/
 */
export function chunk(changes: readonly Change[], limit: number): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  for (const group of groups(changes)) {
    const last = batches.at(-1);
    if (last !== undefined && operations(last) + operations(group) <= limit) last.push(...group);
    else batches.push([...group]);
  }
  return batches;
}

/** All that one change sends, its own write first. */
export function writesOf({ write, companions = [] }: Change): readonly BatchWrite[] {
  return [write, ...companions];
}

function operations(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + writesOf(change).length, 0);
}

/** The changes of each name, together. */
function groups(changes: readonly Change[]): readonly (readonly Change[])[] {
  return [...Map.groupBy(changes, (change) => change.name).values()];
}

/** Two halves of a refused batch, to find the one that spoils it; `undefined` when it is one name already. */
export function bisect(
  changes: readonly Change[],
): readonly [readonly Change[], readonly Change[]] | undefined {
  const names = groups(changes);
  if (names.length < 2) return undefined;
  const middle = Math.ceil(names.length / 2);
  return [names.slice(0, middle).flat(), names.slice(middle).flat()];
}
