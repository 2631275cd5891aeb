import type { CloudflareRecord } from '../sandbox/cloudflare-record.ts';
import { whose } from './demo-records.ts';

/** What must be at a name, by the story so far. */
export interface Expected {
  readonly name: string;
  readonly type: string;
  /** `undefined`: there must be no such record. */
  readonly content: string | undefined;
  readonly proxied?: boolean;
  /** Cloudflare's number; 1 is automatic. */
  readonly ttl?: number;
  /** `HTTPRoute/web/shop`; `undefined`: it must not be ours. */
  readonly holder?: string;
}

/** What is wrong at that name; `undefined` when all is as it must be. */
export function wrongWith(
  expected: Expected,
  records: readonly CloudflareRecord[],
  owner: string,
): string | undefined {
  const { name, type, content, proxied = false, ttl = 1, holder } = expected;
  const found = records.filter((record) => record.name === name && record.type === type);
  const [record] = found;
  if (content === undefined) return record === undefined ? undefined : `it is still ${record.content}`;
  if (record === undefined) return 'it is not there';
  if (found.length > 1) return `there are ${found.length} of them`;
  if (record.content !== content) return `it is ${record.content}`;
  if (record.proxied !== proxied) return proxied ? 'it is not proxied' : 'it is proxied';
  if (record.ttl !== ttl) return `its ttl is ${record.ttl}`;
  const by = whose(record.comment, owner);
  const held = by.kind === 'ours' ? by.holder : undefined;
  if (held !== holder) return `it is ${held === undefined ? 'not ours' : `held for ${held}`}`;
  return undefined;
}

/** `app.example.com A → 203.0.113.10`. */
export function expectedText({ name, type, content, proxied, holder }: Expected): string {
  if (content === undefined) return `${name} ${type} is gone`;
  return `${name} ${type} → ${content}${proxied === true ? ', proxied' : ''}${holder === undefined ? ', not ours and not touched' : ''}`;
}
