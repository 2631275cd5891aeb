import type { BackendRef, GatewayAddress, SourceObject } from '../domain/cluster.ts';
import { ingressBackends } from './decode-backends.ts';
import type { SourceContext } from './decode-route.ts';
import { decodeObject, objectList, optionalText, type Decoded, type ObjectMeta } from './decoded.ts';
import { listAt, textAt } from './json-fields.ts';

/**
 * Reads an Ingress: the hosts of its rules, and its load balancer's addresses. Its class decides nothing: who
 * annotates it wants it published. https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/
 */
export function decodeIngress(raw: unknown, context: SourceContext): Decoded<SourceObject> {
  return decodeBalanced('Ingress', raw, context, () => {
    const hosts = objectList(raw, 'spec', 'rules').map((rule) => optionalText(rule, 'host'));
    return { hostnames: [...new Set(hosts.filter((host) => host !== undefined))] };
  });
}

/** Reads a Service, which has no hostnames of its own. Only one of type LoadBalancer has an address to publish. */
export function decodeService(raw: unknown, context: SourceContext): Decoded<SourceObject> {
  return decodeBalanced('Service', raw, context, () => {
    const type = optionalText(raw, 'spec', 'type') ?? 'ClusterIP';
    if (type === 'LoadBalancer') return { hostnames: [] };
    return {
      hostnames: [],
      unfit: `it is a Service of type ${type}; only one of type LoadBalancer is published`,
    };
  });
}

function decodeBalanced(
  kind: 'Ingress' | 'Service',
  raw: unknown,
  { selected, defaultNamespace }: SourceContext,
  own: () => Pick<SourceObject, 'hostnames' | 'unfit'>,
): Decoded<SourceObject> {
  return decodeObject(
    raw,
    ({ labels, ...meta }: ObjectMeta) => {
      if (Object.keys(meta.annotations).length === 0) return undefined;
      return {
        kind,
        ...meta,
        selected: selected(labels),
        ...own(),
        parentRefs: [],
        parentStatuses: [],
        addresses: listAt(raw, 'status', 'loadBalancer', 'ingress').flatMap(balancerAddress),
        ...(meta.annotations['require-ready'] === undefined
          ? {}
          : { backends: kind === 'Ingress' ? ingressBackends(raw, meta.namespace) : [itself(meta)] }),
      };
    },
    defaultNamespace,
  );
}

function itself({ namespace, name }: Pick<ObjectMeta, 'namespace' | 'name'>): BackendRef {
  return { group: '', kind: 'Service', namespace, name, port: undefined };
}

function balancerAddress(raw: unknown): readonly GatewayAddress[] {
  const ip = textAt(raw, 'ip');
  if (ip) return [{ type: 'IPAddress', value: ip }];
  const hostname = textAt(raw, 'hostname');
  return hostname ? [{ type: 'Hostname', value: hostname }] : [];
}
