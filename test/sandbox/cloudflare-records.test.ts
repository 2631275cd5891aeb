import Cloudflare from 'cloudflare';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { ask, type HttpAnswer } from './http-client.ts';

const zone = '11111111111111111111111111111111';
const token = 'sandbox-token';
let sandbox: SandboxCloudflare;
let time = new Date('2026-03-01T10:00:00.000Z');

beforeEach(async () => {
  time = new Date('2026-03-01T10:00:00.000Z');
  sandbox = await SandboxCloudflare.start({ now: () => time, zones: [{ name: 'example.com', id: zone }] });
});
afterEach(async () => sandbox.close());

async function api(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
  return ask(`${sandbox.url}/zones/${zone}/dns_records${path}`, { method, token, body });
}

const web = { name: 'web.example.com', type: 'A', content: '203.0.113.1' };

describe('a record', () => {
  it('comes back whole, with times from the given clock', async () => {
    const { json } = await api('POST', '', { ...web, comment: 'mine', ttl: 300 });
    expect(json.result).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...web,
      proxiable: true,
      proxied: false,
      ttl: 300,
      settings: {},
      meta: {},
      comment: 'mine',
      tags: [],
      created_on: '2026-03-01T10:00:00.000Z',
      modified_on: '2026-03-01T10:00:00.000Z',
      comment_modified_on: '2026-03-01T10:00:00.000Z',
    });
    expect(json).toMatchObject({ success: true, errors: [], messages: [] });
  });

  it('is stored under a lower-case A-label without a final dot', async () => {
    const { json } = await api('POST', '', { ...web, name: 'Bücher.Example.COM.' });
    expect(json.result.name).toBe('xn--bcher-kva.example.com');
  });

  it.each([
    ['@', 'example.com'],
    ['web', 'web.example.com'],
    ['web.example.org', 'web.example.org.example.com'],
    ['myexample.com', 'myexample.com.example.com'],
    ['a.*.example.com', 'a.*.example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
  ])('asked for as %s is stored as %s', async (name, stored) => {
    expect((await api('POST', '', { ...web, name })).json.result.name).toBe(stored);
  });

  it('of type TXT is stored in quotes', async () => {
    const { json } = await api('POST', '', { ...web, type: 'TXT', content: 'words' });
    expect(json.result.content).toBe('"words"');
  });

  it('of type AAAA is stored in canonical notation', async () => {
    const { json } = await api('POST', '', { ...web, type: 'AAAA', content: '2001:DB8:0:0::1' });
    expect(json.result.content).toBe('2001:db8::1');
  });

  it('has automatic TTL while proxied, whatever was asked', async () => {
    for (const ttl of [300, 5]) {
      const { json } = await api('POST', '', { ...web, name: `t${String(ttl)}`, ttl, proxied: true });
      expect(json.result).toMatchObject({ proxied: true, ttl: 1 });
    }
  });

  it.each([
    [web, true],
    [{ ...web, content: '192.168.1.1' }, false],
    [{ ...web, type: 'AAAA', content: 'fd00::1' }, false],
    [{ ...web, type: 'CNAME', content: 'a.example.net' }, true],
    [{ ...web, type: 'TXT', content: 'words' }, false],
  ])('of %o is proxiable: %o', async (body, proxiable) => {
    expect((await api('POST', '', body)).json.result).toMatchObject({ proxiable, proxied: false });
  });

  it('keeps what a patch does not mention; a put resets it and clears the comment', async () => {
    const { id } = sandbox.create(zone, { ...web, comment: 'words', ttl: 120, proxied: false });
    time = new Date('2026-03-01T11:00:00.000Z');
    const patched = await api('PATCH', `/${id}`, { content: '203.0.113.2' });
    expect(patched.json.result).toMatchObject({
      comment: 'words',
      ttl: 120,
      content: '203.0.113.2',
      created_on: '2026-03-01T10:00:00.000Z',
      modified_on: '2026-03-01T11:00:00.000Z',
      comment_modified_on: '2026-03-01T10:00:00.000Z',
    });
    const put = await api('PUT', `/${id}`, { ...web, content: '203.0.113.3' });
    expect(put.json.result).toMatchObject({ id, comment: null, ttl: 1, content: '203.0.113.3' });
  });

  it('names the time of its comment and tags only where it has some', async () => {
    sandbox.editZone(zone, { plan: 'pro' });
    const { id } = sandbox.create(zone, { ...web, comment: 'words', tags: ['a:b'] });
    const times = ({ json }: HttpAnswer) => [json.result.comment_modified_on, json.result.tags_modified_on];
    time = new Date('2026-03-01T11:00:00.000Z');
    expect(times(await api('PATCH', `/${id}`, { tags: ['a:c'] }))).toEqual([
      '2026-03-01T10:00:00.000Z',
      '2026-03-01T11:00:00.000Z',
    ]);
    const cleared = await api('PATCH', `/${id}`, { tags: [], comment: '' });
    expect(cleared.json.result).toMatchObject({ comment: null, tags: [] });
    expect(times(cleared)).toEqual([undefined, undefined]);
  });

  it('is gone after a delete, and then missing with 81044', async () => {
    const { id } = sandbox.create(zone, web);
    expect((await api('DELETE', `/${id}`)).json.result).toEqual({ id });
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      const body = method === 'PATCH' ? {} : undefined;
      const { status, json } = await api(method, `/${id}`, body);
      expect([status, json.errors[0].code]).toEqual([404, 81044]);
    }
  });

  it('cannot be changed by requests where it is read-only', async () => {
    const { id } = sandbox.create(zone, web, { read_only: true });
    expect((await api('DELETE', `/${id}`)).status).toBe(400);
    expect(sandbox.records(zone)).toHaveLength(1);
  });
});

describe('validation', () => {
  const long = 'x'.repeat(101);
  it.each([
    ['an IPv6 address in an A record', { ...web, content: '2001:db8::1' }, 9005],
    ['an IPv4 address in an AAAA record', { ...web, type: 'AAAA' }, 9006],
    ['an address in a CNAME', { ...web, type: 'CNAME' }, 9007],
    ['a CNAME to itself', { ...web, type: 'CNAME', content: 'WEB.example.com.' }, 9039],
    ['a TTL between automatic and a minute', { ...web, ttl: 59 }, 9021],
    ['a TTL over a day', { ...web, ttl: 86_401 }, 9021],
    ['a TTL in quotes', { ...web, ttl: '300' }, 9022],
    ['a proxied private address', { ...web, content: '192.168.1.1', proxied: true }, 9003],
    ['a proxied TXT', { ...web, type: 'TXT', content: 'x', proxied: true }, 9004],
    ['a comment over 100 characters', { ...web, comment: long }, 9313],
    ['tags', { ...web, tags: ['a:b'] }, 9300],
    ['a label of 64 characters', { ...web, name: `${'x'.repeat(64)}.example.com` }, 9000],
    ['a name of 254 characters', { ...web, name: `x${'x.'.repeat(121)}example.com` }, 9000],
    ['a name with an empty label', { ...web, name: 'a..example.com' }, 9000],
    ['a body that is no object', 'nonsense', 9207],
  ])('on Free refuses %s', async (_what, body, code) => {
    const { status, json } = await api('POST', '', body);
    const [error] = json.errors;
    expect(status).toBe(400);
    expect(json).toMatchObject({ success: false, result: null });
    expect(error.code === 1004 ? error.error_chain[0].code : error.code).toBe(code);
    expect(sandbox.records(zone)).toHaveLength(0);
  });

  it('leaves paid plans their longer comments, tags and TTL of 30 s', async () => {
    sandbox.editZone(zone, { plan: 'enterprise' });
    const { status } = await api('POST', '', { ...web, comment: long, tags: ['a:b'], ttl: 30 });
    expect(status).toBe(200);
  });
});

describe('records of one name', () => {
  it('may be a second A with other content', async () => {
    sandbox.create(zone, web);
    expect((await api('POST', '', { ...web, content: '203.0.113.2' })).status).toBe(200);
  });

  it.each([
    [web, { ...web, ttl: 300 }, 81058],
    [web, { ...web, type: 'CNAME', content: 'a.example.net' }, 81053],
    [{ ...web, type: 'CNAME', content: 'a.example.net' }, web, 81054],
    [
      { ...web, type: 'CNAME', content: 'a.example.net' },
      { ...web, type: 'CNAME', content: 'b.example.net' },
      81053,
    ],
    [{ ...web, type: 'NS', content: 'ns.example.net' }, web, 81056],
    [web, { ...web, type: 'NS', content: 'ns.example.net' }, 81053],
  ])('%o excludes %o', async (first, second, code) => {
    sandbox.create(zone, first);
    const { status, json } = await api('POST', '', second);
    expect([status, json.errors[0].code]).toEqual([400, code]);
  });

  it.each([
    ['TXT', 'words'],
    ['MX', 'mx.example.net'],
  ])('may be a %s beside a CNAME', async (type, content) => {
    sandbox.create(zone, { ...web, type: 'CNAME', content: 'a.example.net' });
    expect((await api('POST', '', { ...web, type, content })).status).toBe(200);
  });

  it('may be proxied and not', async () => {
    sandbox.create(zone, { ...web, proxied: true });
    const { json } = await api('POST', '', { ...web, content: '203.0.113.2', proxied: false });
    expect(json.result.proxied).toBe(false);
    expect(sandbox.records(zone).map(({ proxied }) => proxied)).toEqual([true, false]);
  });

  it('cannot be made alike by a change either', async () => {
    sandbox.create(zone, web);
    const { id } = sandbox.create(zone, { ...web, content: '203.0.113.2' });
    const { status, json } = await api('PATCH', `/${id}`, { content: web.content });
    expect([status, json.errors[0].code]).toEqual([400, 81058]);
  });

  it('are refused beyond the quota of the zone', async () => {
    sandbox.editZone(zone, { recordQuota: 1 });
    sandbox.create(zone, web);
    const { json } = await api('POST', '', { ...web, name: 'two.example.com' });
    expect(json.errors[0].code).toBe(81045);
  });
});

describe('the list', () => {
  beforeEach(() => {
    sandbox.create(zone, { ...web, comment: 'record-owner-id=Me x' });
    sandbox.create(zone, { name: 'b.web.example.com', type: 'AAAA', content: '2001:DB8:0::1' });
    sandbox.create(zone, { name: 'txt.example.com', type: 'TXT', content: 'Hello' });
  });

  it.each([
    ['name.exact=WEB.example.com', ['web.example.com']],
    ['name=web.example.com', ['web.example.com']],
    ['name.endswith=web.example.com', ['web.example.com', 'b.web.example.com']],
    ['name.contains=txt', ['txt.example.com']],
    ['type=AAAA', ['b.web.example.com']],
    ['content.exact=2001:db8::1', ['b.web.example.com']],
    ['comment.startswith=RECORD-OWNER-ID=', ['web.example.com']],
    ['comment.contains=me', ['web.example.com']],
    ['comment.present=', ['web.example.com']],
    ['comment.absent=true', ['b.web.example.com', 'txt.example.com']],
    ['type=TXT&name.exact=web.example.com', []],
    ['match=any&type=TXT&name.exact=web.example.com', ['web.example.com', 'txt.example.com']],
    ['order=name&direction=desc', ['web.example.com', 'txt.example.com', 'b.web.example.com']],
  ])('answers %s', async (query, names) => {
    const { json } = await api('GET', `?${query}`);
    expect(json.result.map((record: { name: string }) => record.name)).toEqual(names);
  });

  it('is a hundred a page where nothing else is asked, and empty past its end', async () => {
    for (let n = 0; n < 100; n += 1) sandbox.create(zone, { ...web, name: `n${String(n)}` });
    const first = await api('GET', '');
    expect(first.json.result).toHaveLength(100);
    expect(first.json.result_info).toMatchObject({ page: 1, per_page: 100, total_count: 103 });
    const past = await api('GET', '?page=9');
    expect(past.json.result).toEqual([]);
    expect(past.json.result_info).toMatchObject({ page: 9, count: 0, total_count: 103 });
  });

  it('gives at most as many a page as the double is told to', async () => {
    await using small = await SandboxCloudflare.start({
      zones: [{ name: 'example.com', id: zone }],
      maxPerPage: 2,
    });
    for (const name of ['a', 'b', 'c']) small.create(zone, { ...web, name });
    const { json } = await ask(`${small.url}/zones/${zone}/dns_records?per_page=5000`, { token });
    expect(json.result_info).toMatchObject({ per_page: 2, count: 2, total_count: 3, total_pages: 2 });
  });

  it('comes in pages with counts', async () => {
    const { json } = await api('GET', '?per_page=2&page=2');
    expect(json.result).toHaveLength(1);
    expect(json.result_info).toEqual({ page: 2, per_page: 2, count: 1, total_count: 3, total_pages: 2 });
  });

  it('is what the cloudflare client reads', async () => {
    const client = new Cloudflare({
      apiToken: token,
      baseURL: sandbox.url,
      maxRetries: 0,
      apiKey: null,
      apiEmail: null,
    });
    const page = await client.dns.records.list({
      zone_id: zone,
      name: { exact: 'web.example.com' },
      per_page: 100,
    });
    expect(page.result.map(({ name }) => name)).toEqual(['web.example.com']);
    const batch = await client.dns.records.batch({
      zone_id: zone,
      deletes: [{ id: page.result[0]!.id }],
      posts: [{ name: 'web.example.com', type: 'CNAME', content: 'a.example.net', ttl: 1 }],
    });
    expect(batch.posts?.[0]).toMatchObject({ type: 'CNAME' });
  });
});
