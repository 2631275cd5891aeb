import type { ListenerSetObject } from '../domain/cluster.ts';
import { decodeListener } from './decode-listener.ts';
import { decodeObject, objectList, optionalText, requiredText, type Decoded } from './decoded.ts';
import { fieldAt, listAt, textAt } from './json-fields.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** Reads a ListenerSet. https://gateway-api.sigs.k8s.io/reference/spec/#listenerset */
export function decodeListenerSet(raw: unknown): Decoded<ListenerSetObject> {
  return decodeObject(raw, ({ namespace, name, deleting, annotations }) => {
    const group = optionalText(raw, 'spec', 'parentRef', 'group') ?? GATEWAY_GROUP;
    const kind = optionalText(raw, 'spec', 'parentRef', 'kind') ?? 'Gateway';
    const gateway = {
      namespace: optionalText(raw, 'spec', 'parentRef', 'namespace') ?? namespace,
      name: requiredText(raw, 'spec', 'parentRef', 'name'),
    };
    return {
      namespace,
      name,
      deleting,
      annotations,
      gateway: group === GATEWAY_GROUP && kind === 'Gateway' ? gateway : undefined,
      listeners: objectList(raw, 'spec', 'listeners').map(decodeListener),
      accepted: isAccepted(fieldAt(raw, 'status')),
      acceptedListeners: listAt(raw, 'status', 'listeners')
        .filter(isAccepted)
        .map((entry) => textAt(entry, 'name'))
        .filter((each) => each !== undefined),
    };
  });
}

/** Whether a status, of the set or of one listener, has the condition `Accepted` as True. */
function isAccepted(status: unknown): boolean {
  const condition = listAt(status, 'conditions').find((each) => textAt(each, 'type') === 'Accepted');
  return textAt(condition, 'status') === 'True';
}
