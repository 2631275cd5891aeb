import { randomBytes, randomUUID } from 'node:crypto';
import { isObject, type JsonObject, listAt, sameJson, textAt } from './json-value.ts';
import { validateEvent, validateLease } from './kubernetes-event.ts';
import { allKinds, apiVersion, type Kind, kindNamed, qualified, storageOf } from './kubernetes-kinds.ts';
import {
  contentOf,
  type KubernetesObject,
  type Metadata,
  nameOf,
  type StoredObject,
} from './kubernetes-object.ts';
import { alreadyExists, badRequest, conflict, invalidObject, objectMissing } from './kubernetes-refusal.ts';
import type { ObjectStore } from './kubernetes-object-store.ts';

/** Which part of an object a write may change; `all` is for the sandbox's own hands. */
export type WritePart = 'object' | 'status' | 'all';

const namespaces = kindNamed('Namespace');

/** Writes by the API server's rules: metadata, generation, versions, finalizers. Methods throw KubernetesRefusal. */
export class ObjectWriter {
  readonly #store: ObjectStore;
  readonly #now: () => Date;

  constructor(store: ObjectStore, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  create(kind: Kind, namespace: string, input: JsonObject, part: WritePart = 'object'): StoredObject {
    const given = isObject(input['metadata']) ? input['metadata'] : {};
    const prefix = textAt(given, 'generateName');
    const name =
      textAt(given, 'name') ?? (prefix === undefined ? '' : prefix + randomBytes(3).toString('hex'));
    if (name.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) {
      throw invalidObject(
        kind.kind,
        name,
        `metadata.name: Invalid value: "${name}": a lowercase RFC 1123 subdomain`,
      );
    }
    if (kind.namespaced && this.#store.find(namespaces, '', namespace) === undefined) {
      throw objectMissing('namespaces', namespace);
    }
    if (this.#store.find(kind, namespace, name) !== undefined) throw alreadyExists(qualified(kind), name);
    const metadata: Metadata = {
      ...given,
      name,
      ...(kind.namespaced && { namespace }),
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: this.#seconds(),
      ...(kind.generation && { generation: 1 }),
    };
    const object: KubernetesObject = { ...input, ...this.#type(kind), metadata };
    if (kind.status && part === 'object') delete object['status'];
    if (kind === namespaces) {
      object['status'] = { phase: 'Active' };
      metadata['labels'] = { 'kubernetes.io/metadata.name': name, ...objectOf(given['labels']) };
    }
    this.#validate(kind, object, undefined);
    return this.#store.commit(kind, 'ADDED', object);
  }

  /** A write that changes nothing keeps the resourceVersion, as in a real server. */
  replace(kind: Kind, namespace: string, name: string, input: JsonObject, part: WritePart): StoredObject {
    const old = this.get(kind, namespace, name);
    const before = old.object;
    const given = objectOf(input['metadata']);
    const wanted = textAt(given, 'resourceVersion') ?? '';
    if (nameOf(input) !== name) throw badRequest('the name of the object does not match the name on the URL');
    if (
      wanted === '' &&
      part === 'object' &&
      ['gateway.networking.k8s.io', 'coordination.k8s.io'].includes(kind.group)
    ) {
      throw invalidObject(
        kind.kind,
        name,
        'metadata.resourceVersion: Invalid value: must be specified for an update',
      );
    }
    const uid = textAt(given, 'uid');
    const stale = wanted !== '' && wanted !== before.metadata.resourceVersion;
    if (stale || (uid !== undefined && uid !== before.metadata.uid)) throw conflict(qualified(kind), name);
    const next =
      part === 'status' ? { ...before, status: input['status'] } : this.#merged(kind, before, input, part);
    if (next['status'] === undefined) delete next['status'];
    if (sameJson(next, before)) return old;
    this.#validate(kind, next, before);
    if (
      next.metadata['deletionTimestamp'] !== undefined &&
      listAt(next, 'metadata', 'finalizers').length === 0
    ) {
      return this.#gone(kind, next);
    }
    return this.#store.commit(kind, 'MODIFIED', next);
  }

  /** Waits for finalizers: then the object stays, marked. @returns its last version. */
  remove(kind: Kind, namespace: string, name: string, preconditions: JsonObject = {}): StoredObject {
    const old = this.get(kind, namespace, name);
    const { metadata } = old.object;
    for (const member of ['uid', 'resourceVersion'] as const) {
      const wanted = preconditions[member];
      if (wanted !== undefined && wanted !== metadata[member]) throw conflict(qualified(kind), name);
    }
    if (kind === namespaces) this.#emptyNamespace(name);
    const held = kind === namespaces ? this.#holdsAnything(name) : listAt(metadata, 'finalizers').length > 0;
    if (!held) return this.#gone(kind, old.object);
    if (metadata['deletionTimestamp'] !== undefined) return old;
    const { generation } = metadata;
    return this.#store.commit(kind, 'MODIFIED', {
      ...old.object,
      ...(kind === namespaces && { status: { phase: 'Terminating' } }),
      metadata: {
        ...metadata,
        deletionTimestamp: this.#seconds(),
        deletionGracePeriodSeconds: 0,
        ...(typeof generation === 'number' && { generation: generation + 1 }),
      },
    });
  }

  get(kind: Kind, namespace: string, name: string): StoredObject {
    const stored = this.#store.find(kind, namespace, name);
    if (stored === undefined) throw objectMissing(qualified(kind), name);
    return stored;
  }

  #merged(kind: Kind, before: KubernetesObject, input: JsonObject, part: WritePart): KubernetesObject {
    const old = before.metadata;
    const next: KubernetesObject = {
      ...input,
      ...this.#type(kind),
      metadata: {
        ...objectOf(input['metadata']),
        name: old.name,
        ...(old.namespace !== undefined && { namespace: old.namespace }),
        uid: old.uid,
        resourceVersion: old.resourceVersion,
      },
    };
    for (const member of [
      'creationTimestamp',
      'generation',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
    ]) {
      if (old[member] === undefined) delete next.metadata[member];
      else next.metadata[member] = old[member];
    }
    if (kind.status && part === 'object') next['status'] = before['status'];
    const { generation } = old;
    if (typeof generation === 'number' && !sameJson(contentOf(next), contentOf(before))) {
      next.metadata['generation'] = generation + 1;
    }
    return next;
  }

  #gone(kind: Kind, object: KubernetesObject): StoredObject {
    const stored = this.#store.commit(kind, 'DELETED', object);
    const home = kind.namespaced ? this.#store.find(namespaces, '', stored.namespace) : undefined;
    const leaving = home?.object.metadata['deletionTimestamp'] !== undefined;
    if (home !== undefined && leaving && !this.#holdsAnything(home.name)) {
      this.#store.commit(namespaces, 'DELETED', home.object);
    }
    return stored;
  }

  #emptyNamespace(namespace: string): void {
    for (const kind of this.#namespaced()) {
      for (const stored of this.#store.list(kind).filter((each) => each.namespace === namespace)) {
        this.remove(kind, namespace, stored.name);
      }
    }
  }

  #holdsAnything(namespace: string): boolean {
    return this.#namespaced().some((kind) =>
      this.#store.list(kind).some((each) => each.namespace === namespace),
    );
  }

  #namespaced(): Kind[] {
    return allKinds.filter((kind) => kind.namespaced && !(kind.kind === 'Event' && kind.group === ''));
  }

  #validate(kind: Kind, object: KubernetesObject, old: KubernetesObject | undefined): void {
    if (kind.kind === 'Event' && kind.group !== '') validateEvent(object, old);
    validateLease(kind, object);
  }

  #type(kind: Kind): { apiVersion: string; kind: string } {
    const { group, versions, kind: name } = storageOf(kind);
    return { apiVersion: apiVersion(group, versions[0] ?? 'v1'), kind: name };
  }

  /** Object times have whole seconds. */
  #seconds(): string {
    return this.#now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
