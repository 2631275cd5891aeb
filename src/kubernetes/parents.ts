import type { GatewayObject, ListenerSetObject, ParentRef } from '../domain/cluster.ts';
import { decodeGateway } from './decode-gateway.ts';
import { decodeListenerSet } from './decode-listener-set.ts';
import { GATEWAY_RESOURCES } from './kinds.ts';
import { WatchedKind, type WatchedKindOptions } from './watched-kind.ts';

/** What a change of the parents means for the routes that are kept. */
export interface ParentChange {
  /** Some parent has annotations of ours that had none: routes of which only the key is kept may ask now. */
  readonly givesMore: boolean;
  /** Which parents give what is not as it was: routes that are kept may ask for nothing any more. */
  readonly changed: boolean;
}

type Shared = Omit<WatchedKindOptions<unknown>, 'resource' | 'decode'>;

/** Gateways and ListenerSets, and which of them may set annotations for the routes attached to them. */
export class Parents {
  readonly gateways: WatchedKind<GatewayObject>;
  readonly listenerSets: WatchedKind<ListenerSetObject>;
  #givers: ReadonlyMap<string, boolean> = new Map();

  constructor(shared: Shared) {
    this.gateways = new WatchedKind({
      ...shared,
      resource: GATEWAY_RESOURCES.Gateway,
      decode: (raw) => decodeGateway(raw),
    });
    this.listenerSets = new WatchedKind({
      ...shared,
      resource: GATEWAY_RESOURCES.ListenerSet,
      decode: decodeListenerSet,
      optional: true,
    });
  }

  get kinds(): readonly WatchedKind<unknown>[] {
    return [this.gateways, this.listenerSets];
  }

  /** Whether a parent may set annotations. One that is not known might: nothing of it may be concluded. */
  mayGive({ group, kind, namespace, name }: Omit<ParentRef, 'sectionName' | 'port'>): boolean {
    if (group !== GATEWAY_RESOURCES.Gateway.group) return false;
    if (kind === 'Gateway')
      return !this.gateways.current() || givesAny(this.gateways.get(`${namespace}/${name}`));
    if (kind !== 'ListenerSet') return false;
    if (!this.listenerSets.current()) return true;
    const set = this.listenerSets.get(`${namespace}/${name}`);
    return (
      set?.gateway === undefined || givesAny(set) || this.mayGive({ group, kind: 'Gateway', ...set.gateway })
    );
  }

  /** Compares the parents with what they were when last asked. */
  look(): ParentChange {
    const { group } = GATEWAY_RESOURCES.Gateway;
    const givers = new Map<string, boolean>();
    for (const [kind, watched] of [
      ['Gateway', this.gateways],
      ['ListenerSet', this.listenerSets],
    ] as const) {
      for (const [key, { namespace, name }] of watched.view().objects) {
        givers.set(`${kind}/${key}`, this.mayGive({ group, kind, namespace, name }));
      }
    }
    const before = this.#givers;
    this.#givers = givers;
    const entries = [...givers];
    return {
      givesMore: entries.some(([key, gives]) => gives && before.get(key) !== true),
      changed: givers.size !== before.size || entries.some(([key, gives]) => before.get(key) !== gives),
    };
  }

  /** Whether a rule of any of them selects by the labels of Namespaces. */
  selectsNamespaces(): boolean {
    const gateways = [...this.gateways.view().objects.values()];
    const sets = [...this.listenerSets.view().objects.values()];
    return (
      gateways.some(({ allowedListeners }) => allowedListeners?.from === 'Selector') ||
      [...gateways, ...sets].some(({ listeners }) =>
        listeners.some(({ allowedNamespaces }) => allowedNamespaces.from === 'Selector'),
      )
    );
  }
}

function givesAny(object: { readonly annotations: Readonly<Record<string, string>> } | undefined): boolean {
  return object === undefined || Object.keys(object.annotations).length > 0;
}
