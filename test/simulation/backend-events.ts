import { keyOf, type SimCluster, type SimService } from './cluster.ts';
import type { WorldEvent } from './events.ts';
import type { Lab } from './lab.ts';
import { GRACES, NAMESPACES, SERVICES } from './names.ts';
import type { Random } from './random.ts';

export function furnishBackends(cluster: SimCluster, random: Random): void {
  for (const namespace of NAMESPACES)
    for (const name of SERVICES) {
      cluster.putService({ namespace, name });
      putEndpoints(cluster, { namespace, name }, random.chance(0.8));
    }
}

/** All endpoints of a Service, some of which are in a slice of their own. */
function putEndpoints(cluster: SimCluster, { namespace, name }: SimService, isReady: boolean): void {
  cluster.putSlice({ namespace, name: `${name}-1`, service: name, isReady });
  const second = `${namespace}/${name}-2`;
  if (cluster.truth.slices.has(second))
    cluster.putSlice({ namespace, name: `${name}-2`, service: name, isReady: false });
}

function someService(random: Random): SimService {
  return { namespace: random.pick(NAMESPACES), name: random.pick(SERVICES) };
}

function becomeLater(lab: Lab, service: SimService, isReady: boolean, ms: number): void {
  lab.clock.after(ms, () => putEndpoints(lab.cluster, service, isReady));
}

export const BACKEND_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'backends lose their endpoints': (lab, random) => {
    const service = someService(random);
    putEndpoints(lab.cluster, service, false);
    // For longer than the longest that it may, or not.
    if (random.chance(0.7)) becomeLater(lab, service, true, random.between(500, 900_000));
    return `Service ${keyOf(service)} has no ready endpoint`;
  },
  'backends are ready': (lab, random) => {
    const service = someService(random);
    putEndpoints(lab.cluster, service, true);
    return `Service ${keyOf(service)} has a ready endpoint`;
  },
  'backends flap': (lab, random) => {
    const service = someService(random);
    const times = random.between(3, 9);
    for (let count = 1; count <= times; count += 1)
      becomeLater(lab, service, count % 2 === 0, count * random.between(100, 20_000));
    return `Service ${keyOf(service)} has a ready endpoint and none, ${times} times`;
  },
  'endpoint slices come late': (lab, random) => {
    const service = someService(random);
    const { namespace, name } = service;
    for (const slice of ['1', '2']) lab.cluster.removeSlice(`${namespace}/${name}-${slice}`);
    lab.clock.after(random.between(500, 400_000), () => {
      // One that is not ready comes first, and stays beside.
      lab.cluster.putSlice({ namespace, name: `${name}-2`, service: name, isReady: false });
      becomeLater(lab, service, true, random.between(10, 60_000));
    });
    return `the endpoint slices of Service ${keyOf(service)} go, and come again later`;
  },
  'service deleted': (lab, random) => {
    const service = someService(random);
    if (!lab.cluster.truth.services.has(keyOf(service))) return undefined;
    lab.cluster.removeService(keyOf(service));
    lab.clock.after(random.between(500, 900_000), () => lab.cluster.putService(service));
    return `Service ${keyOf(service)} is deleted, and made again later`;
  },
  'route waits for its backends': (lab, random) => {
    const routes = [...lab.cluster.truth.routes.values()];
    if (routes.length === 0) return undefined;
    const route = random.pick(routes);
    const value = random.pick(Object.keys(GRACES));
    lab.cluster.putRoute({ ...route, annotations: { ...route.annotations, 'require-ready': value } });
    return `route ${keyOf(route)} is published only while a backend is ready, for ${value} without one`;
  },
};
