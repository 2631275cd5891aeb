import type { Listener, ListenerSetObject, NamespaceRule } from '../../src/domain/cluster.ts';
import type { WorldEvent } from './events.ts';
import type { Lab } from './lab.ts';
import { GATEWAYS, SET } from './names.ts';
import type { Random } from './random.ts';
import { someDefaults } from './route-shapes.ts';

const KEY = `${SET.namespace}/${SET.name}`;

export function someRule(random: Random): NamespaceRule {
  const from = random.pick(['All', 'All', 'All', 'Selector', 'Same']);
  const selector = from === 'Selector' ? { matchLabels: { dns: 'yes' }, matchExpressions: [] } : undefined;
  return { from, selector };
}

export function someListener(name: string, random: Random): Listener {
  const allowedNamespaces = someRule(random);
  const hostname = random.pick([
    undefined,
    undefined,
    undefined,
    '*.example.com',
    'a.example.com',
    'example.org',
  ]);
  return { name, hostname, port: 443, protocol: 'HTTPS', allowedNamespaces, allowedKinds: undefined };
}

/** The same, for what does not look inside. */
export function withTls(listener: Listener): readonly Listener[] {
  return [listener, { ...listener, name: 'tls', port: 8443, protocol: 'TLS' }];
}

/** Not accepted yet. */
export function listenerSet(random: Random): ListenerSetObject {
  const listeners = [...withTls(someListener('one', random))];
  if (random.chance(0.3)) listeners.push(someListener('two', random));
  const gateway = { namespace: 'infra', name: random.pick(GATEWAYS) };
  const annotations = someDefaults(random);
  return { ...SET, deleting: false, annotations, gateway, listeners, accepted: false, acceptedListeners: [] };
}

/** The Gateway's controller takes it with all its listeners, or, while it is turned down, none of it. */
export function acceptSet(lab: Lab): void {
  const set = lab.cluster.truth.sets.get(KEY);
  if (set === undefined || lab.implementationAway) return;
  const accepted = !lab.rejected.has(KEY);
  const acceptedListeners = accepted ? set.listeners.map(({ name }) => name) : [];
  if (accepted === set.accepted && String(acceptedListeners) === String(set.acceptedListeners)) return;
  lab.cluster.putSet({ ...set, accepted, acceptedListeners });
}

function put(lab: Lab, set: ListenerSetObject): string {
  lab.cluster.putSet(set);
  lab.clock.after(lab.random.between(20, 4_000), () => acceptSet(lab));
  const listeners = set.listeners.map(
    ({ hostname, allowedNamespaces: { from } }) => `${hostname ?? 'any'} from ${from}`,
  );
  return `ListenerSet ${KEY} of ${set.gateway?.name} listens to ${listeners.join(', ')}, ${JSON.stringify(set.annotations)}`;
}

export const LISTENER_SET_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'listener set edited': (lab, random) => {
    const { accepted, acceptedListeners } = lab.cluster.truth.sets.get(KEY) ?? listenerSet(random);
    return put(lab, { ...listenerSet(random), accepted, acceptedListeners });
  },
  'listener set deleted': (lab, random) => {
    if (!lab.cluster.truth.sets.has(KEY)) return undefined;
    lab.cluster.removeSet(KEY);
    lab.clock.after(random.between(1_000, 400_000), () => {
      if (!lab.cluster.truth.sets.has(KEY) && lab.cluster.served) put(lab, listenerSet(random));
    });
    return `ListenerSet ${KEY} is deleted, and made again later`;
  },
  'listener set turned down': (lab, random) => {
    lab.rejected.add(KEY);
    acceptSet(lab);
    lab.clock.after(random.between(500, 300_000), () => {
      lab.rejected.delete(KEY);
      acceptSet(lab);
    });
    return `ListenerSet ${KEY} is not accepted for a while`;
  },
};
