import type { ClusterSnapshot, Listener, ParentRef, SourceObject } from '../domain/cluster.ts';
import type { GatewayRef, SourceKind } from '../domain/source.ts';
import { forbidden, namespaceBarrier, type Barrier } from './namespace-rule.ts';
import { placeText, type PreparedListener } from './places.ts';

/** Why a listener does not take a route. `step`: how far the chain of checks got. */
export interface Refusal extends Barrier {
  readonly step: number;
}

export interface ListenerCase {
  readonly route: SourceObject;
  readonly ref: ParentRef;
  readonly place: GatewayRef;
  readonly prepared: PreparedListener;
  readonly cluster: ClusterSnapshot;
}

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

type Check = (at: ListenerCase) => Barrier | undefined;

/** Which listener protocols carry which routes. Gateway API, ProtocolType. */
const PROTOCOLS: Readonly<Record<SourceKind, readonly string[]>> = {
  HTTPRoute: ['HTTP', 'HTTPS'],
  GRPCRoute: ['HTTP', 'HTTPS'],
  TLSRoute: ['TLS'],
  Ingress: [],
  Service: [],
};

const port: Check = ({ ref, place, prepared: { listener } }) =>
  ref.port === undefined || ref.port === listener.port
    ? undefined
    : gone(`parentRef names port ${ref.port}, ${nameOf(listener, place)} has port ${listener.port}`);

const protocol: Check = ({ route, place, prepared: { listener } }) =>
  PROTOCOLS[route.kind].includes(listener.protocol)
    ? undefined
    : gone(`${nameOf(listener, place)} speaks ${listener.protocol}, which carries no ${route.kind}`);

const kinds: Check = ({ route, place, prepared: { listener } }) => {
  const allowed = listener.allowedKinds;
  if (allowed === undefined) return undefined;
  if (allowed.some((each) => each.kind === route.kind && each.group === GATEWAY_GROUP)) return undefined;
  const list = allowed.map((each) => each.kind).join(', ');
  return forbidden(`${nameOf(listener, place)} does not allow ${route.kind} (allowedRoutes.kinds: ${list})`);
};

const namespaces: Check = ({ route, place, prepared: { listener }, cluster }) =>
  namespaceBarrier(
    {
      rule: listener.allowedNamespaces,
      home: place.namespace,
      namespace: route.namespace,
      owner: nameOf(listener, place),
      what: 'routes',
      field: 'allowedRoutes',
    },
    cluster,
  );

const admitted: Check = ({ prepared }) => prepared.barrier;

/** In the order in which a person would look. Section name and hostname come before: they choose the listener. */
const CHECKS: readonly Check[] = [port, protocol, kinds, namespaces, admitted];

/** The first check that a listener of fitting name and hostname fails for a route; `undefined` when it takes it. */
export function refusalOf(at: ListenerCase): Refusal | undefined {
  for (const [step, check] of CHECKS.entries()) {
    const barrier = check(at);
    if (barrier !== undefined) return { ...barrier, step };
  }
  return undefined;
}

export function nameOf(listener: Listener, place: GatewayRef): string {
  return `listener ${listener.name} of ${placeText(place)}`;
}

function gone(why: string): Barrier {
  return { evidence: 'listener-removed', why };
}
