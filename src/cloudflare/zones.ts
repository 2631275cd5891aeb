import type { Zone } from '../domain/zone.ts';
import { isObject } from './json.ts';
import { canonicalName } from './names.ts';

/** Reads one item of `GET zones`; `undefined` when it is none. */
export function parseZone(value: unknown): Zone | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, status } = value;
  if (typeof id !== 'string' || id === '' || typeof name !== 'string' || name === '') return undefined;
  return typeof status === 'string' ? { id, name: canonicalName(name), status } : undefined;
}
