import { type JsonObject, objectAt } from './json-value.ts';
import { type Kind, kindNamed, kindOf } from './kubernetes-kinds.ts';
import { copy, type KubernetesObject, type ObjectInput } from './kubernetes-object.ts';
import { mergePatch } from './kubernetes-patch.ts';
import type { ObjectStore } from './kubernetes-object-store.ts';
import type { ObjectWriter } from './kubernetes-object-writer.ts';

const namespaces = kindNamed('Namespace');

/** The objects as a test or the demo handles them, past HTTP and RBAC; writes reach watches as any other. */
export class KubernetesObjects {
  readonly #store: ObjectStore;
  readonly #writer: ObjectWriter;

  constructor(store: ObjectStore, writer: ObjectWriter) {
    this.#store = store;
    this.#writer = writer;
  }

  /** Creates the object or replaces all of it, its status only where one is given; its Namespace is made where it is missing. */
  apply(input: ObjectInput): KubernetesObject {
    const kind = kindOf(input);
    const { name } = input.metadata;
    const place = this.#place(kind, input.metadata.namespace);
    if (kind.namespaced) this.namespace(place);
    const old = this.#store.find(kind, place, name);
    const body = copy({ ...input });
    if (old === undefined) return this.#writer.create(kind, place, body, 'all').object;
    body['status'] ??= old.object['status'];
    return this.#writer.replace(kind, place, name, body, 'all').object;
  }

  /** @param place '' for kinds without namespaces, here and below. */
  get(kindName: string, place: string, name: string): KubernetesObject | undefined {
    return this.#store.find(kindNamed(kindName), place, name)?.object;
  }

  list(kindName: string): KubernetesObject[] {
    return this.#store.list(kindNamed(kindName)).map(({ object }) => object);
  }

  /** Waits for finalizers, as the API does. Throws KubernetesRefusal when there is no such object. */
  delete(kindName: string, place: string, name: string): void {
    this.#writer.remove(kindNamed(kindName), place, name);
  }

  /** A null takes the key away. */
  annotate(
    kindName: string,
    place: string,
    name: string,
    annotations: Readonly<Record<string, string | null>>,
  ): KubernetesObject {
    return this.patch(kindName, place, name, { metadata: { annotations } });
  }

  /** A merge patch; status may be in it. */
  patch(kindName: string, place: string, name: string, change: JsonObject): KubernetesObject {
    const kind = kindNamed(kindName);
    const { object } = this.#writer.get(kind, place, name);
    const next = mergePatch(object, change);
    return this.#writer.replace(kind, place, name, objectAt({ next }, 'next'), 'all').object;
  }

  /** Replaces the whole status. */
  setStatus(kindName: string, place: string, name: string, status: JsonObject): KubernetesObject {
    const kind = kindNamed(kindName);
    const { object } = this.#writer.get(kind, place, name);
    return this.#writer.replace(kind, place, name, { ...object, status: copy(status) }, 'status').object;
  }

  /** The Namespace, made where it is missing. */
  namespace(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
    const found = this.#store.find(namespaces, '', name)?.object;
    return found ?? this.#writer.create(namespaces, '', { metadata: { name, labels } }).object;
  }

  #place(kind: Kind, namespace: string | undefined): string {
    return kind.namespaced ? (namespace ?? 'default') : '';
  }
}
