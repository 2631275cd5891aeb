import type { BackendRef } from '../domain/cluster.ts';
import { objectList, optionalNumber, optionalText, requiredText } from './decoded.ts';
import { fieldAt } from './json-fields.ts';

/** Where a route's rules send their traffic; what has weight 0 gets none. Gateway API, BackendRef. */
export function routeBackends(raw: unknown, namespace: string): readonly BackendRef[] {
  return distinct(
    objectList(raw, 'spec', 'rules')
      .flatMap((rule) => objectList(rule, 'backendRefs'))
      .filter((ref) => optionalNumber(ref, 'weight') !== 0)
      .map((ref) => ({
        group: optionalText(ref, 'group') ?? '',
        kind: optionalText(ref, 'kind') ?? 'Service',
        namespace: optionalText(ref, 'namespace') ?? namespace,
        name: requiredText(ref, 'name'),
        port: optionalNumber(ref, 'port'),
      })),
  );
}

/** Where an Ingress sends its traffic. A port is named or numbered. */
export function ingressBackends(raw: unknown, namespace: string): readonly BackendRef[] {
  const paths = objectList(raw, 'spec', 'rules').flatMap((rule) => objectList(rule, 'http', 'paths'));
  const backends = [fieldAt(raw, 'spec', 'defaultBackend'), ...paths.map((path) => fieldAt(path, 'backend'))];
  return distinct(
    backends
      .filter((backend) => backend !== undefined)
      .map((backend) => {
        const isService = fieldAt(backend, 'service') !== undefined;
        const at = isService ? 'service' : 'resource';
        return {
          group: isService ? '' : (optionalText(backend, at, 'apiGroup') ?? ''),
          kind: isService ? 'Service' : (optionalText(backend, at, 'kind') ?? ''),
          namespace,
          name: requiredText(backend, at, 'name'),
          port: optionalNumber(backend, at, 'port', 'number') ?? optionalText(backend, at, 'port', 'name'),
        };
      }),
  );
}

function distinct(backends: readonly BackendRef[]): readonly BackendRef[] {
  return [...new Map(backends.map((each) => [JSON.stringify(each), each])).values()];
}
