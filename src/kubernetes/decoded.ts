import { fieldAt, isJsonObject, numberAt, textAt } from './json-fields.ts';

/** The prefix of every annotation that is ours. */
const ANNOTATION_PREFIX = 'routeflare/';

/**
 * One object of the API, read.
 * - `plain`: it is there and asks for nothing (no annotation of ours): only its key is kept.
 * - `undecodable`: it is there, but a field whose absence would mean something cannot be read. Never the same as
 *   an object without that field: what was known of it stays.
 * - `nameless`: not even a key; an answer with such an object is not to be trusted.
 *
 * The rule for a field of an unexpected type: in metadata and spec, where a person's removal is evidence, the
 * object is undecodable; in status, which is never evidence of absence, the field counts as missing.
 */
export type Decoded<T> =
  | { readonly kind: 'object'; readonly key: string; readonly object: T }
  | { readonly kind: 'plain'; readonly key: string }
  | { readonly kind: 'undecodable'; readonly key: string; readonly why: string }
  | { readonly kind: 'nameless'; readonly why: string };

export type Decode<T> = (raw: unknown) => Decoded<T>;

/** Thrown by the readers below and caught by `decodeObject`; it never leaves this room's decoders. */
class Unreadable extends Error {}

/** The fields of metadata that we read. Absent ones, as in a manifest not yet applied, are '' and 0. */
export interface ObjectMeta {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  readonly deleting: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Only ours, without the prefix. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Reads key and metadata, then hands over to `project`, which answers `undefined` for a plain object.
 * @param defaultNamespace for manifests; an object of the API names its own.
 */
export function decodeObject<T>(
  raw: unknown,
  project: (meta: ObjectMeta) => T | undefined,
  defaultNamespace = '',
): Decoded<T> {
  const name = textAt(raw, 'metadata', 'name');
  if (name === undefined || name === '') return { kind: 'nameless', why: 'an object without metadata.name' };
  const namespace = textAt(raw, 'metadata', 'namespace') ?? defaultNamespace;
  const key = namespace === '' ? name : `${namespace}/${name}`;
  try {
    const object = project(readMeta(raw, namespace, name));
    return object === undefined ? { kind: 'plain', key } : { kind: 'object', key, object };
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    return { kind: 'undecodable', key, why: cause.message };
  }
}

function readMeta(raw: unknown, namespace: string, name: string): ObjectMeta {
  return {
    namespace,
    name,
    uid: textAt(raw, 'metadata', 'uid') ?? '',
    generation: numberAt(raw, 'metadata', 'generation') ?? 0,
    createdAt: textAt(raw, 'metadata', 'creationTimestamp') ?? '',
    deleting: fieldAt(raw, 'metadata', 'deletionTimestamp') !== undefined,
    labels: textMap(raw, 'metadata', 'labels'),
    annotations: ownAnnotations(textMap(raw, 'metadata', 'annotations')),
  };
}

function ownAnnotations(all: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(all).filter(([key]) => key.startsWith(ANNOTATION_PREFIX));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(ANNOTATION_PREFIX.length), value]));
}

/** A map of texts; missing is empty, anything else makes the object undecodable. */
export function textMap(raw: unknown, ...path: readonly string[]): Record<string, string> {
  const found = fieldAt(raw, ...path);
  if (found === undefined) return {};
  if (!isJsonObject(found)) throw new Unreadable(`${path.join('.')} is not a map`);
  const entries = Object.entries(found).map(([key, value]): [string, string] => {
    if (typeof value !== 'string') throw new Unreadable(`${path.join('.')}: ${key} is not text`);
    return [key, value];
  });
  return Object.fromEntries(entries);
}

/** A list of objects; missing is empty, anything else makes the object undecodable. */
export function objectList(raw: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldAt(raw, ...path) ?? [];
  if (!Array.isArray(found) || !found.every((entry) => isJsonObject(entry))) {
    throw new Unreadable(`${path.join('.')} is not a list of objects`);
  }
  return found;
}

export function textList(raw: unknown, ...path: readonly string[]): readonly string[] {
  const found: unknown = fieldAt(raw, ...path) ?? [];
  if (!Array.isArray(found) || !found.every((entry) => typeof entry === 'string')) {
    throw new Unreadable(`${path.join('.')} is not a list of texts`);
  }
  return found;
}

/** Text that may be missing; '' is how the API writes "none" in an optional field, and reads as missing. */
export function optionalText(raw: unknown, ...path: readonly string[]): string | undefined {
  const found = fieldAt(raw, ...path);
  if (found === undefined || found === '') return undefined;
  if (typeof found !== 'string') throw new Unreadable(`${path.join('.')} is not text`);
  return found;
}

export function requiredText(raw: unknown, ...path: readonly string[]): string {
  const found = optionalText(raw, ...path);
  if (found === undefined) throw new Unreadable(`${path.join('.')} is missing`);
  return found;
}

export function optionalNumber(raw: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldAt(raw, ...path);
  if (found !== undefined && typeof found !== 'number') {
    throw new Unreadable(`${path.join('.')} is not a number`);
  }
  return found;
}
