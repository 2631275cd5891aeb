import type { Call } from './call-log.ts';
import type { Access } from './cloudflare-token-table.ts';
import { paginate, success } from './cloudflare-envelope.ts';
import { queryRecords } from './cloudflare-record-query.ts';
import type { RecordSet } from './cloudflare-record-set.ts';
import { CloudflareRefusal, invalidBody, noRoute } from './cloudflare-refusal.ts';
import { asciiName, batchLimit, describeZone, type ZoneState } from './cloudflare-zone.ts';
import type { Reply } from './faulty-answer.ts';
import { isObject, type JsonObject } from './json-value.ts';

export interface Zone {
  readonly state: ZoneState;
  readonly records: RecordSet;
}

export interface Account {
  readonly zones: () => Zone[];
  /** Largest `per_page` of a record list. */
  readonly maxPerPage: number;
}

/** Does what one authorised request asks for. Throws CloudflareRefusal. */
export function routeCloudflare(call: Call, access: Access, account: Account): Reply {
  const [root, zoneId, part, recordId, ...more] = call.path.replace('/client/v4/', '').split('/');
  if (more.length > 0) throw noRoute(call.path);
  if (root === 'user') return verifyToken(call, access);
  if (root !== 'zones') throw noRoute(call.path);
  if (zoneId === undefined) return listZones(call, access, account);
  const zone = findZone(call, zoneId, access, account, part === undefined);
  if (part === undefined) {
    return method(call, { GET: () => success(describeZone(zone.state, access.words)) });
  }
  if (part !== 'dns_records') throw noRoute(call.path);
  if (!access.may(call.method === 'GET' ? 'dns:read' : 'dns:edit')) {
    throw new CloudflareRefusal(403, 10_000, 'Authentication error');
  }
  if (recordId === undefined) return recordCollection(call, zone, account);
  if (recordId === 'usage') return method(call, { GET: () => success(usageOf(zone)) });
  if (recordId === 'batch') return method(call, { POST: () => batch(call, zone) });
  return oneRecord(call, zone, recordId);
}

function recordCollection(call: Call, { records }: Zone, account: Account): Reply {
  return method(call, {
    GET: () => {
      const page = paginate(queryRecords(records.all(), call.query), call.query, 100, account.maxPerPage);
      return success(page.items, page.info);
    },
    POST: () => success(records.create(bodyOf(call.body))),
  });
}

function usageOf({ state, records }: Zone): JsonObject {
  return { record_quota: state.recordQuota, record_usage: records.all().length };
}

function oneRecord(call: Call, { records }: Zone, id: string): Reply {
  return method(call, {
    GET: () => success(records.get(id)),
    PUT: () => success(records.put(id, bodyOf(call.body))),
    PATCH: () => success(records.edit(id, bodyOf(call.body))),
    DELETE: () => success({ id: records.remove(id).id }),
  });
}

/** One transaction: deletes, patches, puts, posts, whatever their order in the body. */
function batch(call: Call, { state, records }: Zone): Reply {
  const body = bodyOf(call.body);
  const [deletes, patches, puts, posts] = ['deletes', 'patches', 'puts', 'posts'].map((key) =>
    operations(body[key]),
  );
  const all = [deletes, patches, puts, posts].map((list) => list?.length ?? 0);
  if (all.reduce((sum, count) => sum + count, 0) > batchLimit(state)) {
    throw new CloudflareRefusal(
      400,
      9207,
      `Request body is invalid: a batch may hold at most ${String(batchLimit(state))} operations.`,
    );
  }
  const result = records.transaction(() => ({
    deletes: deletes?.map((item) => records.remove(idOf(item))),
    patches: patches?.map((item) => records.edit(idOf(item), item)),
    puts: puts?.map((item) => records.put(idOf(item), item)),
    posts: posts?.map((item) => records.create(item)),
  }));
  return success(result);
}

function listZones(call: Call, access: Access, account: Account): Reply {
  if (!access.may('zone:read')) {
    throw new CloudflareRefusal(
      403,
      0,
      'Actor requires permission "com.cloudflare.api.account.zone.list" to list zones',
    );
  }
  const { name, status } = call.query;
  const seen = account
    .zones()
    .map(({ state }) => state)
    .filter((zone) => access.sees(zone.name))
    .filter((zone) => name === undefined || nameMatches(zone.name, name))
    .filter((zone) => status === undefined || zone.status === status)
    .sort((left, right) => left.name.localeCompare(right.name));
  return method(call, {
    GET: () => {
      const page = paginate(seen, call.query, 20, 50);
      const zones = page.items.map((zone) => describeZone(zone, access.words));
      return success(zones, page.info);
    },
  });
}

/** The filter is an exact name, or an operator, a colon and a text. */
function nameMatches(zone: string, filter: string): boolean {
  const [operator, text] = filter.includes(':') ? filter.split(':', 2) : ['equal', filter];
  const wanted = asciiName(text ?? '');
  if (operator === 'contains') return zone.includes(wanted);
  if (operator === 'starts_with') return zone.startsWith(wanted);
  if (operator === 'ends_with') return zone.endsWith(wanted);
  if (operator === 'not_equal') return zone !== wanted;
  return zone === wanted;
}

function findZone(call: Call, id: string, access: Access, account: Account, itself: boolean): Zone {
  if (!/^[0-9a-f]{32}$/.test(id)) throw noRoute(call.path);
  const zone = account.zones().find(({ state }) => state.id === id);
  if (zone !== undefined && access.sees(zone.state.name)) return zone;
  // A zone that is not there and one that the token may not see are told in the same words.
  throw itself
    ? new CloudflareRefusal(403, 9109, 'Unauthorized to access requested resource')
    : new CloudflareRefusal(403, 10_000, 'Authentication error');
}

function verifyToken(call: Call, access: Access): Reply {
  if (call.path !== '/client/v4/user/tokens/verify') throw noRoute(call.path);
  if (access.accountOwned) throw new CloudflareRefusal(401, 1000, 'Invalid API Token');
  return success({ id: 'c0ffee00c0ffee00c0ffee00c0ffee00', status: 'active' });
}

function method(call: Call, methods: Record<string, () => Reply>): Reply {
  const handle = methods[call.method];
  if (handle === undefined) throw new CloudflareRefusal(405, 10_405, 'Method not allowed for this URI');
  return handle();
}

function bodyOf(body: unknown): JsonObject {
  if (!isObject(body)) throw invalidBody();
  return body;
}

function operations(value: unknown): JsonObject[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) throw invalidBody();
  return value;
}

function idOf(item: JsonObject): string {
  if (typeof item['id'] !== 'string') throw invalidBody();
  return item['id'];
}
