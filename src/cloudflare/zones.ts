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
  if (!isObject(value)) return undefined;
  const { record_usage: used, record_quota: quota = null } = value;
  if (!isCount(used) || !(quota === null || isCount(quota))) return undefined;
  return { used, allowed: quota ?? undefined };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
