import type { RecordResponse } from 'cloudflare/resources/dns/records';
import type { Zone } from 'cloudflare/resources/zones/zones';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import { CLOUDFLARE_ROUTES, type CloudflareRoute } from '../../src/sandbox/cloudflare-routes.ts';
import { describeZone, makeZone } from '../../src/sandbox/cloudflare-zone.ts';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { answers, refused } from './client-shapes.ts';
import { ask, type HttpAnswer } from './http-client.ts';
import { list, object, text, unseen, word } from './shape.ts';

const zone = '11111111111111111111111111111111';
const token = 'sandbox-token';
let sandbox: SandboxCloudflare;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({
    zones: [
      { name: 'example.com', id: zone, plan: 'pro' },
      { name: 'bücher.example', status: 'pending' },
    ],
  });
});
afterEach(async () => sandbox.close());

async function api(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
  return ask(`${sandbox.url}${path}`, { method, token, body });
}

const records = `/zones/${zone}/dns_records`;
const web = { name: 'web.example.com', type: 'A', content: '203.0.113.1' };
const created = () => sandbox.create(zone, web).id;

/** A zone with a record of each type that the table knows, with and without what may be missing. */
function fill(): void {
  sandbox.create(zone, { ...web, comment: 'words', tags: ['a:b'], ttl: 300 });
  sandbox.create(zone, { ...web, name: 'b.example.com', proxied: true }, { read_only: true });
  sandbox.create(zone, { ...web, name: 'c.example.com', type: 'AAAA', content: '2001:db8::1' });
  sandbox.create(zone, { ...web, name: 'd.example.com', type: 'CNAME', content: 'web.example.com' });
  sandbox.create(zone, { ...web, name: 'e.example.com', type: 'TXT', content: 'words' });
  sandbox.create(zone, { ...web, name: 'f.example.com', type: 'NS', content: 'ns.example.net' });
  sandbox.create(zone, { ...web, name: 'g.example.com', type: 'MX', content: 'mx.example.net', priority: 5 });
}

/** One request for each route that goes well. */
const requests: Readonly<Record<CloudflareRoute, () => Promise<HttpAnswer>>> = {
  'GET /user/tokens/verify': () => api('GET', '/user/tokens/verify'),
  'GET /zones': () => api('GET', '/zones'),
  'GET /zones/:zone': () => api('GET', `/zones/${zone}`),
  'GET /zones/:zone/dns_records': () => {
    fill();
    return api('GET', records);
  },
  'POST /zones/:zone/dns_records': () => api('POST', records, { ...web, comment: 'words', tags: ['a:b'] }),
  'GET /zones/:zone/dns_records/usage': () => api('GET', `${records}/usage`),
  'POST /zones/:zone/dns_records/batch': () => {
    const [gone, patched, put] = ['x', 'y', 'z'].map((name) => sandbox.create(zone, { ...web, name }).id);
    return api('POST', `${records}/batch`, {
      deletes: [{ id: gone }],
      patches: [{ id: patched, comment: 'words' }],
      puts: [{ id: put, ...web, name: 'put' }],
      posts: [{ ...web, name: 'new', type: 'CNAME', content: 'a.example.net' }],
    });
  },
  'GET /zones/:zone/dns_records/:record': () => api('GET', `${records}/${created()}`),
  'PUT /zones/:zone/dns_records/:record': () => api('PUT', `${records}/${created()}`, web),
  'PATCH /zones/:zone/dns_records/:record': () => api('PATCH', `${records}/${created()}`, { ttl: 300 }),
  'DELETE /zones/:zone/dns_records/:record': () => api('DELETE', `${records}/${created()}`),
};

describe('every answer has the members that the cloudflare client has types for', () => {
  const routes = Object.keys(CLOUDFLARE_ROUTES) as CloudflareRoute[];

  it('and every route has an entry', () => {
    expect(Object.keys(requests).toSorted()).toEqual(routes.toSorted());
    expect(Object.keys(answers).toSorted()).toEqual(routes.toSorted());
  });

  it.each(routes)('%s', async (route) => {
    const { status, json, headers } = await requests[route]();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(answers[route](json, 'the answer')).toEqual([]);
  });

  it('a batch of one kind too', async () => {
    const { json } = await api('POST', `${records}/batch`, { posts: [web] });
    expect(answers['POST /zones/:zone/dns_records/batch'](json, 'the answer')).toEqual([]);
  });
});

describe('every refusal has the frame of one', () => {
  test.each([
    ['GET', '/nowhere', undefined],
    ['DELETE', '/zones', undefined],
    ['GET', `/zones/${'f'.repeat(32)}`, undefined],
    ['GET', `${records}/${'f'.repeat(32)}`, undefined],
    ['POST', records, { ...web, ttl: 5 }],
    ['POST', records, { ...web, content: 'words' }],
    ['POST', records, 'nonsense'],
  ])('%s %s with %o', async (method, path, body) => {
    const { status, json } = await api(method, path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(refused(json, 'the answer')).toEqual([]);
  });
});

describe('what the builders answer is assignable to the types of the client', () => {
  type Fixed<T> = T extends object ? { readonly [K in keyof T]: Fixed<T[K]> } : T;
  /** The client's types have one type of record each, no null for a comment, and settings by name. */
  type Alike = Fixed<Omit<RecordResponse.ARecord, 'type' | 'comment' | 'settings'>>;

  it('a zone', () => {
    const described: Fixed<Zone> = describeZone(makeZone({ name: 'example.com' }, new Date()), []);
    expect(described.name).toBe('example.com');
  });

  it('a record', () => {
    const asClientSees = (record: CloudflareRecord): Alike => record;
    expect(asClientSees(sandbox.create(zone, web)).content).toBe(web.content);
  });
});

describe('the check itself', () => {
  const check = object<{ a: string; b?: number }>({ a: { always: text }, b: { maybe: unseen } });

  it.each<[unknown, string[]]>([
    [{ a: 'x' }, []],
    [{}, ['it.a is missing where text belongs']],
    [{ a: 1 }, ['it.a is 1 where text belongs']],
    [{ a: 'x', c: 1 }, ["it.c is not in the client's type"]],
    [{ a: 'x', b: 1 }, ['it.b has no entry: say how it is checked']],
    [null, ['it is no object']],
    [[], ['it is no object']],
  ])('finds %o to be wrong in %o', (value, problems) => {
    expect(check(value, 'it')).toEqual(problems);
  });

  it('looks into every item of a list', () => {
    expect(list(word('a', 'b'))(['a', 'c'], 'it')).toEqual(['it[1] is "c" where "a" or "b" belongs']);
    expect(list(text)('a', 'it')).toEqual(['it is no list']);
  });

  it('does not compile without an entry for a member, or with the wrong one', () => {
    // @ts-expect-error -- b is missing
    object<{ a: string; b?: number }>({ a: { always: text } });
    // @ts-expect-error -- a is always there
    object<{ a: string }>({ a: { maybe: text } });
    // @ts-expect-error -- a is no list
    object<{ a: string }>({ a: { always: list(text) } });
    // @ts-expect-error -- there is no b
    object<{ a: string }>({ a: { always: text }, b: { maybe: text } });
    expect(object<{ a: string }>({ a: { always: text } })({ a: 'x' }, 'it')).toEqual([]);
  });
});
