import { isWildcard } from '../domain/hostname.ts';
import type { Problem } from '../domain/problem.ts';
import { recordKey } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { problemOf } from './source-case.ts';
import type { Zoning } from './zoning.ts';

/** What is published as asked and yet may not do what its author means. Told on the source; nothing waits for it. */
export function cautionsOf(winners: readonly Want[], zoning: Zoning): readonly Problem[] {
  const published = winners.filter(({ standing }) => standing.kind === 'publish');
  // Only beside an AAAA record is it asked what else there is.
  const keyed = published.some(({ type }) => type === 'AAAA') ? published : [];
  const keys = new Set(keyed.map(({ name, type }) => recordKey(name, type)));
  const cautions: Problem[] = [];
  for (const want of published) {
    for (const message of [
      apexCname(want),
      beyondCertificate(want),
      hidingWildcard(want, keys),
      passedOver(want, zoning),
    ]) {
      if (message === undefined) continue;
      const { name, type, zone } = want;
      cautions.push(problemOf(want, 'Pending', message, { name, type, zone: zone.name }));
    }
  }
  return cautions;
}

/** https://developers.cloudflare.com/dns/cname-flattening/ */
function apexCname({ name, type, zone }: Want): string | undefined {
  if (type !== 'CNAME' || name !== zone.name) return undefined;
  return `${name} is the apex of its zone: Cloudflare answers this CNAME with addresses (CNAME flattening), so other records of the name go on working, and resolvers never see the target`;
}

/** https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/ */
function beyondCertificate({ name, zone, proxied }: Want): string | undefined {
  if (!proxied.value || name === zone.name) return undefined;
  const below = name.slice(0, -zone.name.length - 1);
  if (!below.includes('.')) return undefined;
  return `${name} is proxied and more than one label below ${zone.name}, which Universal SSL does not cover: order a certificate for it (Advanced Certificate Manager), or use a name one label below the zone`;
}

function passedOver({ name, zone }: Want, zoning: Zoning): string | undefined {
  const other = zoning.passedOver(name, zone);
  if (other === undefined) return undefined;
  return `${name} is also in zone ${other.name} (id ${other.id}), which has status "${other.status}", not "active": it is written to ${zone.name} until that one is active, and moves there then (leave it out by ZONES where it is not meant to)`;
}

/** A name that exists takes no answer of any type from a wildcard. RFC 4592 §2.2.1. */
function hidingWildcard({ name, type }: Want, keys: ReadonlySet<string>): string | undefined {
  if (type !== 'AAAA' || isWildcard(name)) return undefined;
  if (keys.has(recordKey(name, 'A')) || keys.has(recordKey(name, 'CNAME'))) return undefined;
  const labels = name.split('.');
  for (let depth = 1; depth < labels.length; depth += 1) {
    const wide = `*.${labels.slice(depth).join('.')}`;
    if (!keys.has(recordKey(wide, 'A'))) continue;
    return `${name} has an AAAA record alone, and so takes no A record from ${wide} any more: clients without IPv6 do not reach it (routeflare/type: A/AAAA would give it one of its own)`;
  }
  return undefined;
}
