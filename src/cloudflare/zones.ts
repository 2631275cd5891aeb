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

/** `allowed` is absent where the limit is the account's. https://developers.cloudflare.com/api/resources/dns/subresources/usage/ */
export interface Usage {
  readonly used: number;
  readonly allowed: number | undefined;
}

/** Reads the answer of `GET zones/ZONE/dns_records/usage`; `undefined` when it is none. */
export function parseUsage(value: unknown): Usage | undefined {
  if (!isObject(value) || typeof value['record_usage'] !== 'number') return undefined;
  const quota = value['record_quota'];
  return { used: value['record_usage'], allowed: typeof quota === 'number' ? quota : undefined };
}
