import { isWithin } from './hostname.ts';

/** A zone at Cloudflare. `name` is the A-label form in lower case; `status` is Cloudflare's word. */
export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

export type ZoneChoice =
  | { readonly kind: 'zone'; readonly zone: Zone }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous'; readonly zones: readonly Zone[] };

/**
 * The zone a name belongs to: the longest zone name on a label boundary. Active zones go first; another
 * takes only names that no active zone covers. Of two with one name the active one, else neither.
 */
export function zoneFor(name: string, zones: readonly Zone[]): ZoneChoice {
  const covering = zones.filter((zone) => isWithin(name, zone.name));
  const active = covering.filter((zone) => zone.status === 'active');
  const pool = active.length > 0 ? active : covering;
  const longest = Math.max(...pool.map((zone) => zone.name.length));
  const [first, ...others] = pool.filter((zone) => zone.name.length === longest);
  if (first === undefined) return { kind: 'none' };
  return others.length === 0
    ? { kind: 'zone', zone: first }
    : { kind: 'ambiguous', zones: [first, ...others] };
}
