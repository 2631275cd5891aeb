import type { GatewayObject, Listener, ParentRef, SourceObject } from '../domain/cluster.ts';
import type { SourceKind } from '../domain/source.ts';
import type { Evidence } from '../domain/want.ts';
import { selects } from './selector.ts';
import type { World } from './world.ts';

/**
 * Why a listener does not take a route. `evidence` is there when the specs of objects that are there prove it;
 * without it nobody can tell, and nothing may be concluded. `step`: how far the chain of checks got.
 */
export interface Refusal {
  readonly evidence: Evidence | undefined;
  readonly why: string;
  readonly step: number;
}

export interface ListenerCase {
  readonly route: SourceObject;
  readonly ref: ParentRef;
  readonly gateway: GatewayObject;
  readonly listener: Listener;
  readonly world: World;
}

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

type Check = (at: ListenerCase) => Omit<Refusal, 'step'> | undefined;

/** Which listener protocols carry which routes. Gateway API, ProtocolType. */
const PROTOCOLS: Readonly<Record<SourceKind, readonly string[]>> = {
  HTTPRoute: ['HTTP', 'HTTPS'],
  GRPCRoute: ['HTTP', 'HTTPS'],
  TLSRoute: ['TLS'],
  Ingress: [],
  Service: [],
};

const port: Check = ({ ref, listener, gateway }) =>
  ref.port === undefined || ref.port === listener.port
    ? undefined
    : gone(`parentRef names port ${ref.port}, ${nameOf(listener, gateway)} has port ${listener.port}`);

const protocol: Check = ({ route, listener, gateway }) =>
  PROTOCOLS[route.kind].includes(listener.protocol)
    ? undefined
    : gone(`${nameOf(listener, gateway)} speaks ${listener.protocol}, which carries no ${route.kind}`);

const kinds: Check = ({ route, listener, gateway }) => {
  const allowed = listener.allowedKinds;
  if (allowed === undefined) return undefined;
  if (allowed.some((each) => each.kind === route.kind && each.group === GATEWAY_GROUP)) return undefined;
  const list = allowed.map((each) => each.kind).join(', ');
  return forbidden(
    `${nameOf(listener, gateway)} does not allow ${route.kind} (allowedRoutes.kinds: ${list})`,
  );
};

const namespaces: Check = (at) => {
  const { route, listener, gateway } = at;
  const { from } = listener.allowedNamespaces;
  if (from === 'All') return undefined;
  if (from === 'Same' && route.namespace === gateway.namespace) return undefined;
  if (from === 'Selector') return bySelector(at);
  return forbidden(
    `${nameOf(listener, gateway)} does not allow routes from namespace ${route.namespace} (allowedRoutes.namespaces.from: ${from})`,
  );
};

const bySelector: Check = ({ route, listener, gateway, world }) => {
  const { namespaces: view, watchedNamespaces } = world.input.cluster;
  // With WATCH_NAMESPACES no right to read Namespaces is needed: `Accepted` alone decides.
  if (watchedNamespaces !== undefined && view.trust.kind === 'off') return undefined;
  const { trust } = view;
  if (trust.kind === 'unlisted' || trust.kind === 'off')
    return unknown(`Namespaces are not known: ${trust.why}`);
  const namespace = view.objects.get(route.namespace);
  if (namespace === undefined) return unknown(`Namespace ${route.namespace} is not known`);
  const answer = selects(listener.allowedNamespaces.selector, namespace.labels);
  if (answer === true) return undefined;
  const where = `allowedRoutes.namespaces.selector of ${nameOf(listener, gateway)}`;
  if (answer === undefined) return unknown(`${where} has an operator that this release does not know`);
  const why = `${where} does not select the labels of namespace ${route.namespace}`;
  // Last known labels let a route in, as they did; they do not shut it out.
  return trust.kind === 'current' ? forbidden(why) : unknown(`${why} as last known: ${trust.why}`);
};

/** In the order in which a person would look. Section name and hostname come before: they choose the listener. */
const CHECKS: readonly Check[] = [port, protocol, kinds, namespaces];

/** The first check that a listener of fitting name and hostname fails for a route; `undefined` when it takes it. */
export function refusalOf(at: ListenerCase): Refusal | undefined {
  for (const [step, check] of CHECKS.entries()) {
    const refusal = check(at);
    if (refusal !== undefined) return { ...refusal, step };
  }
  return undefined;
}

export function nameOf(listener: Listener, gateway: GatewayObject): string {
  return `listener ${listener.name} of Gateway ${gateway.namespace}/${gateway.name}`;
}

function gone(why: string): Omit<Refusal, 'step'> {
  return { evidence: 'listener-removed', why };
}

function forbidden(why: string): Omit<Refusal, 'step'> {
  return { evidence: 'permission-removed', why };
}

function unknown(why: string): Omit<Refusal, 'step'> {
  return { evidence: undefined, why };
}
