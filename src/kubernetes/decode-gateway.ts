import type { GatewayObject } from '../domain/cluster.ts';
import { decodeObject, objectList, type Decoded } from './decoded.ts';
import { decodeListener, namespaceRule } from './decode-listener.ts';
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
      listeners: objectList(raw, 'spec', 'listeners').map(decodeListener),
      addresses: listAt(raw, 'status', 'addresses').flatMap((entry) => {
        const value = textAt(entry, 'value');
        return value === undefined ? [] : [{ type: textAt(entry, 'type') ?? 'IPAddress', value }];
      }),
      ...(fieldAt(raw, 'spec', 'allowedListeners') === undefined
        ? {}
        : { allowedListeners: namespaceRule(raw, 'None', 'spec', 'allowedListeners') }),
    }),
    defaultNamespace,
  );
}
