import type { Family } from '../domain/address.ts';
import type { Claim } from '../domain/claim.ts';
import type { ClusterSnapshot } from '../domain/cluster.ts';
import type { EgressState } from '../domain/egress.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Observed } from '../domain/observation.ts';
import type { Refusal } from '../domain/refusal.ts';
import { refText, type GatewayRef, type SourceKind, type SourceRef } from '../domain/source.ts';
import type { Zone } from '../domain/zone.ts';
import type { Trace } from './trace.ts';
import { sightOf, type Sight } from './places.ts';

/** All that desired state is derived from, read at one moment. */
export interface DesiredInput {
  readonly cluster: ClusterSnapshot;
  /** A family that is missing, or not `confirmed`, is unknown. */
  readonly egress: ReadonlyMap<Family, EgressState>;
  /** Already limited to ZONES. */
  readonly zones: Observed<readonly Zone[]>;
  /** Of all zones: rows of the ledger, and rows recovered from markers. */
  readonly claims: readonly Claim[];
  /** PROTECTED_NAMES: exact names, and `*.` wildcards for all names below. */
  readonly protectedNames: readonly Hostname[];
  /** Names that a person took from a source; docs/commands.md, "release". */
  readonly refusals?: readonly Refusal[];
  /** Told of each decision, for `explain`. */
  readonly trace?: Trace;
  /** SOURCES. */
  readonly watchedKinds: ReadonlySet<SourceKind>;
}

/** The input with what many sources look up, indexed or parsed once. */
export interface World {
  readonly input: DesiredInput;
  sightOf(ref: GatewayRef): Sight;
  /** Claims that are not released, of one holder or of one name, in the order of their record ids. */
  heldBy(source: SourceRef): readonly Claim[];
  claimsAt(name: Hostname): readonly Claim[];
}

export function worldOf(input: DesiredInput): World {
  const claims = input.claims.filter((claim) => claim.state !== 'released');
  const byName = Map.groupBy(claims, ({ name }) => name);
  for (const group of byName.values()) if (group.length > 1) group.sort(byRecordId);
  let byHolder: ReadonlyMap<string, readonly Claim[]> | undefined;
  const sights = new Map<string, Sight>();
  return {
    input,
    sightOf(ref) {
      const key = refText(ref);
      const sight = sights.get(key) ?? sightOf(ref, input.cluster);
      sights.set(key, sight);
      return sight;
    },
    heldBy(source) {
      // Few sources ask: the suspended and the frozen.
      byHolder ??= Map.groupBy(claims.toSorted(byRecordId), ({ holder }) =>
        holder === undefined ? '' : refText(holder),
      );
      return byHolder.get(refText(source)) ?? [];
    },
    claimsAt: (name) => byName.get(name) ?? [],
  };
}

function byRecordId(a: Claim, b: Claim): number {
  return a.recordId < b.recordId ? -1 : Number(a.recordId > b.recordId);
}
