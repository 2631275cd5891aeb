import type { World } from './ports.ts';

/** Why nothing may be judged by this ledger: it is another cluster's. `undefined` when it is this one's. */
export function strangeLedger({ otherCluster, identity }: Pick<World, 'otherCluster' | 'identity'>) {
  const other = otherCluster();
  if (other === undefined) return undefined;
  return `the ledger was written for cluster ${other}, and this is ${identity.cluster || 'one that may not be read'}`;
}

export const NONE_ALLOWED = 'MAX_DELETES is 0: every deletion needs "routeflare approve"';

/** Why nothing at all is deleted without a person's word, of whatever name; `undefined` when the brake judges. */
export function noDeletions(
  world: Pick<World, 'otherCluster' | 'identity' | 'settings'>,
): string | undefined {
  return strangeLedger(world) ?? (world.settings.maxDeletes === 0 ? NONE_ALLOWED : undefined);
}
