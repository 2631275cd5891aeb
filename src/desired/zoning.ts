import { covers, isWildcard, isWithin, type Hostname } from '../domain/hostname.ts';
import { zoneFor, type Zone } from '../domain/zone.ts';
import type { Problem } from '../domain/problem.ts';
import type { DesiredInput } from './world.ts';

/** Where a name is to be written, or why nowhere. */
type Place =
  | { readonly kind: 'zone'; readonly zone: Zone }
  | {
      readonly kind: 'nowhere';
      readonly why: string;
      /** Absent where it is told once for all names: the zones are not known. */
      readonly reason: 'Pending' | 'ZoneNotFound' | undefined;
    };

/** Finds the zone of names, and keeps PROTECTED_NAMES out of all of them. */
export interface Zoning {
  placeOf(name: Hostname): Place;
  /** The zones that cover a name besides the one it is written to, the longest first; for people. */
  alsoCovering(name: Hostname, zone: Zone): readonly Zone[];
  /** One that would be the zone of a name, were it active. */
  passedOver(name: Hostname, zone: Zone): Zone | undefined;
  /** Why a name is never written, by setting; `undefined` when it may be. */
  protectedBy(name: Hostname): string | undefined;
  /** Warnings, one for each: the zones are not known, or one where something is wanted is not active. */
  problems(used: Iterable<Zone>): readonly Problem[];
}

export function zoningOf({ zones, protectedNames }: Pick<DesiredInput, 'zones' | 'protectedNames'>): Zoning {
  const exact = new Set<string>(protectedNames);
  const wildcards = protectedNames.filter(isWildcard);
  const protectedBy = (name: Hostname): string | undefined => {
    const by = exact.has(name) ? name : wildcards.find((wide) => covers(wide, name));
    return by === undefined ? undefined : `PROTECTED_NAMES has ${by}: ${name} is never written`;
  };
  const inactive = zones.known ? zones.value.filter(({ status }) => status !== 'active') : [];
  return {
    protectedBy,
    alsoCovering(name, zone) {
      const others = zones.known ? coveringBeside(name, zone, zones.value) : [];
      return others.sort((a, b) => b.name.length - a.name.length);
    },
    passedOver(name, zone) {
      return coveringBeside(name, zone, inactive).find((each) => each.name.length > zone.name.length);
    },
    placeOf(name) {
      const guarded = protectedBy(name);
      if (guarded !== undefined) return nowhere('Pending', guarded);
      if (!zones.known) return nowhere(undefined, `the zones are not known: ${zones.why}`);
      const choice = zoneFor(name, zones.value);
      if (choice.kind === 'zone') return choice;
      if (choice.kind === 'none') {
        return nowhere(
          'ZoneNotFound',
          `${name} is in no zone that the token sees (or ZONES names): ${namesOf(zones.value)}`,
        );
      }
      const ids = choice.zones.map((zone) => zone.id).sort();
      const [zone] = choice.zones;
      return nowhere(
        'ZoneNotFound',
        `${name}: ${ids.length} zones are named ${zone?.name ?? ''} (ids ${ids.join(', ')}); name the one by its id in ZONES`,
      );
    },
    problems(used) {
      if (!zones.known) return [{ reason: 'Pending', message: `the zones are not known: ${zones.why}` }];
      const inactive = new Map(
        [...used].filter(({ status }) => status !== 'active').map((zone) => [zone.id, zone]),
      );
      return [...inactive.values()].map(({ name, id, status }) => ({
        reason: 'Pending',
        zone: name,
        message: `zone ${name} (id ${id}) has status "${status}", not "active": its records are written, and answer nobody until it is`,
      }));
    },
  };
}

function nowhere(reason: 'Pending' | 'ZoneNotFound' | undefined, why: string): Place {
  return { kind: 'nowhere', reason, why };
}

function coveringBeside(name: Hostname, zone: Zone, zones: readonly Zone[]): Zone[] {
  return zones.filter((each) => each.id !== zone.id && isWithin(name, each.name));
}

const SHOWN = 10;

/** Enough of them to see which one was meant. */
function namesOf(zones: readonly Zone[]): string {
  const names = zones.map(({ name }) => name).sort();
  if (names.length === 0) return 'it sees none';
  return names.length <= SHOWN
    ? names.join(', ')
    : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}
