import type { OwnershipSettings } from '../config/sections.ts';
import { parseMarker, type Identity } from '../domain/owner.ts';
import type { ActualRecord } from '../domain/record.ts';
import { sameRef } from '../domain/source.ts';
import type { Want } from '../domain/want.ts';

/** Who the installation is whose plan this is; `said` tells how that is known, where nobody said so. */
export interface GuessedIdentity {
  readonly identity: Identity;
  readonly said: string | undefined;
}

/** Of nobody: no owner id that is made from a cluster has this form. */
const NOBODY = 'routeflare-unknown';

/**
 * Away from the cluster, who we are is read off the markers: of RECORD_OWNER_ID where it is set, else of the one owner
 * that marked records for the very sources that want them. With several, or none, nobody is assumed.
 */
export function guessIdentity(
  { ownerId, formerOwnerIds }: OwnershipSettings,
  wants: readonly Want[],
  records: readonly ActualRecord[],
): GuessedIdentity {
  const marked = records.flatMap(({ name, comment }) => {
    const marker = parseMarker(comment);
    return marker === undefined || formerOwnerIds.includes(marker.owner) ? [] : [{ name, marker }];
  });
  const own = marked.filter(({ name, marker: { holder } }) =>
    wants.some((want) => want.name === name && holder !== undefined && sameRef(want.source, holder)),
  );
  const owners = [...new Set(own.map(({ marker }) => marker.owner))];
  const owner = ownerId ?? (owners.length === 1 ? owners[0] : undefined);
  const cluster = commonest(
    marked.filter(({ marker }) => marker.owner === owner).map(({ marker }) => marker.cluster ?? ''),
  );
  const identity = { owner: owner ?? NOBODY, cluster: cluster ?? '', formerOwners: formerOwnerIds };
  if (ownerId !== undefined || marked.length === 0) return { identity, said: undefined };
  return {
    identity,
    said:
      owner === undefined
        ? 'marked records are all of other clusters (set RECORD_OWNER_ID to the owner id of this one)'
        : `records marked ${owner} are of this cluster (RECORD_OWNER_ID would say so)`,
  };
}

function commonest(texts: readonly string[]): string | undefined {
  return [...Map.groupBy(texts, (text) => text)].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
