import { isObject, type JsonObject, listAt, objectAt, sameJson, textAt } from './json-value.ts';
import { type Kind, kindNamed, routeKinds, storageOf } from './kubernetes-kinds.ts';
import type { KubernetesObject, StoredObject } from './kubernetes-object.ts';
import type { Change, ObjectStore } from './kubernetes-object-store.ts';
import type { ObjectWriter } from './kubernetes-object-writer.ts';

export interface GatewayAddress {
  /** `IPAddress` or `Hostname`; told from the value when absent. */
  readonly type?: string;
  readonly value: string;
}

export interface GatewayOptions {
  /** What stands in `status.parents[].controllerName`. */
  readonly controllerName?: string;
  /** Whether a parent accepts a route; a text is the reason why not. Always when absent. */
  readonly accepts?: (route: KubernetesObject, parentRef: JsonObject) => true | string;
}

const parentKinds = ['Gateway', 'ListenerSet'];

/**
 * Stands in for an implementation of the Gateway API: writes Accepted into the status of routes whose
 * parents exist, and conditions and addresses into that of gateways. Switched off, it writes nothing.
 */
export class GatewayStandIn {
  readonly #store: ObjectStore;
  readonly #writer: ObjectWriter;
  readonly #now: () => Date;
  readonly #options: GatewayOptions;
  readonly #addresses = new Map<string, readonly GatewayAddress[]>();
  #dirty = new Map<string, readonly [Kind, StoredObject]>();
  #enabled = false;

  constructor(store: ObjectStore, writer: ObjectWriter, now: () => Date, options: GatewayOptions) {
    this.#store = store;
    this.#writer = writer;
    this.#now = now;
    this.#options = options;
    for (const name of [...parentKinds, ...routeKinds]) {
      store.subscribe(kindNamed(name), (change) => this.#changed(change));
    }
  }

  get controllerName(): string {
    return this.#options.controllerName ?? 'sandbox.example/gateway-controller';
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Switched on it looks at everything that is there. */
  set enabled(on: boolean) {
    this.#enabled = on;
    if (on) this.#markAll([...parentKinds, ...routeKinds]);
  }

  setAddresses(namespace: string, name: string, addresses: readonly GatewayAddress[]): void {
    this.#addresses.set(`${namespace}/${name}`, addresses);
    const gateway = this.#store.find(kindNamed('Gateway'), namespace, name);
    if (gateway !== undefined) this.#writeAddresses(gateway);
  }

  #changed({ type, kind, stored }: Change): void {
    if (!this.#enabled) return;
    if (type !== 'DELETED') this.#mark(kind, stored);
    if (parentKinds.includes(kind.kind) && type === 'ADDED') this.#markAll(routeKinds);
  }

  #markAll(names: readonly string[]): void {
    for (const kind of names.map(kindNamed)) {
      for (const stored of this.#store.list(kind)) this.#mark(kind, stored);
    }
  }

  #mark(kind: Kind, stored: StoredObject): void {
    if (this.#dirty.size === 0) queueMicrotask(() => this.#work());
    this.#dirty.set(`${kind.kind}/${stored.namespace}/${stored.name}`, [storageOf(kind), stored]);
  }

  #work(): void {
    const dirty = this.#dirty;
    this.#dirty = new Map();
    if (!this.#enabled) return;
    for (const [kind, { namespace, name }] of dirty.values()) {
      const stored = this.#store.find(kind, namespace, name);
      if (stored === undefined) continue;
      if (routeKinds.includes(kind.kind)) this.#writeRoute(kind, stored);
      else this.#writeParent(kind, stored);
    }
  }

  #writeRoute(kind: Kind, { object, namespace }: StoredObject): void {
    const others = listAt(object, 'status', 'parents').filter(
      (parent) => textAt(parent, 'controllerName') !== this.controllerName,
    );
    const mine = listAt(object, 'spec', 'parentRefs')
      .filter(isObject)
      .filter((parentRef) => this.#parentExists(parentRef, namespace))
      .map((parentRef) => this.#parentStatus(object, parentRef));
    this.#writeStatus(kind, object, { ...objectAt(object, 'status'), parents: [...others, ...mine] });
  }

  #parentExists(parentRef: JsonObject, namespace: string): boolean {
    const kind = textAt(parentRef, 'kind') ?? 'Gateway';
    const place = textAt(parentRef, 'namespace') ?? namespace;
    return (
      parentKinds.includes(kind) &&
      this.#store.find(kindNamed(kind), place, textAt(parentRef, 'name') ?? '') !== undefined
    );
  }

  #parentStatus(route: KubernetesObject, parentRef: JsonObject): JsonObject {
    const verdict = this.#options.accepts?.(route, parentRef) ?? true;
    const old = listAt(route, 'status', 'parents').find(
      (parent) =>
        textAt(parent, 'controllerName') === this.controllerName &&
        isObject(parent) &&
        sameJson(parent['parentRef'], parentRef),
    );
    const conditions = [
      this.#condition(route, old, 'Accepted', verdict === true, verdict === true ? 'Accepted' : verdict),
      this.#condition(route, old, 'ResolvedRefs', true, 'ResolvedRefs'),
    ];
    return { parentRef, controllerName: this.controllerName, conditions };
  }

  #writeParent(kind: Kind, { object, namespace, name }: StoredObject): void {
    const status = objectAt(object, 'status');
    const conditions = ['Accepted', 'Programmed'].map((type) =>
      this.#condition(object, status, type, true, type),
    );
    const listeners = listAt(object, 'spec', 'listeners').map((listener) => {
      const listenerName = textAt(listener, 'name');
      const old = listAt(status, 'listeners').find((other) => textAt(other, 'name') === listenerName);
      const own = ['Accepted', 'Programmed'].map((type) => this.#condition(object, old, type, true, type));
      return { name: listenerName, supportedKinds: [], attachedRoutes: 0, conditions: own };
    });
    const addresses = kind.kind === 'Gateway' ? this.#addresses.get(`${namespace}/${name}`) : undefined;
    const place = addresses === undefined ? {} : { addresses: addresses.map(addressStatus) };
    this.#writeStatus(kind, object, { ...status, ...place, conditions, listeners });
  }

  #writeAddresses({ object, namespace, name }: StoredObject): void {
    const addresses = (this.#addresses.get(`${namespace}/${name}`) ?? []).map(addressStatus);
    this.#writeStatus(kindNamed('Gateway'), object, { ...objectAt(object, 'status'), addresses });
  }

  #condition(
    object: KubernetesObject,
    holder: unknown,
    type: string,
    holds: boolean,
    reason: string,
  ): JsonObject {
    const status = holds ? 'True' : 'False';
    const old = listAt(holder, 'conditions').find((condition) => textAt(condition, 'type') === type);
    const since = textAt(old, 'status') === status ? textAt(old, 'lastTransitionTime') : undefined;
    return {
      type,
      status,
      reason,
      message: '',
      observedGeneration: object.metadata['generation'],
      lastTransitionTime:
        since ??
        this.#now()
          .toISOString()
          .replace(/\.\d+Z$/, 'Z'),
    };
  }

  #writeStatus(kind: Kind, object: KubernetesObject, status: JsonObject): void {
    const { name, namespace = '' } = object.metadata;
    this.#writer.replace(kind, namespace, name, { ...object, status }, 'status');
  }
}

function addressStatus({ type, value }: GatewayAddress): JsonObject {
  return { type: type ?? (/^[\d.]+$|:/.test(value) ? 'IPAddress' : 'Hostname'), value };
}
