import type { Call } from './call-log.ts';
import type { Access } from './cloudflare-token-table.ts';
import { paginate, success } from './cloudflare-envelope.ts';
import type { CloudflareRecord } from './cloudflare-record.ts';
import { queryRecords } from './cloudflare-record-query.ts';
import type { RecordSet } from './cloudflare-record-set.ts';
import { CloudflareRefusal, invalidBody, noMethod, noRoute } from './cloudflare-refusal.ts';
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

interface Usage {
  readonly record_quota: number;
  readonly record_usage: number;
}

/** A list that the request left out is left out of the answer. */
interface Batch {
  readonly deletes: readonly CloudflareRecord[] | undefined;
  readonly patches: readonly CloudflareRecord[] | undefined;
  readonly puts: readonly CloudflareRecord[] | undefined;
  readonly posts: readonly CloudflareRecord[] | undefined;
}

interface TokenState {
  readonly id: string;
  readonly status: 'active';
}

/** One request and what its path named; empty where the path has no such part. */
interface Visit {
  readonly call: Call;
  readonly access: Access;
  readonly account: Account;
  readonly zoneId: string;
  readonly recordId: string;
}

type Handler = (visit: Visit) => Reply;

/** Every route that is answered. Where two paths fit a request, the upper one is meant. */
export const CLOUDFLARE_ROUTES = {
  'GET /user/tokens/verify': verifyToken,
  'GET /zones': listZones,
  'GET /zones/:zone': describedZone,
  'GET /zones/:zone/dns_records': inZone(listRecords),
  'POST /zones/:zone/dns_records': inZone(({ records }, { call }) =>
    success(records.create(bodyOf(call.body))),
  ),
  'GET /zones/:zone/dns_records/usage': inZone((zone) => success(usageOf(zone))),
  'POST /zones/:zone/dns_records/batch': inZone((zone, { call }) => success(batch(call, zone))),
  'GET /zones/:zone/dns_records/:record': inZone(({ records }, { recordId }) =>
    success(records.get(recordId)),
  ),
  'PUT /zones/:zone/dns_records/:record': inZone(({ records }, { call, recordId }) =>
    success(records.put(recordId, bodyOf(call.body))),
  ),
  'PATCH /zones/:zone/dns_records/:record': inZone(({ records }, { call, recordId }) =>
    success(records.edit(recordId, bodyOf(call.body))),
  ),
  'DELETE /zones/:zone/dns_records/:record': inZone(({ records }, { recordId }) =>
    success({ id: records.remove(recordId).id }),
  ),
} satisfies Record<string, Handler>;

/** Its method and its path, as the table above has them. */
export type CloudflareRoute = keyof typeof CLOUDFLARE_ROUTES;

const routes = Object.entries(CLOUDFLARE_ROUTES).map(([route, handle]) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, path, handle };
});

/** Does what one authorised request asks for. Throws CloudflareRefusal. */
export function routeCloudflare(call: Call, access: Access, account: Account): Reply {
  const asked = call.path.replace('/client/v4', '').split('/');
  const path = routes.find((route) => fits(route.path, asked))?.path;
  if (path === undefined) throw noRoute(call.path);
  const route = routes.find((each) => each.path === path && each.method === call.method);
  if (route === undefined) throw noMethod(call.method);
  return route.handle({ call, access, account, zoneId: asked[2] ?? '', recordId: asked[4] ?? '' });
}

function fits(path: string, asked: readonly string[]): boolean {
  const parts = path.split('/');
  return (
    parts.length === asked.length &&
    parts.every((part, index) => part.startsWith(':') || part === asked[index])
  );
}

/** A route below a zone's records: the zone must be seen, and its records be the token's to read or to write. */
function inZone(handle: (zone: Zone, visit: Visit) => Reply): Handler {
  return (visit) => {
    const zone = seenZone(visit);
    // A zone that is not there and one that the token may not see are told in the same words.
    if (zone === undefined || !visit.access.may(visit.call.method === 'GET' ? 'dns:read' : 'dns:edit')) {
      throw new CloudflareRefusal(403, 10_000, 'Authentication error');
    }
    return handle(zone, visit);
  };
}

function describedZone(visit: Visit): Reply {
  const zone = seenZone(visit);
  if (zone === undefined) {
    throw new CloudflareRefusal(403, 9109, 'Unauthorized to access requested resource');
  }
  return success(describeZone(zone.state, visit.access.words));
}

function seenZone({ call, access, account, zoneId }: Visit): Zone | undefined {
  if (!/^[0-9a-f]{32}$/.test(zoneId)) throw noRoute(call.path);
  const zone = account.zones().find(({ state }) => state.id === zoneId);
  return zone !== undefined && access.sees(zone.state.name) ? zone : undefined;
}

function listRecords({ records }: Zone, { call, account }: Visit): Reply {
  const page = paginate(queryRecords(records.all(), call.query), call.query, 100, account.maxPerPage);
  return success(page.items, page.info);
}

function usageOf({ state, records }: Zone): Usage {
  return { record_quota: state.recordQuota, record_usage: records.all().length };
}

/** One transaction: deletes, patches, puts, posts, whatever their order in the body. */
function batch(call: Call, { state, records }: Zone): Batch {
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
  return records.transaction(() => ({
    deletes: deletes?.map((item) => records.remove(idOf(item))),
    patches: patches?.map((item) => records.edit(idOf(item), item)),
    puts: puts?.map((item) => records.put(idOf(item), item)),
    posts: posts?.map((item) => records.create(item)),
  }));
}

function listZones({ call, access, account }: Visit): Reply {
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
  const page = paginate(seen, call.query, 20, 50);
  return success(
    page.items.map((zone) => describeZone(zone, access.words)),
    page.info,
  );
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

function verifyToken({ access }: Visit): Reply {
  if (access.accountOwned) throw new CloudflareRefusal(401, 1000, 'Invalid API Token');
  const token: TokenState = { id: 'c0ffee00c0ffee00c0ffee00c0ffee00', status: 'active' };
  return success(token);
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
