import type { RecordData } from './record.ts';
import type { GatewayRef, SourceRef } from './source.ts';

export const CONTENT_MODES = ['gateway-address', 'ddns', 'static', 'none'] as const;
export type ContentMode = (typeof CONTENT_MODES)[number];
/** A mode that yields content. */
export type PublishingMode = Exclude<ContentMode, 'none'>;

export const CLAIM_STATES = [
  'active',
  'pending',
  'frozen',
  'suspended',
  'deleting',
  'held',
  'left',
  'released',
] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

/**
 * One row of the ledger: a record that is ours, as we last wrote or verified it. `recordId` is unique.
 * Times are ISO 8601 UTC.
 */
export interface Claim extends RecordData {
  readonly zoneId: string;
  readonly zoneName: string;
  readonly recordId: string;
  /** Absent where a lost ledger was rebuilt from a marker without room for the holder. */
  readonly holder: SourceRef | undefined;
  /** The parent whose address or defaults gave the present record. */
  readonly via: GatewayRef | undefined;
  readonly mode: PublishingMode;
  /** The cluster named by the marker we wrote last; '' where it named none. */
  readonly cluster: string;
  /** Whether ttl and proxied were enforced by a written key when we last wrote. */
  readonly ttlWritten: boolean;
  readonly proxiedWritten: boolean;
  readonly adopted: boolean;
  readonly state: ClaimState;
  /** Why the state is what it is, for people; '' for active. */
  readonly stateReason: string;
  /** When the evidence for its deletion was first seen. */
  readonly doomedAt: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly verifiedAt: string | undefined;
}
