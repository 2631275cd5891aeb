import type { Json, KubeObject } from './api.ts';

export const GATEWAY_API_V1 = 'gateway.networking.k8s.io/v1';
/** As `GatewayClass.spec.controllerName` has it. */
export const CONTROLLER = 'e2e.example.com/gateway';

/** @param enforce the Pod Security level; none when absent */
export function namespace(name: string, enforce?: 'restricted'): KubeObject {
  const labels = enforce === undefined ? {} : { 'pod-security.kubernetes.io/enforce': enforce };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export const gatewayClass: KubeObject = {
  apiVersion: GATEWAY_API_V1,
  kind: 'GatewayClass',
  metadata: { name: 'e2e' },
  spec: { controllerName: CONTROLLER },
};

export function listener(more: Json = {}): Json {
  return { name: 'web', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } }, ...more };
}

export function gateway(
  name: string,
  keys: Keys = {},
  listeners: readonly Json[] = [listener()],
): KubeObject {
  return {
    apiVersion: GATEWAY_API_V1,
    kind: 'Gateway',
    metadata: { name, namespace: 'infra', annotations: annotations(keys) },
    spec: { gatewayClassName: 'e2e', listeners },
  };
}

/** Annotations without `routeflare/`; null takes one away. */
export type Keys = Readonly<Record<string, string | null>>;

export function annotations(keys: Keys): Record<string, string | null> {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`routeflare/${key}`, value]));
}

export interface RouteOptions {
  readonly kind?: 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute';
  readonly namespace?: string;
  /** `NAME.example.com` when absent. */
  readonly hosts?: readonly string[];
  /** `{ 'content-mode': 'gateway-address' }` when absent. */
  readonly keys?: Keys;
  /** The Gateway in `infra`; `home` when absent. */
  readonly gateway?: string;
  /** The Service behind it, on port 80. */
  readonly backend?: { readonly name: string; readonly namespace?: string };
}

export function route(name: string, options: RouteOptions = {}): KubeObject {
  const { kind = 'HTTPRoute', namespace = 'apps', hosts = [`${name}.example.com`], backend } = options;
  return {
    apiVersion: GATEWAY_API_V1,
    kind,
    metadata: {
      name,
      namespace,
      annotations: annotations(options.keys ?? { 'content-mode': 'gateway-address' }),
    },
    spec: {
      hostnames: hosts,
      parentRefs: [{ name: options.gateway ?? 'home', namespace: 'infra' }],
      // The other kinds have no rule by default.
      ...(kind === 'HTTPRoute' && backend === undefined
        ? {}
        : { rules: [{ backendRefs: [{ name: 'app', ...backend, port: 80 }] }] }),
    },
  };
}

export function service(name: string, inNamespace: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inNamespace },
    spec: { ports: [{ port: 80, protocol: 'TCP' }] },
  };
}

/** The endpoint of a Service's one Pod, as the controller of EndpointSlices writes it. */
export function endpoints(name: string, inNamespace: string, ready: boolean): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-1`,
      namespace: inNamespace,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.0.0.7'], conditions: { ready } }],
  };
}

/** Lets HTTPRoutes of one namespace refer to the Services of another. */
export function grant(from: string, to: string): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: `from-${from}`, namespace: to },
    spec: {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: from }],
      to: [{ group: '', kind: 'Service' }],
    },
  };
}
