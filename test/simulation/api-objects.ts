import type { SimService, SimSlice } from './cluster.ts';
import { BACKEND_PORT } from './names.ts';
import type {
  GatewayObject,
  Listener,
  ListenerSetObject,
  NamespaceObject,
  SourceObject,
} from '../../src/domain/cluster.ts';

/** The form that the API server gives an object: what the real decoders read. */
export const API_OBJECTS = {
  routes: (route: SourceObject, version: string): object => ({
    kind: route.kind,
    metadata: {
      ...metaOf(route, version),
      uid: route.uid,
      generation: route.generation,
      creationTimestamp: route.createdAt,
    },
    spec: {
      hostnames: route.hostnames,
      parentRefs: route.parentRefs,
      rules: [{ backendRefs: route.backends ?? [] }],
    },
    status: {
      parents: route.parentStatuses.map(({ ref, controllerName, accepted, reason, observedGeneration }) => ({
        parentRef: ref,
        controllerName,
        conditions: [{ type: 'Accepted', status: accepted, reason, observedGeneration }],
      })),
    },
  }),
  gateways: (gateway: GatewayObject, version: string): object => ({
    kind: 'Gateway',
    metadata: metaOf(gateway, version),
    spec: {
      listeners: gateway.listeners.map(listenerJson),
      ...(gateway.allowedListeners === undefined
        ? {}
        : { allowedListeners: { namespaces: gateway.allowedListeners } }),
    },
    status: { addresses: gateway.addresses },
  }),
  sets: (set: ListenerSetObject, version: string): object => ({
    kind: 'ListenerSet',
    metadata: metaOf(set, version),
    spec: { parentRef: set.gateway, listeners: set.listeners.map(listenerJson) },
    status: {
      conditions: [acceptedJson(set.accepted)],
      listeners: set.acceptedListeners.map((name) => ({ name, conditions: [acceptedJson(true)] })),
    },
  }),
  services: ({ namespace, name }: SimService, resourceVersion: string): object => ({
    kind: 'Service',
    metadata: { namespace, name, resourceVersion },
    spec: { type: 'ClusterIP', ports: [{ name: 'http', port: BACKEND_PORT }] },
  }),
  slices: ({ namespace, name, service, isReady }: SimSlice, resourceVersion: string): object => ({
    kind: 'EndpointSlice',
    metadata: { namespace, name, resourceVersion, labels: { 'kubernetes.io/service-name': service } },
    ports: [{ name: 'http', port: 8080 }],
    endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: isReady } }],
  }),
  namespaces: ({ name, labels }: NamespaceObject, version: string): object => ({
    kind: 'Namespace',
    metadata: { name, labels, resourceVersion: version },
  }),
} as const;

function listenerJson({ allowedNamespaces, allowedKinds: _, ...listener }: Listener): object {
  return { ...listener, allowedRoutes: { namespaces: allowedNamespaces } };
}

function acceptedJson(isAccepted: boolean): object {
  return { type: 'Accepted', status: isAccepted ? 'True' : 'False' };
}

interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly deleting: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

function metaOf({ namespace, name, deleting, annotations }: Named, resourceVersion: string): object {
  const ours = Object.entries(annotations).map(([key, value]) => [`routeflare/${key}`, value]);
  return {
    namespace,
    name,
    resourceVersion,
    annotations: Object.fromEntries([...ours, ['example.com/other', 'x']]),
    ...(deleting ? { deletionTimestamp: '2026-03-01T12:00:00Z' } : {}),
  };
}
