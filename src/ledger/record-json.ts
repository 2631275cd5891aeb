import { parseHostname, type Hostname } from '../domain/hostname.ts';
import type { FoundData, RegistryText } from '../domain/entry.ts';
import { RECORD_TYPES, type RecordType } from '../domain/record.ts';
import { ttlFromApi, ttlToApi } from '../domain/ttl.ts';
import type { Cells } from './cells.ts';

/**
 * A record's fields in a JSON column, named and encoded as in table `records` (so a TTL of 1 is automatic). `registry`
 * has the TXT records of external-dns that spoke for it.
 */
export function encodeRecord(data: FoundData): string {
  const { name, type, content, ttl, proxied, registry = [] } = data;
  const texts = registry.map((text) => ({ name: text.name, content: text.content, ttl: ttlToApi(text.ttl) }));
  const also = texts.length === 0 ? {} : { registry: texts };
  return JSON.stringify({ name, type, content, ttl: ttlToApi(ttl), proxied, ...also });
}

/** @throws LedgerError of kind `bad-row` */
export function decodeRecord(cells: Cells, column: string): FoundData {
  const value = cells.json(column);
  if (typeof value !== 'object' || value === null) return cells.refuse(column, 'a JSON object');
  const { name, type, content, ttl, proxied, registry }: Partial<Record<string, unknown>> = { ...value };
  const hostname = canonicalName(name);
  const known = recordType(type);
  if (hostname === undefined) return cells.refuse(column, 'a record with a DNS name');
  if (known === undefined) return cells.refuse(column, `a record of type ${RECORD_TYPES.join(', ')}`);
  if (typeof content !== 'string') return cells.refuse(column, 'a record with content');
  if (typeof ttl !== 'number') return cells.refuse(column, 'a record with a ttl in seconds, or 1');
  if (typeof proxied !== 'boolean') return cells.refuse(column, 'a record with proxied true or false');
  const data = { name: hostname, type: known, content, ttl: ttlFromApi(ttl), proxied };
  if (registry === undefined) return data;
  const texts = Array.isArray(registry) ? registry.map((text) => registryText(text)) : [undefined];
  if (texts.includes(undefined)) return cells.refuse(column, 'TXT records with name, content and ttl');
  return { ...data, registry: texts.filter((text) => text !== undefined) };
}

function registryText(value: unknown): RegistryText | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, content, ttl }: Partial<Record<string, unknown>> = { ...value };
  if (typeof name !== 'string' || typeof content !== 'string' || typeof ttl !== 'number') return undefined;
  return { name, content, ttl: ttlFromApi(ttl) };
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
