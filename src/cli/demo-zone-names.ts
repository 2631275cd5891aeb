import { parseHostname } from '../domain/hostname.ts';
import { isObject, listAt, objectAt, textAt } from '../sandbox/json-value.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';

/** Second-level words under which countries' registries let people register: co.uk, com.au. */
const CATEGORIES = new Set([
  'ac',
  'co',
  'com',
  'edu',
  'gov',
  'gob',
  'gouv',
  'ltd',
  'me',
  'ne',
  'net',
  'nom',
  'or',
  'org',
]);

/**
 * The zones that these objects' hostnames would lie in, by their looks: the last two labels, or three where the last
 * two look like a registry's own (co.uk). A guess, which for a demo is enough.
 */
export function zoneNames(objects: readonly ObjectInput[]): string[] {
  const zones = objects.flatMap(hostnamesOf).flatMap((raw) => {
    const name = parseHostname(raw);
    return name.ok ? [zoneOf(name.value)] : [];
  });
  return [...new Set(zones)].filter((zone) => zone.includes('.')).sort();
}

function zoneOf(hostname: string): string {
  const labels = hostname.replace(/^\*\./, '').split('.');
  const [second = '', last = ''] = labels.slice(-2);
  return labels.slice(last.length === 2 && CATEGORIES.has(second) ? -3 : -2).join('.');
}

function hostnamesOf(object: ObjectInput): string[] {
  const annotated = textAt(objectAt(object, 'metadata', 'annotations'), 'routeflare/hostnames') ?? '';
  const own = listAt(object, 'spec', 'hostnames').filter((name) => typeof name === 'string');
  const listeners = listAt(object, 'spec', 'listeners')
    .filter(isObject)
    .flatMap((listener) => textAt(listener, 'hostname') ?? []);
  return [...annotated.split(','), ...own, ...listeners].filter((name) => name.trim() !== '');
}
