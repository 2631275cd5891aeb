import type { PublishingMode } from './claim.ts';
import type { Hostname } from './hostname.ts';
import type { Problem } from './problem.ts';
import type { RecordType } from './record.ts';
import type { GatewayRef, SourceRef } from './source.ts';
import type { Ttl } from './ttl.ts';
import type { Zone } from './zone.ts';

/** A value with whether somebody wrote it: written ones are enforced, others are a default for creation. */
export interface Setting<T> {
  readonly value: T;
  readonly written: boolean;
}

/** Whether the record set may be written now. All but `publish` leave records exactly as they are. */
export type Standing =
  | { readonly kind: 'publish'; readonly contents: readonly string[] }
  | { readonly kind: 'pending'; readonly why: string }
  | { readonly kind: 'frozen'; readonly why: string }
  | { readonly kind: 'suspended' };

/** One record set that one source asks for. `contents` are canonical, distinct and in the order wanted. */
export interface Want {
  readonly source: SourceRef;
  readonly zone: Zone;
  readonly name: Hostname;
  readonly type: RecordType;
  readonly standing: Standing;
  readonly mode: PublishingMode;
  readonly via: GatewayRef | undefined;
  readonly ttl: Setting<Ttl>;
  readonly proxied: Setting<boolean>;
  readonly adopt: boolean;
}

/** The closed list of what allows a deletion. */
export type Evidence =
  | 'holder-absent'
  | 'content-mode-removed'
  | 'hostname-removed'
  | 'type-removed'
  | 'parent-removed'
  | 'listener-removed'
  | 'permission-removed'
  | 'not-ready';

/**
 * What the cluster says of one claim.
 * - `wanted`: some want has its name, type and zone (perhaps another source's: a hand-over in place).
 * - `kept`: not evidently gone; the record stays as it is, in that state.
 * - `doomed`: positive evidence that it may go after DELETE_DELAY.
 * - `replaced`: the name is wanted with a type that excludes this one; goes in the batch that brings the other.
 * - `moved`: wanted in another zone; goes once the record there is confirmed.
 */
export type Fate =
  | { readonly kind: 'wanted' }
  | {
      readonly kind: 'kept';
      readonly state: 'pending' | 'frozen' | 'suspended' | 'left';
      readonly why: string;
    }
  | { readonly kind: 'doomed'; readonly evidence: Evidence; readonly why: string }
  | { readonly kind: 'replaced'; readonly why: string }
  | { readonly kind: 'moved'; readonly to: Zone };

/**
 * What should exist, over all zones. `wants` holds the winners only: at most one per name and type, and no
 * CNAME beside an address type. `fates` is keyed by record id and total over the claims that were given.
 */
export interface Desired {
  readonly wants: readonly Want[];
  /** Those that lost their name to a winner, or to who holds it; they come in when that one goes. */
  readonly losers: readonly Want[];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly problems: readonly Problem[];
  /** Families some source takes from the egress address; nothing is probed for the others. */
  readonly egressFamilies: ReadonlySet<4 | 6>;
}
