import type { SourceObject } from '../domain/cluster.ts';
import type { GatewayKind, SourceKind } from '../domain/source.ts';
import { decodeIngress, decodeService } from './decode-balanced.ts';
import { decodeRoute, type SourceContext } from './decode-route.ts';
import type { Decoded } from './decoded.ts';

/** One kind as the API serves it. `group` is '' for the core group. */
export interface Resource {
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  /** Read where `version` is not served, the newest first: alike in all that we use. */
  readonly older?: readonly string[];
  readonly plural: string;
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The versions in which a kind may be read, the preferred one first. */
export function readableVersions({ version, older = [] }: Resource): readonly string[] {
  return [version, ...older];
}

/** The path of a kind's list, over the cluster or in one namespace. */
export function listPath(resource: Resource, namespace: string | undefined): string {
  const root = resource.group === '' ? '/api' : '/apis';
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${apiVersionOf(resource)}${scope}/${resource.plural}`;
}

const gatewayApi = (kind: string, plural: string): Resource => ({
  kind,
  group: 'gateway.networking.k8s.io',
  version: 'v1',
  plural,
});

export const GATEWAY_RESOURCES: Readonly<Record<GatewayKind, Resource>> = {
  Gateway: gatewayApi('Gateway', 'gateways'),
  ListenerSet: gatewayApi('ListenerSet', 'listenersets'),
};

export const NAMESPACE: Resource = { kind: 'Namespace', group: '', version: 'v1', plural: 'namespaces' };

export const SERVICE: Resource = { kind: 'Service', group: '', version: 'v1', plural: 'services' };

export const ENDPOINT_SLICE: Resource = {
  kind: 'EndpointSlice',
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
};

/** In the version that every release of the Gateway API serves. */
export const REFERENCE_GRANT: Resource = {
  kind: 'ReferenceGrant',
  group: 'gateway.networking.k8s.io',
  version: 'v1beta1',
  plural: 'referencegrants',
};

/** A kind of source, with its reader. */
export interface SourceResource extends Resource {
  readonly decode: (raw: unknown, context: SourceContext) => Decoded<SourceObject>;
  /** Not in every Gateway API release that is in use. */
  readonly optional?: boolean;
}

const route = (kind: SourceKind, plural: string): SourceResource => ({
  ...gatewayApi(kind, plural),
  decode: (raw, context) => decodeRoute(kind, raw, context),
});

export const SOURCE_RESOURCES: Readonly<Record<SourceKind, SourceResource>> = {
  HTTPRoute: route('HTTPRoute', 'httproutes'),
  GRPCRoute: { ...route('GRPCRoute', 'grpcroutes'), optional: true },
  // v1 since Gateway API 1.5; before that in the experimental channel alone.
  TLSRoute: { ...route('TLSRoute', 'tlsroutes'), older: ['v1alpha3', 'v1alpha2'], optional: true },
  Ingress: {
    kind: 'Ingress',
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'ingresses',
    decode: decodeIngress,
  },
  Service: { ...SERVICE, decode: decodeService },
};
