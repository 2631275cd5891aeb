import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { RecordFields } from './cloudflare-record.ts';
import { invalidBody, invalidContent, invalidRecord } from './cloudflare-refusal.ts';
import { asciiName, type ZoneState } from './cloudflare-zone.ts';
import { isObject, type JsonObject } from './json-value.ts';

/** A record's settable members after all rules: complete and in stored form. */
export interface ValidRecord {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly proxiable: boolean;
  readonly comment: string | null;
  readonly tags: readonly string[];
  readonly settings: JsonObject;
  readonly priority?: number;
  readonly data?: unknown;
}

const unreachable = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  unreachable.addSubnet(net, bits, 'ipv4');
}
unreachable.addAddress('::1', 'ipv6');
unreachable.addSubnet('fc00::', 7, 'ipv6');
unreachable.addSubnet('fe80::', 10, 'ipv6');

/** Parses a request's body, or a person's input, into a stored form. Throws CloudflareRefusal. */
export function validateRecord(input: RecordFields | JsonObject, zone: ZoneState): ValidRecord {
  const fields: JsonObject = { ...input };
  const { name, type, content, ttl = 1, proxied = false, settings = {}, priority, data } = fields;
  if (typeof name !== 'string' || typeof type !== 'string') throw invalidBody();
  if (typeof proxied !== 'boolean' || !isObject(settings)) throw invalidBody();
  const storedName = validName(name, zone);
  const storedContent = validContent(type, content, storedName);
  const proxiable = isProxiable(type, storedContent);
  if (proxied && !['A', 'AAAA', 'CNAME'].includes(type)) {
    throw invalidRecord(9004, 'This record type cannot be proxied.');
  }
  if (proxied && !proxiable) {
    throw invalidContent(9003, `Target ${storedContent} is not allowed for a proxied record.`);
  }
  return {
    name: storedName,
    type,
    content: storedContent,
    ttl: proxied ? 1 : validTtl(ttl, zone),
    proxied,
    proxiable,
    comment: validComment(fields['comment'], zone),
    tags: validTags(fields['tags'], zone),
    settings,
    ...(typeof priority === 'number' && { priority }),
    ...(data !== undefined && { data }),
  };
}

/**
 * `@` is the zone itself. A name that does not end in the zone's is taken as relative to it, so a wrong zone
 * publishes a name that nobody asked for. Labels may hold any character; an asterisk is a wildcard as the first
 * label alone.
 */
function validName(name: string, zone: ZoneState): string {
  const given = name === '@' ? zone.name : asciiName(name);
  const inside = given === zone.name || given.endsWith(`.${zone.name}`);
  const full = inside ? given : `${given}.${zone.name}`;
  const shaped = full.split('.').every((label) => /^[^\s]{1,63}$/.test(label));
  if (full.length > 253 || !shaped) throw invalidRecord(9000, 'DNS name is invalid.');
  return full;
}

function validContent(type: string, content: unknown, name: string): string {
  if (type === 'A') {
    if (typeof content === 'string' && isIPv4(content)) return content;
    throw invalidContent(9005, 'Content for A record must be a valid IPv4 address.');
  }
  if (type === 'AAAA') {
    if (typeof content === 'string' && isIPv6(content) && !content.includes('%')) {
      return new URL(`http://[${content}]`).hostname.slice(1, -1);
    }
    throw invalidContent(9006, 'Content for AAAA record must be a valid IPv6 address.');
  }
  if (typeof content !== 'string' || content === '') throw invalidBody();
  if (type === 'TXT') return content.startsWith('"') ? content : `"${content}"`;
  if (type !== 'CNAME') return content;
  const target = asciiName(content);
  if (target === name) throw invalidContent(9039, 'CNAME content cannot reference itself.');
  if (isIPv4(target) || isIPv6(target) || !/^[a-z0-9_.-]{1,253}$/.test(target)) {
    throw invalidContent(9007, 'Content for CNAME record is invalid.');
  }
  return target;
}

function isProxiable(type: string, content: string): boolean {
  if (type === 'CNAME') return true;
  if (type === 'A') return !unreachable.check(content, 'ipv4');
  return type === 'AAAA' && !unreachable.check(content, 'ipv6');
}

function validTtl(ttl: unknown, zone: ZoneState): number {
  const least = zone.plan === 'enterprise' ? 30 : 60;
  if (typeof ttl === 'number' && Number.isInteger(ttl) && (ttl === 1 || (ttl >= least && ttl <= 86_400))) {
    return ttl;
  }
  if (typeof ttl !== 'number') throw invalidContent(9022, 'TTL must be a number, not a string.');
  throw invalidRecord(9021, `TTL must be between ${String(least)} and 86400 seconds, or 1 for Automatic.`);
}

function validComment(comment: unknown, zone: ZoneState): string | null {
  if (comment === undefined || comment === null || comment === '') return null;
  if (typeof comment !== 'string' || /[\r\n]/.test(comment)) throw invalidBody();
  const most = zone.plan === 'free' ? 100 : 500;
  if (comment.length > most) {
    throw invalidContent(
      9313,
      `DNS record comment exceeds the maximum length of ${String(most)} characters.`,
    );
  }
  return comment;
}

function validTags(tags: unknown, zone: ZoneState): string[] {
  if (tags === undefined || tags === null) return [];
  if (!Array.isArray(tags)) throw invalidBody();
  const words = tags.filter((tag): tag is string => typeof tag === 'string');
  if (words.length !== tags.length) throw invalidBody();
  const most = zone.plan === 'free' ? 0 : 20;
  if (words.length > most) {
    throw invalidRecord(
      9300,
      `DNS record has ${String(words.length)} tags, exceeding the quota of ${String(most)}.`,
    );
  }
  return words;
}
