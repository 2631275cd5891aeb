import { isObject, listAt, textAt } from '../sandbox/json-value.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';
import { demoGateway } from './demo-cast.ts';

/** The Gateways that routes name as parents and that are not among the objects, each with the listeners named. */
export function missingGateways(objects: readonly ObjectInput[]): ObjectInput[] {
  const present = new Set(objects.filter(({ kind }) => kind === 'Gateway').map(placeOf));
  const sections = new Map<string, Set<string>>();
  for (const route of objects) {
    for (const parent of listAt(route, 'spec', 'parentRefs').filter(isObject)) {
      const place = `${textAt(parent, 'namespace') ?? route.metadata.namespace ?? 'default'}/${textAt(parent, 'name') ?? ''}`;
      if ((textAt(parent, 'kind') ?? 'Gateway') !== 'Gateway' || present.has(place)) continue;
      const named = sections.get(place) ?? new Set();
      sections.set(place, named.add(textAt(parent, 'sectionName') ?? 'http'));
    }
  }
  return [...sections].map(([place, names]) => withListeners(place, names));
}

/** What the Gateway says that its address is, by status or by spec; empty when it says nothing. */
export function ownAddresses(gateway: ObjectInput): string[] {
  const listed = [...listAt(gateway, 'status', 'addresses'), ...listAt(gateway, 'spec', 'addresses')];
  return [...new Set(listed.flatMap((address) => textAt(address, 'value') ?? []))];
}

function placeOf({ metadata }: ObjectInput): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}

function withListeners(place: string, names: ReadonlySet<string>): ObjectInput {
  const [namespace, name] = place.split('/');
  const gateway = demoGateway(namespace, name);
  const listeners = [...names].map((section, at) => ({
    name: section,
    port: 80 + at,
    protocol: 'HTTP',
    allowedRoutes: { namespaces: { from: 'All' } },
  }));
  return { ...gateway, spec: { gatewayClassName: 'sandbox', listeners } };
}
