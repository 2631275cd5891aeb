import type { Claim } from '../domain/claim.ts';
import { parseMarker, type Identity, type Marker } from '../domain/owner.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import { refText } from '../domain/source.ts';

/**
 * Whose a record is, by its marker and the ledger's row for its id. docs/ownership.md has the table.
 * - `ours`: may be changed in place; `marked` says whether the marker itself was read as ours of this cluster
 *   (or as the row wrote it), which a deletion needs besides.
 * - `ours-if-wanted`: marked by us elsewhere or before; taken over when a source here wants this name and type.
 * - `release`: was ours by the ledger and is not any more.
 * - `stranger`: anybody else's, or nobody's (`unmarked`, which alone `adopt` may take over).
 */
export type Ownership =
  | { readonly kind: 'ours'; readonly marked: boolean; readonly why: string }
  | { readonly kind: 'ours-if-wanted'; readonly why: string }
  | { readonly kind: 'release'; readonly why: string }
  | { readonly kind: 'unmarked'; readonly why: string }
  | { readonly kind: 'foreign'; readonly why: string };

export function ownershipOf(record: ActualRecord, claim: Claim | undefined, identity: Identity): Ownership {
  if (claim?.state === 'released') {
    const why = claim.stateReason === '' ? '' : `: ${claim.stateReason}`;
    return { kind: 'foreign', why: `record ${record.id} was released${why}` };
  }
  if (record.readOnly) {
    const why = `record ${record.id} is managed by another Cloudflare product (read-only)`;
    return claim === undefined ? { kind: 'foreign', why } : { kind: 'release', why };
  }
  return claim === undefined ? withoutRow(record, identity) : withRow(record, claim, identity);
}

function withRow(record: ActualRecord, claim: Claim, identity: Identity): Ownership {
  const marker = parseMarker(record.comment);
  if (!isRecordType(record.type)) return { kind: 'release', why: `its type was changed to ${record.type}` };
  if (marker === undefined) {
    if (record.content === claim.content && record.type === claim.type) {
      return {
        kind: 'ours',
        marked: false,
        why: 'in the ledger; its marker was removed, its content is as we wrote it',
      };
    }
    return {
      kind: 'ours-if-wanted',
      why: `in the ledger, but its marker was removed and its content changed to ${record.content}`,
    };
  }
  if (marker.owner !== identity.owner && !identity.formerOwners.includes(marker.owner)) {
    return { kind: 'release', why: `its marker now names another owner, ${marker.owner}` };
  }
  if (
    marker.cluster !== undefined &&
    marker.cluster !== claim.cluster &&
    marker.cluster !== identity.cluster
  ) {
    return {
      kind: 'release',
      why: `its marker now names cluster ${marker.cluster}, where we wrote ${claim.cluster || 'none'}`,
    };
  }
  return { kind: 'ours', marked: true, why: `in the ledger, and marked ${marker.owner}` };
}

function withoutRow(record: ActualRecord, identity: Identity): Ownership {
  const marker = parseMarker(record.comment);
  if (marker === undefined) return { kind: 'unmarked', why: `record ${record.id} has no owner's marker` };
  const whose = `record ${record.id} is marked ${marker.owner}${marker.cluster === undefined ? '' : ` of cluster ${marker.cluster}`}`;
  if (identity.formerOwners.includes(marker.owner))
    return { kind: 'ours-if-wanted', why: `${whose}, a former owner id` };
  if (marker.owner !== identity.owner) {
    const holder = marker.holder === undefined ? '' : ` for ${refText(marker.holder)}`;
    return { kind: 'foreign', why: `${whose}${holder}${claimableText(marker, identity)}` };
  }
  if (marker.cluster !== undefined && marker.cluster === identity.cluster) {
    return { kind: 'ours', marked: true, why: `marked ours, of this cluster` };
  }
  return { kind: 'ours-if-wanted', why: `${whose}, not of this cluster` };
}

/** The setting that would claim a foreign record, where it may well have been ours before. */
function claimableText({ owner, cluster }: Marker, identity: Identity): string {
  if (cluster === undefined || cluster === identity.cluster)
    return `; if that was you, and runs no more, add ${owner} to FORMER_OWNER_IDS`;
  // The id that an installation has whose owner was never set: the usual one where a cluster was rebuilt.
  const isDefault = owner === `routeflare-${cluster}`;
  return isDefault ? `; if that cluster was yours, and is no more, add ${owner} to FORMER_OWNER_IDS` : '';
}
