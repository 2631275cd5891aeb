import type { Claim } from '../domain/claim.ts';
import type { SourceObject } from '../domain/cluster.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Problem, ProblemReason } from '../domain/problem.ts';
import { sameRef, type SourceRef } from '../domain/source.ts';
import type { Standing, Want } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { SourceSettings } from './annotations.ts';
import type { Parent } from './attachment.ts';
import type { Terms } from './terms.ts';
import type { World } from './world.ts';
import type { Zoning } from './zoning.ts';

/** A source with what it is judged by. */
export interface SourceCase {
  readonly object: SourceObject;
  readonly source: SourceRef;
  readonly settings: SourceSettings;
  readonly world: World;
  readonly zoning: Zoning;
}

/** A source with what its names are judged by. `settings` holds its own keys alone. */
export interface NamesCase extends SourceCase {
  /** Those that may count: none is modeless. In spec order. */
  readonly parents: readonly Parent[];
  termsOf(parent: Parent): Terms;
}

/** The claims that this source holds on a name. */
export function heldAt(at: SourceCase, name: Hostname): readonly Claim[] {
  return at.world.claimsAt(name).filter(({ holder }) => holder !== undefined && sameRef(holder, at.source));
}

/** A want that may not be written now, in the place of the record that its source holds. */
export function heldWant(at: SourceCase, claim: Claim, zone: Zone, standing: Standing): Want {
  const { source, settings } = at;
  return {
    source,
    zone,
    name: claim.name,
    type: claim.type,
    standing,
    mode: claim.mode,
    via: claim.via,
    ttl: settings.ttl,
    proxied: settings.proxied,
    adopt: settings.adopt,
  };
}

export function problemOf(
  at: { readonly source: SourceRef },
  reason: ProblemReason,
  message: string,
  where: { readonly name?: Hostname; readonly type?: string; readonly zone?: string } = {},
): Problem {
  return { reason, message, source: at.source, ...where };
}
