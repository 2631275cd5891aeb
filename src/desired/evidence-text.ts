import type { PublishingMode } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import { unreachable } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { parentText } from './acceptance.ts';
import type { Parent } from './attachment.ts';
import type { ParentChoice } from './parent-choice.ts';
import { placeText } from './places.ts';
import type { NamesCase } from './source-case.ts';

/** Which zone, and of how many. */
export function zoneText({ zoning }: NamesCase, name: Hostname, zone: Zone): string {
  const others = zoning.alsoCovering(name, zone);
  if (others.length === 0) return `zone ${zone.name}`;
  const list = others.map((other) => `${other.name}${other.status === 'active' ? '' : ` (${other.status})`}`);
  return `zone ${zone.name} (passed over, though the name is in it: ${list.join(', ')})`;
}

/** Which parent counts, or why none does. */
export function choiceText(choice: ParentChoice): string {
  if (choice.kind === 'waiting') return choice.why;
  if (choice.kind === 'detached') return 'no parent that gives it has a routeflare/content-mode';
  const { ref } = choice.parent;
  return ref === undefined ? 'its own load balancer counts' : `${parentText(ref)} counts`;
}

/** Where the content was taken from. */
export function originText(mode: PublishingMode, { gateway }: Parent): string {
  switch (mode) {
    case 'static':
      return 'by static, from routeflare/content';
    case 'ddns':
      return 'by ddns, the confirmed egress address';
    case 'gateway-address': {
      const place = gateway === undefined ? 'its own load balancer' : placeText(gateway);
      const whose = gateway?.kind === 'ListenerSet' ? `the Gateway of ${place}` : place;
      return `by gateway-address, from the status of ${whose}`;
    }
    default:
      return unreachable(mode);
  }
}
