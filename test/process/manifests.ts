import type { ObjectInput } from '../../src/sandbox/kubernetes-object.ts';

const API = 'gateway.networking.k8s.io/v1';

type Json = Readonly<Record<string, unknown>>;

export interface RouteOptions {
  readonly namespace?: string;
  /** `NAME.example.com` when absent; an empty list leaves `spec.hostnames` out. */
  readonly hosts?: readonly string[];
  /** Keys without `routeflare/`; `{ 'content-mode': 'gateway-address' }` when absent. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The Gateway `infra/home` when absent. */
  readonly parentRefs?: readonly Json[];
  readonly metadata?: Json;
}

export function annotations(keys: Readonly<Record<string, string | null>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`routeflare/${key}`, value]));
}

export function httpRoute(name: string, options: RouteOptions = {}): ObjectInput {
  const { hosts = [`${name}.example.com`], keys = { 'content-mode': 'gateway-address' } } = options;
  return {
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: options.namespace ?? 'apps',
      annotations: annotations(keys),
      ...options.metadata,
    },
    spec: {
      ...(hosts.length === 0 ? {} : { hostnames: [...hosts] }),
      parentRefs: options.parentRefs ?? [{ name: 'home', namespace: 'infra' }],
    },
  };
}

export const FROM_ALL: Json = { allowedRoutes: { namespaces: { from: 'All' } } };

export function listener(more: Json = {}): Json {
  return { name: 'web', port: 80, protocol: 'HTTP', ...FROM_ALL, ...more };
}

export function gateway(name: string, listeners: readonly Json[] = [listener()]): ObjectInput {
  return {
    apiVersion: API,
    kind: 'Gateway',
    metadata: { name, namespace: 'infra' },
    spec: { gatewayClassName: 'sandbox', listeners },
  };
}
