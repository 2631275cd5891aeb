import {
  decodeObject,
  objectList,
  optionalNumber,
  optionalText,
  requiredText,
  type Decoded,
} from './decoded.ts';
import { fieldAt, listAt, textAt } from './json-fields.ts';

/** What of a Service its readiness needs. */
export interface BackendService {
  readonly type: string;
  /** An unnamed port has the name ''. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** Some endpoints of a Service: whether any is ready, and by which ports. `ports` absent means all. */
export interface EndpointGroup {
  /** `namespace/name`. */
  readonly service: string;
  readonly ports: readonly string[] | undefined;
  readonly ready: boolean;
}

/** Who may refer to what in its namespace. `name` absent means every Service. */
export interface Grant {
  readonly namespace: string;
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to: readonly {
    readonly group: string;
    readonly kind: string;
    readonly name: string | undefined;
  }[];
}

export function decodeBackendService(raw: unknown): Decoded<BackendService> {
  return decodeObject(raw, () => ({
    type: optionalText(raw, 'spec', 'type') ?? 'ClusterIP',
    ports: objectList(raw, 'spec', 'ports').map((port) => ({
      name: optionalText(port, 'name') ?? '',
      port: optionalNumber(port, 'port') ?? 0,
    })),
  }));
}

/**
 * Reads an EndpointSlice. An endpoint without the condition counts as ready.
 * https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/
 */
export function decodeEndpointSlice(raw: unknown): Decoded<EndpointGroup> {
  return decodeObject(raw, ({ namespace, labels }) => {
    const service = labels['kubernetes.io/service-name'];
    if (service === undefined) return undefined;
    const ports = listAt(raw, 'ports');
    return {
      service: `${namespace}/${service}`,
      ports: ports.length === 0 ? undefined : ports.map((port) => textAt(port, 'name') ?? ''),
      ready: listAt(raw, 'endpoints').some((endpoint) => fieldAt(endpoint, 'conditions', 'ready') !== false),
    };
  });
}

/** Reads a ReferenceGrant. https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
export function decodeGrant(raw: unknown): Decoded<Grant> {
  return decodeObject(raw, ({ namespace }) => ({
    namespace,
    from: objectList(raw, 'spec', 'from').map((entry) => ({
      group: optionalText(entry, 'group') ?? '',
      kind: requiredText(entry, 'kind'),
      namespace: requiredText(entry, 'namespace'),
    })),
    to: objectList(raw, 'spec', 'to').map((entry) => ({
      group: optionalText(entry, 'group') ?? '',
      kind: requiredText(entry, 'kind'),
      name: optionalText(entry, 'name'),
    })),
  }));
}
