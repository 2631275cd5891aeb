import { parseAddress } from '../domain/address.ts';
import { isRecordType, type ActualRecord } from '../domain/record.ts';
import { ttlFromApi } from '../domain/ttl.ts';
import { isObject, type JsonObject } from './json.ts';
import { canonicalName } from './names.ts';

/**
 * Reads one record of an answer, of any type; `undefined` when it is none. A proxied record's TTL is always
 * automatic (https://developers.cloudflare.com/dns/manage-dns-records/reference/ttl/).
 */
export function parseRecord(value: unknown, zoneId: string): ActualRecord | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, type, content, ttl, proxied = false, comment } = value;
  if (typeof id !== 'string' || id === '' || typeof name !== 'string' || name === '') return undefined;
  if (typeof type !== 'string' || type === '' || typeof proxied !== 'boolean') return undefined;
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl)) return undefined;
  // Types that we never write may come with structured data alone.
  if (typeof content !== 'string' && isRecordType(type)) return undefined;
  if (comment !== undefined && comment !== null && typeof comment !== 'string') return undefined;
  return {
    id,
    zoneId,
    name: canonicalName(name),
    type,
    content: canonicalContent(type, typeof content === 'string' ? content : ''),
    ttl: proxied ? 'auto' : ttlFromApi(ttl),
    proxied,
    comment: comment ?? '',
    readOnly: isReadOnly(value),
  };
}

/** An address in canonical text, a CNAME's target as a canonical name, anything else as it stands. */
export function canonicalContent(type: string, content: string): string {
  if (type === 'CNAME') return canonicalName(content);
  if (type !== 'A' && type !== 'AAAA') return content;
  const address = parseAddress(content);
  return address.ok && address.value.family === (type === 'A' ? 4 : 6) ? address.value.text : content;
}

/**
 * Records that another product of Cloudflare's keeps (Workers custom domains, R2, Email Routing): `meta` says
 * so, in members that its documentation does not list; `locked` is the older form.
 */
function isReadOnly({ locked, meta }: JsonObject): boolean {
  if (locked === true) return true;
  if (!isObject(meta)) return false;
  const { read_only: readOnly, managed_by_apps: byApps, origin_worker_id: worker, r2_bucket: bucket } = meta;
  return readOnly === true || byApps === true || named(worker) || named(bucket);
}

function named(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
