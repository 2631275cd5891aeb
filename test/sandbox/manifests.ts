import type { ObjectInput } from '../../src/sandbox/kubernetes-object.ts';

export const gatewayGroup = '/apis/gateway.networking.k8s.io/v1';

export function httpRoute(name: string, namespace = 'apps', hostname = `${name}.example.com`): ObjectInput {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: { hostnames: [hostname], parentRefs: [{ name: 'home', namespace: 'infra' }] },
  };
}

export function gateway(name: string, namespace = 'infra'): ObjectInput {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace },
    spec: { gatewayClassName: 'sandbox', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  };
}
