import type { Claim } from '../domain/claim.ts';
import { parseHostname } from '../domain/hostname.ts';
import { parseMarker, type Identity } from '../domain/owner.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import type { Zone } from '../domain/zone.ts';
import { ownershipOf } from './ownership.ts';

/**
 * The rows that a listed zone's markers prove and the ledger lacks (a lost or older ledger): ours, of this
 * cluster. Nothing else is concluded from a marker here.
 */
export function recoverClaims(
  records: readonly ActualRecord[],
  claims: readonly Claim[],
  zone: Zone,
  identity: Identity,
  now: number,
): readonly Claim[] {
  const rows = new Set(claims.map((claim) => claim.recordId));
  return records.flatMap((record) => {
    if (rows.has(record.id) || !isRecordType(record.type)) return [];
    if (ownershipOf(record, undefined, identity).kind !== 'ours') return [];
    return recoverClaim(record, zone, identity, now) ?? [];
  });
}

/** `undefined` when the record's name is none that we could have written. */
export function recoverClaim(
  record: ActualRecord,
  zone: Zone,
  identity: Identity,
  now: number,
): Claim | undefined {
  const name = parseHostname(record.name);
  if (!name.ok || !isRecordType(record.type)) return undefined;
  const marker = parseMarker(record.comment);
  const at = new Date(now).toISOString();
  return {
    name: name.value,
    type: record.type,
    content: record.content,
    ttl: record.ttl,
    proxied: record.proxied,
    zoneId: zone.id,
    zoneName: zone.name,
    recordId: record.id,
    holder: marker?.holder,
    via: undefined,
    // Which mode it was made by is not in the marker; the next write for a source sets it.
    mode: 'gateway-address',
    cluster: marker?.cluster ?? identity.cluster,
    ttlWritten: false,
    proxiedWritten: false,
    adopted: false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: at,
    updatedAt: at,
    verifiedAt: at,
  };
}
