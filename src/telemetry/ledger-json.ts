import type { Claim } from '../domain/claim.ts';
import type { HistoryEntry } from '../domain/entry.ts';

/** A managed record as commands and `/api` say it in JSON; docs/commands.md has the members. */
export function claimJson(claim: Claim): object {
  const { zoneName, zoneId, name, type, content, ttl, proxied, recordId, holder, mode } = claim;
  const { state, stateReason, adopted, createdAt, updatedAt, verifiedAt } = claim;
  return {
    zone: zoneName,
    zoneId,
    name,
    type,
    content,
    ttl,
    proxied,
    recordId,
    holder: holder ?? null,
    contentMode: mode,
    state,
    stateReason,
    adopted,
    createdAt,
    updatedAt,
    verifiedAt: verifiedAt ?? null,
  };
}

/** A change of the history, likewise. */
export function entryJson({ zoneName, before, after, ...entry }: HistoryEntry): object {
  return { ...entry, zone: zoneName, before: before ?? null, after: after ?? null };
}

/** By zone, name and type. */
export function claimOrder(a: Claim, b: Claim): number {
  return compare(a.zoneName, b.zoneName) || compare(a.name, b.name) || compare(a.type, b.type);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
