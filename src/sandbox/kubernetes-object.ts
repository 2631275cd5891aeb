import { isObject, type JsonObject, objectAt, textAt } from './json-value.ts';

/** Metadata that the sandbox itself reads; everything else in an object is carried along. */
export interface Metadata extends JsonObject {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
}

/** An object as it is stored and served. */
export interface KubernetesObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

/** What a caller hands in: name, and namespace where the kind has one. */
export interface ObjectInput {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

/** One version of an object; its JSON text is made once, for lists and watches alike. Never changed. */
export class StoredObject {
  readonly object: KubernetesObject;
  readonly version: number;
  #text: string | undefined;

  constructor(object: KubernetesObject, version: number) {
    this.object = object;
    this.version = version;
  }

  get namespace(): string {
    return this.object.metadata.namespace ?? '';
  }

  get name(): string {
    return this.object.metadata.name;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.object);
    return this.#text;
  }
}

/** Copies a value that came from JSON, or would survive it. */
export function copy(object: JsonObject): JsonObject {
  const value: unknown = structuredClone(object);
  return isObject(value) ? value : {};
}

export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

export function namespaceOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'namespace') ?? '';
}

/** With everything that neither metadata nor status holds: what `generation` counts. */
export function contentOf(object: JsonObject): JsonObject {
  const { metadata: _metadata, status: _status, ...content } = object;
  return content;
}

/** With a new apiVersion; the rest is shared. */
export function inVersion(object: KubernetesObject, version: string): KubernetesObject {
  return object.apiVersion === version ? object : { ...object, apiVersion: version };
}

export function labelsOf(object: JsonObject): JsonObject {
  return objectAt(object, 'metadata', 'labels');
}
