import type { GatewayObject, LabelSelector, Listener } from '../domain/cluster.ts';
import {
  decodeObject,
  objectList,
  optionalNumber,
  optionalText,
  requiredText,
  textList,
  textMap,
  type Decoded,
} from './decoded.ts';
import { fieldAt, listAt, textAt } from './json-fields.ts';

/** Reads a Gateway: its listeners, our annotations, and the addresses of its status. */
export function decodeGateway(raw: unknown, defaultNamespace?: string): Decoded<GatewayObject> {
  return decodeObject(
    raw,
    ({ namespace, name, deleting, annotations }) => ({
      namespace,
      name,
      deleting,
      annotations,
      listeners: objectList(raw, 'spec', 'listeners').map(listener),
      addresses: listAt(raw, 'status', 'addresses').flatMap((entry) => {
        const value = textAt(entry, 'value');
        return value === undefined ? [] : [{ type: textAt(entry, 'type') ?? 'IPAddress', value }];
      }),
    }),
    defaultNamespace,
  );
}

/** https://gateway-api.sigs.k8s.io/reference/spec/#listener */
function listener(raw: unknown): Listener {
  const kinds = objectList(raw, 'allowedRoutes', 'kinds');
  return {
    name: requiredText(raw, 'name'),
    hostname: optionalText(raw, 'hostname'),
    port: optionalNumber(raw, 'port') ?? 0,
    protocol: requiredText(raw, 'protocol'),
    allowedNamespaces: {
      from: optionalText(raw, 'allowedRoutes', 'namespaces', 'from') ?? 'Same',
      selector: labelSelector(fieldAt(raw, 'allowedRoutes', 'namespaces', 'selector')),
    },
    allowedKinds:
      kinds.length === 0
        ? undefined
        : kinds.map((kind) => ({
            group: textAt(kind, 'group') ?? 'gateway.networking.k8s.io',
            kind: requiredText(kind, 'kind'),
          })),
  };
}

function labelSelector(raw: unknown): LabelSelector | undefined {
  if (raw === undefined) return undefined;
  return {
    matchLabels: textMap(raw, 'matchLabels'),
    matchExpressions: objectList(raw, 'matchExpressions').map((expression) => ({
      key: requiredText(expression, 'key'),
      operator: requiredText(expression, 'operator'),
      values: textList(expression, 'values'),
    })),
  };
}
