import type { GatewayObject, SourceObject } from '../../src/domain/cluster.ts';
import { keyOf, KINDS } from './cluster.ts';
import type { WorldEvent } from './events.ts';
import type { Lab } from './lab.ts';
import { acceptSet, someListener, someRule, withTls } from './listener-set-events.ts';
import { GATEWAYS, NAMESPACES, TARGETS, V4, V6 } from './names.ts';
import type { Random } from './random.ts';
import {
  editedNotes,
  newRoute,
  someDefaults,
  someNames,
  someNotes,
  someParents,
  spoiltDefaults,
  spoiltNotes,
} from './route-shapes.ts';

/** A Gateway's controller answers for a route after a while, unless it is away; a rejected one it turns down. */
function acceptLater(lab: Lab, key: string): void {
  lab.clock.after(lab.random.between(20, 4_000), () => accept(lab, key));
}

function accept(lab: Lab, key: string): void {
  const route = lab.cluster.truth.routes.get(key);
  if (route === undefined || lab.implementationAway) return;
  const accepted = lab.rejected.has(key) ? ('False' as const) : ('True' as const);
  const parentStatuses = route.parentRefs.map((ref) => ({
    ref,
    controllerName: 'example.com/gateway',
    accepted,
    reason: accepted === 'True' ? 'Accepted' : 'NotAllowedByListeners',
    observedGeneration: route.generation,
  }));
  if (JSON.stringify(parentStatuses) === JSON.stringify(route.parentStatuses)) return;
  lab.cluster.putRoute({ ...route, parentStatuses });
}

export function gateway(name: string, random: Random): GatewayObject {
  return {
    namespace: 'infra',
    name,
    deleting: false,
    annotations: someDefaults(random),
    listeners: withTls(someListener('web', random)),
    addresses: someAddresses(random),
    ...(random.chance(0.8) ? { allowedListeners: someRule(random) } : {}),
  };
}

function someAddresses(random: Random): GatewayObject['addresses'] {
  if (random.chance(0.1)) return [];
  if (random.chance(0.15)) return [{ type: 'Hostname', value: random.pick(TARGETS) }];
  const values = new Set<string>([random.pick(V4)]);
  if (random.chance(0.5)) values.add(random.pick(V6));
  if (random.chance(0.3)) values.add(random.pick(V4));
  if (random.chance(0.05)) values.add('127.0.0.1');
  return [...values].map((value) => ({ type: 'IPAddress', value }));
}

function someRoute(lab: Lab, random: Random): SourceObject | undefined {
  const routes = [...lab.cluster.truth.routes.values()];
  return routes.length === 0 ? undefined : random.pick(routes);
}

function edit(lab: Lab, route: SourceObject, change: Partial<SourceObject>): void {
  const isSpec = change.hostnames !== undefined || change.parentRefs !== undefined;
  const generation = route.generation + (isSpec ? 1 : 0);
  lab.cluster.putRoute({ ...route, ...change, generation });
  if (isSpec) acceptLater(lab, keyOf(route));
}

const onRoute =
  (change: (route: SourceObject, random: Random, lab: Lab) => string | undefined): WorldEvent =>
  (lab, random) => {
    const route = someRoute(lab, random);
    if (route === undefined) return undefined;
    const what = change(route, random, lab);
    return what === undefined ? undefined : `route ${keyOf(route)} ${what}`;
  };

const noted = (lab: Lab, route: SourceObject, annotations: SourceObject['annotations']): string => {
  edit(lab, route, { annotations });
  return `is annotated ${JSON.stringify(annotations)}`;
};

/** What a Gateway sets for its routes becomes something else. */
const onGateway =
  (
    change: (gateway: GatewayObject, random: Random) => GatewayObject['annotations'] | undefined,
  ): WorldEvent =>
  (lab, random) => {
    const object = lab.cluster.truth.gateways.get(`infra/${random.pick(GATEWAYS)}`);
    const annotations = object === undefined ? undefined : change(object, random);
    if (object === undefined || annotations === undefined) return undefined;
    lab.cluster.putGateway({ ...object, annotations });
    return `Gateway ${object.name} sets ${JSON.stringify(annotations)}`;
  };

export const CLUSTER_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'route created': (lab, random) => {
    const route = newRoute(
      random,
      new Date(lab.clock.now()).toISOString().slice(0, 19),
      lab.settings.routeKinds,
    );
    if (lab.cluster.truth.routes.has(keyOf(route))) return undefined;
    lab.cluster.putRoute({ ...route, createdAt: `${route.createdAt}Z` });
    acceptLater(lab, keyOf(route));
    const parents = route.parentRefs.map(({ name }) => name).join('+');
    return `route ${keyOf(route)} appears: ${route.hostnames.join(', ')} by ${parents}, ${JSON.stringify(route.annotations)}`;
  },
  'route annotated': onRoute((route, random, lab) =>
    noted(lab, route, editedNotes(route.annotations, random)),
  ),
  'route annotated anew': onRoute((route, random, lab) => noted(lab, route, someNotes(random))),
  'route annotated wrongly': onRoute((route, random, lab) =>
    noted(lab, route, spoiltNotes(route.annotations, random)),
  ),
  'route annotations removed': onRoute((route, _random, lab) => noted(lab, route, {})),
  'route suspended': onRoute((route, _random, lab) =>
    noted(lab, route, { ...route.annotations, suspend: 'true' }),
  ),
  'route resumed': onRoute((route, _random, lab) => {
    if (route.annotations['suspend'] === undefined) return undefined;
    const { suspend: _suspend, ...rest } = route.annotations;
    return noted(lab, route, rest);
  }),
  'route hostnames edited': onRoute((route, random, lab) => {
    const hostnames = someNames(random);
    edit(lab, route, { hostnames });
    return `asks for ${hostnames.join(', ')}`;
  }),
  'route parents edited': onRoute((route, random, lab) => {
    const parentRefs = someParents(random);
    edit(lab, route, { parentRefs });
    return `refers to ${parentRefs.map(({ name }) => name).join('+')}`;
  }),
  'route deleted': onRoute((route, _random, lab) => {
    lab.cluster.removeRoute(keyOf(route));
    return 'is deleted';
  }),
  'route marked for deletion': onRoute((route, random, lab) => {
    edit(lab, route, { deleting: true });
    const key = keyOf(route);
    lab.clock.after(random.between(1_000, 120_000), () => {
      if (lab.cluster.truth.routes.get(key)?.deleting === true) lab.cluster.removeRoute(key);
    });
    return 'is marked for deletion';
  }),
  'route deleted and made again': onRoute((route, random, lab) => {
    lab.cluster.removeRoute(keyOf(route));
    lab.clock.after(random.between(10, 40_000), () => remake(lab, route));
    return 'is deleted, and made again soon';
  }),
  'all routes deleted': (lab) => {
    const keys = [...lab.cluster.truth.routes.keys()];
    for (const key of keys) lab.cluster.removeRoute(key);
    return keys.length === 0 ? undefined : `all ${keys.length} routes are deleted`;
  },
  'accepted withdrawn': onRoute((route, random, lab) => {
    const key = keyOf(route);
    lab.rejected.add(key);
    accept(lab, key);
    lab.clock.after(random.between(500, 300_000), () => {
      lab.rejected.delete(key);
      accept(lab, key);
    });
    return 'is not accepted for a while';
  }),
  'accepted flaps': onRoute((route, random, lab) => {
    const key = keyOf(route);
    const times = random.between(3, 12);
    for (let count = 1; count <= times; count += 1) {
      lab.clock.after(count * random.between(100, 3_000), () => {
        if (count % 2 === 1 && count < times) lab.rejected.add(key);
        else lab.rejected.delete(key);
        accept(lab, key);
      });
    }
    lab.clock.after(times * 3_000 + 1, () => {
      lab.rejected.delete(key);
      accept(lab, key);
    });
    return `is accepted and not, ${times} times`;
  }),
  'status wiped': onRoute((route, _random, lab) => {
    edit(lab, route, { parentStatuses: [] });
    acceptLater(lab, keyOf(route));
    return 'loses its status for a moment';
  }),
  'implementation away': (lab, random) => {
    if (lab.implementationAway) return undefined;
    lab.implementationAway = true;
    lab.clock.after(random.between(1_000, 200_000), () => implementationBack(lab));
    return "the Gateways' controller stops for a while";
  },
  'gateway annotated': onGateway((_gateway, random) => someDefaults(random)),
  'gateway annotated wrongly': onGateway(({ annotations }, random) => spoiltDefaults(annotations, random)),
  'gateway suspended': onGateway(({ annotations }) => ({ ...annotations, suspend: 'true' })),
  'gateway resumed': onGateway(({ annotations: { suspend, ...rest } }) =>
    suspend === undefined ? undefined : rest,
  ),
  'gateway addresses changed': (lab, random) => {
    const object = lab.cluster.truth.gateways.get(`infra/${random.pick(GATEWAYS)}`);
    if (object === undefined) return undefined;
    const addresses = someAddresses(random);
    lab.cluster.putGateway({ ...object, addresses });
    return `Gateway ${object.name} has ${addresses.map(({ value }) => value).join(', ') || 'no address'}`;
  },
  'gateway edited': (lab, random) => {
    const name = random.pick(GATEWAYS);
    if (!lab.cluster.truth.gateways.has(`infra/${name}`)) return undefined;
    const object = gateway(name, random);
    lab.cluster.putGateway(object);
    const { hostname, allowedNamespaces } = object.listeners[0] ?? {
      hostname: '',
      allowedNamespaces: { from: '' },
    };
    return `Gateway ${name} is edited: listener for ${hostname ?? 'any name'}, from ${allowedNamespaces.from}, ${object.addresses.map(({ value }) => value).join(', ')}, ${JSON.stringify(object.annotations)}`;
  },
  'gateway deleted': (lab, random) => {
    const name = random.pick(GATEWAYS);
    if (!lab.cluster.truth.gateways.has(`infra/${name}`)) return undefined;
    lab.cluster.removeGateway(`infra/${name}`);
    lab.clock.after(random.between(1_000, 400_000), () => {
      if (!lab.cluster.truth.gateways.has(`infra/${name}`)) lab.cluster.putGateway(gateway(name, random));
    });
    return `Gateway ${name} is deleted, and made again later`;
  },
  'namespace labelled': (lab, random) => {
    const name = random.pick(NAMESPACES);
    const labels: Record<string, string> = random.chance(0.5) ? { dns: 'yes' } : {};
    lab.cluster.putNamespace({ name, labels });
    return `Namespace ${name} has labels ${JSON.stringify(labels)}`;
  },
  'namespace deleted': (lab, random) => {
    const name = random.pick(NAMESPACES);
    lab.cluster.removeNamespace(name);
    for (const route of lab.cluster.truth.routes.values()) {
      if (route.namespace === name) lab.cluster.removeRoute(keyOf(route));
    }
    lab.clock.after(random.between(1_000, 100_000), () => lab.cluster.putNamespace({ name, labels: {} }));
    return `Namespace ${name} is deleted with its routes, and made again`;
  },
  'watch stalled': (lab, random) => {
    const kind = random.pick(KINDS);
    lab.cluster.stalled.add(kind);
    lab.clock.after(random.between(1_000, 1_500_000), () => lab.cluster.stalled.delete(kind));
    return `the watch of ${kind} delivers nothing for a while`;
  },
  'watch dropped': (lab, random) => {
    const kind = random.pick(KINDS);
    const isInside = random.chance(0.5);
    lab.cluster.drop(kind, isInside);
    return `the watch of ${kind} breaks off${isInside ? ' inside a line' : ''}`;
  },
  'watch expired': (lab, random) => {
    const kind = random.pick(KINDS);
    lab.cluster.compact(kind);
    // So that a list that was begun meanwhile loses its next page.
    for (let count = 1; count <= 3; count += 1) {
      lab.clock.after(count * random.between(50, 300), () => {
        lab.cluster.version += 1;
        lab.cluster.compact(kind);
      });
    }
    return `the watch of ${kind} is told 410, and what is older than now is gone`;
  },
  'watch out of order': (lab, random) => {
    lab.cluster.scrambles = true;
    lab.clock.after(random.between(1_000, 300_000), () => {
      lab.cluster.scrambles = false;
    });
    return 'watches tell things twice and out of order for a while';
  },
  'lists from a replica behind': (lab, random) => {
    lab.cluster.lag = random.between(1, 4);
    lab.clock.after(random.between(1_000, 300_000), () => {
      lab.cluster.lag = 0;
    });
    for (const kind of KINDS) lab.cluster.compact(kind);
    return `lists of the cluster are ${lab.cluster.lag} changes behind for a while`;
  },
  'api server refuses': (lab, random) => {
    const status = random.pick([403, 429, 500] as const);
    lab.cluster.refuses = status;
    for (const kind of KINDS) lab.cluster.drop(kind, false);
    lab.clock.after(random.between(1_000, 400_000), () => {
      lab.cluster.refuses = undefined;
    });
    return `the API server answers ${status} for a while`;
  },
  'api server away': (lab, random) => {
    lab.cluster.away = true;
    for (const kind of KINDS) lab.cluster.drop(kind, false);
    lab.clock.after(random.between(1_000, 900_000), () => {
      lab.cluster.away = false;
    });
    return 'the API server is away for a while';
  },
  'api server snapshot taken': (lab) => {
    lab.cluster.takeSnapshot();
    return "a snapshot of the API server's state is taken";
  },
  'api server restored': (lab) =>
    lab.cluster.restoreSnapshot() ? 'the API server is restored from its snapshot' : undefined,
  'crds deleted': (lab, random) => {
    if (!lab.cluster.served) return undefined;
    deleteCrds(lab);
    lab.clock.after(random.between(1_000, 600_000), () => {
      lab.cluster.served = true;
    });
    return 'the CRDs are deleted with all routes and Gateways, and installed again later';
  },
  'gitops rebuild': (lab, random) => {
    const routes = [...lab.cluster.truth.routes.values()];
    for (const route of routes) lab.cluster.removeRoute(keyOf(route));
    const returning = routes.filter(() => random.chance(0.7));
    for (const route of returning) lab.clock.after(random.between(1_000, 600_000), () => remake(lab, route));
    return routes.length === 0
      ? undefined
      : `all ${routes.length} routes go, ${returning.length} come back one by one`;
  },
};

/** What the API server does: every object goes, one by one, and the kinds are no longer known. */
function deleteCrds(lab: Lab): void {
  for (const key of lab.cluster.truth.routes.keys()) lab.cluster.removeRoute(key);
  for (const key of lab.cluster.truth.gateways.keys()) lab.cluster.removeGateway(key);
  for (const key of lab.cluster.truth.sets.keys()) lab.cluster.removeSet(key);
  lab.cluster.served = false;
  lab.crdsGoneAt = lab.clock.elapsed;
}

function remake(lab: Lab, route: SourceObject): void {
  if (lab.cluster.truth.routes.has(keyOf(route)) || !lab.cluster.served) return;
  lab.cluster.putRoute({ ...route, generation: 1, parentStatuses: [], deleting: false });
  acceptLater(lab, keyOf(route));
}

export function implementationBack(lab: Lab): void {
  lab.implementationAway = false;
  for (const key of lab.cluster.truth.routes.keys()) accept(lab, key);
  acceptSet(lab);
}
