import type { Claim } from '../domain/claim.ts';
import { excludes } from '../domain/record.ts';
import { refText, sameRef } from '../domain/source.ts';
import type { Fate, Want } from '../domain/want.ts';
import { kept } from './holders.ts';
import type { Zoning } from './zoning.ts';

/** The verdict on every claim, once the winners are known. Total over `claims`, by record id. */
export function settleFates(
  claims: readonly Claim[],
  winners: readonly Want[],
  ownFates: ReadonlyMap<string, Fate>,
  zoning: Zoning,
): ReadonlyMap<string, Fate> {
  const byName = Map.groupBy(winners, (want) => want.name);
  const fates = new Map<string, Fate>();
  for (const claim of claims) {
    const own = ownFates.get(claim.recordId) ?? kept(claim, 'its holder was not asked');
    fates.set(claim.recordId, fateFor(claim, own, byName.get(claim.name) ?? [], zoning));
  }
  return fates;
}

function fateFor(claim: Claim, own: Fate, winners: readonly Want[], zoning: Zoning): Fate {
  if (claim.state === 'released') return own;
  const guarded = zoning.protectedBy(claim.name);
  if (guarded !== undefined) return kept(claim, guarded);
  const same = winners.find((want) => want.type === claim.type);
  if (same?.standing.kind === 'publish') return inZoneOf(same, claim, { kind: 'wanted' });
  if (same !== undefined && isHeldBy(claim, same)) return waitingWith(same);
  const other = winners.find((want) => excludes(want.type, claim.type));
  if (other?.standing.kind === 'publish') {
    const why = `${refText(other.source)} wants ${other.type} ${claim.name}`;
    return inZoneOf(other, claim, { kind: 'replaced', why });
  }
  return own;
}

/** A record leaves its zone only for one in which the name is being published. */
function inZoneOf(want: Want, claim: Claim, fate: Fate): Fate {
  return want.zone.id === claim.zoneId ? fate : { kind: 'moved', to: want.zone };
}

function isHeldBy(claim: Claim, want: Want): boolean {
  return claim.holder !== undefined && sameRef(claim.holder, want.source);
}

function waitingWith({ standing }: Want): Fate {
  switch (standing.kind) {
    case 'publish':
      return { kind: 'wanted' };
    case 'suspended':
      return { kind: 'kept', state: 'suspended', why: 'its source carries routeflare/suspend' };
    case 'pending':
    case 'frozen':
      return { kind: 'kept', state: standing.kind, why: standing.why };
  }
}
