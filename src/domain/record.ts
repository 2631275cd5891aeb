import type { Hostname } from './hostname.ts';
import type { Ttl } from './ttl.ts';

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export function isRecordType(type: string): type is RecordType {
  return type === 'A' || type === 'AAAA' || type === 'CNAME';
}

/** The fields of a record that we decide on. `content` is canonical: an address, or a name without final dot. */
export interface RecordData {
  readonly name: Hostname;
  readonly type: RecordType;
  readonly content: string;
  readonly ttl: Ttl;
  readonly proxied: boolean;
}

/** The fields alone, of anything that has them. */
export function dataOf({ name, type, content, ttl, proxied }: RecordData): RecordData {
  return { name, type, content, ttl, proxied };
}

/**
 * A record as Cloudflare answered it, of any type. `name` is lower-case A-label. `readOnly` is Cloudflare's
 * own lock (records that belong to another product of theirs).
 */
export interface ActualRecord {
  readonly id: string;
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl: Ttl;
  readonly proxied: boolean;
  readonly comment: string;
  readonly readOnly: boolean;
}

/** A and AAAA live beside each other; a CNAME excludes both. RFC 1034 §3.6.2. */
export function excludes(a: RecordType, b: RecordType): boolean {
  return a !== b && (a === 'CNAME' || b === 'CNAME');
}

/** The key that sources compete for and that one holder has. */
export function recordKey(name: string, type: string): string {
  return `${name} ${type}`;
}
