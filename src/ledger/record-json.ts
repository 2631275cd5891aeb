import { parseHostname, type Hostname } from '../domain/hostname.ts';
import { RECORD_TYPES, type RecordData, type RecordType } from '../domain/record.ts';
import { ttlFromApi, ttlToApi } from '../domain/ttl.ts';
import type { Cells } from './cells.ts';

/** A record's fields in a JSON column, named and encoded as in table `records` (so a TTL of 1 is automatic). */
export function encodeRecord(data: RecordData): string {
  const { name, type, content, ttl, proxied } = data;
  return JSON.stringify({ name, type, content, ttl: ttlToApi(ttl), proxied });
}

/** @throws LedgerError of kind `bad-row` */
export function decodeRecord(cells: Cells, column: string): RecordData {
  const value = cells.json(column);
  if (typeof value !== 'object' || value === null) return cells.refuse(column, 'a JSON object');
  const { name, type, content, ttl, proxied }: Partial<Record<string, unknown>> = { ...value };
  const hostname = canonicalName(name);
  const known = recordType(type);
  if (hostname === undefined) return cells.refuse(column, 'a record with a DNS name');
  if (known === undefined) return cells.refuse(column, `a record of type ${RECORD_TYPES.join(', ')}`);
  if (typeof content !== 'string') return cells.refuse(column, 'a record with content');
  if (typeof ttl !== 'number') return cells.refuse(column, 'a record with a ttl in seconds, or 1');
  if (typeof proxied !== 'boolean') return cells.refuse(column, 'a record with proxied true or false');
  return { name: hostname, type: known, content, ttl: ttlFromApi(ttl), proxied };
}

/** The name when it is a DNS name in canonical form already. */
export function canonicalName(raw: unknown): Hostname | undefined {
  if (typeof raw !== 'string') return undefined;
  const parsed = parseHostname(raw);
  return parsed.ok && parsed.value === raw ? parsed.value : undefined;
}

function recordType(raw: unknown): RecordType | undefined {
  return RECORD_TYPES.find((type) => type === raw);
}
