import type { NamespaceObject } from '../domain/cluster.ts';
import { decodeObject, type Decoded } from './decoded.ts';

/** Reads a Namespace: its labels, for listeners that select by them. */
export function decodeNamespace(raw: unknown): Decoded<NamespaceObject> {
  return decodeObject(raw, ({ name, labels }) => ({ name, labels }));
}
