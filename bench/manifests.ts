import type { ObjectInput } from '../src/sandbox/kubernetes-object.ts';

export const ZONE = 'example.com';
export const NAMESPACE = 'apps';
export const FIRST_ADDRESS = '198.51.100.1';

export function hostOf(index: number): string {
  return `app-${String(index)}.${ZONE}`;
}

/** An address for `static` routes; two different numbers below 60,000 give two different addresses. */
export function addressOf(index: number): string {
  return `203.${String(Math.floor(index / 250))}.113.${String(1 + (index % 250))}`;
}

export function gateway(): ObjectInput {
  const listeners = [
    { name: 'https', port: 443, protocol: 'HTTPS', allowedRoutes: { namespaces: { from: 'All' } } },
  ];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'infra' },
    spec: { gatewayClassName: 'sandbox', listeners },
  };
}

/**
 * One route with one host, about as large as real ones are (2 KB of JSON with `managedFields` and status). Even
 * numbers follow the gateway's address, odd ones have a `static` one of their own.
 */
export function route(index: number, content = addressOf(index)): ObjectInput {
  const name = `app-${String(index)}`;
  const mode: Record<string, string> =
    index % 2 === 0
      ? { 'routeflare/content-mode': 'gateway-address' }
      : { 'routeflare/content-mode': 'static', 'routeflare/content': content };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...mode,
        'meta.helm.sh/release-name': name,
        'meta.helm.sh/release-namespace': NAMESPACE,
      },
      managedFields: [managedBy('helm', name), managedBy('gateway-controller', name)],
    },
    spec: {
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'infra' },
      ],
      hostnames: [hostOf(index)],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name, port: 8080, weight: 1 }],
        },
      ],
    },
  };
}

function managedBy(manager: string, name: string) {
  return {
    manager,
    operation: 'Update',
    apiVersion: 'gateway.networking.k8s.io/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        'f:labels': { '.': {}, 'f:app.kubernetes.io/name': {}, 'f:app.kubernetes.io/managed-by': {} },
        'f:annotations': { '.': {}, 'f:meta.helm.sh/release-name': {}, 'f:routeflare/content-mode': {} },
      },
      'f:spec': { '.': {}, 'f:hostnames': {}, 'f:parentRefs': {}, 'f:rules': {}, [`f:${name}`]: {} },
    },
  };
}
