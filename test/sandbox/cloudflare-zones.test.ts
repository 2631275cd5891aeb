import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { ask, type HttpAnswer } from './http-client.ts';

const token = 'sandbox-token';
let sandbox: SandboxCloudflare;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T10:00:00Z');
  sandbox = await SandboxCloudflare.start({
    now: () => now,
    rateLimit: { requests: 3 },
    zones: [{ name: 'example.com' }, { name: 'bücher.example', status: 'pending', plan: 'pro' }],
  });
});
afterEach(async () => sandbox.close());

async function get(path: string, bearer = token): Promise<HttpAnswer> {
  return ask(`${sandbox.url}${path}`, { token: bearer });
}

describe('zones', () => {
  it('show plan, status and permissions, their name in Unicode', async () => {
    const { json } = await get('/zones?per_page=50');
    expect(json.result).toMatchObject([
      {
        name: 'example.com',
        status: 'active',
        plan: { legacy_id: 'free', name: 'Free Website' },
        type: 'full',
      },
      { name: 'bücher.example', status: 'pending', plan: { legacy_id: 'pro' } },
    ]);
    expect(json.result[0].permissions).toContain('#dns_records:edit');
    expect(json.result_info).toMatchObject({ total_count: 2, per_page: 50 });
  });

  it('are found by A-label and by status', async () => {
    const named = await get('/zones?name=xn--bcher-kva.example');
    expect(named.json.result).toHaveLength(1);
    const pending = await get('/zones?status=pending');
    expect(pending.json.result.map((zone: { name: string }) => zone.name)).toEqual(['bücher.example']);
  });

  it('take records whatever their status', async () => {
    for (const status of ['initializing', 'pending', 'moved'] as const) {
      const { id } = sandbox.addZone({ name: `${status}.example`, status });
      sandbox.rateLimit.reset();
      const body = { name: '@', type: 'A', content: '203.0.113.1' };
      const answer = await ask(`${sandbox.url}/zones/${id}/dns_records`, { method: 'POST', token, body });
      expect([status, answer.status]).toEqual([status, 200]);
    }
  });

  it('of one name may be two', async () => {
    sandbox.addZone({ name: 'example.com', status: 'pending' });
    expect((await get('/zones?name=example.com')).json.result).toHaveLength(2);
  });

  it('may hold 200 records on Free and 3,500 on other plans, and say how many they do', async () => {
    const free = sandbox.addZone({ name: 'free.example' });
    const paid = sandbox.addZone({ name: 'paid.example', plan: 'pro' });
    sandbox.create(free.id, { name: '@', type: 'A', content: '203.0.113.1' });
    const usage = async (id: string) => (await get(`/zones/${id}/dns_records/usage`)).json.result;
    expect(await usage(free.id)).toEqual({ record_quota: 200, record_usage: 1 });
    expect(await usage(paid.id)).toEqual({ record_quota: 3500, record_usage: 0 });
  });

  it('come at most fifty a page', async () => {
    for (let index = 0; index < 60; index += 1) sandbox.addZone({ name: `zone${String(index)}.example` });
    const { json } = await get('/zones?per_page=500&page=2');
    expect(json.result_info).toEqual({ page: 2, per_page: 50, count: 12, total_count: 62, total_pages: 2 });
  });

  it('are reached by well-formed ids alone', async () => {
    expect((await get('/zones/example.com/dns_records')).json.errors[0].code).toBe(7003);
    expect((await get('/zones/ffffffffffffffffffffffffffffffff/dns_records')).status).toBe(403);
  });
});

test('a path with a method that it does not have is refused with 7001, any other path with 7003', async () => {
  const refusal = async (method: string, path: string) => {
    const { status, json } = await ask(`${sandbox.url}${path}`, { method, token });
    return [status, json.errors[0].code];
  };
  expect(await refusal('DELETE', '/zones')).toEqual([405, 7001]);
  expect(await refusal('GET', `/zones/${'f'.repeat(32)}/dns_records/batch`)).toEqual([405, 7001]);
  expect(await refusal('GET', '/accounts')).toEqual([404, 7003]);
});

describe('a token', () => {
  it.each([
    [{}, 400, 9106],
    [{ authorization: 'Bearer "quoted"' }, 400, 6003],
    [{ authorization: 'Bearer someone-elses' }, 401, 10_000],
  ])('%o is refused', async (headers: Record<string, string>, status, code) => {
    const answer = await ask(`${sandbox.url}/zones`, { headers });
    expect([answer.status, answer.json.errors[0].code]).toEqual([status, code]);
  });

  it('has 6111 in the chain when it is malformed', async () => {
    const { json } = await ask(`${sandbox.url}/zones`, { headers: { authorization: 'nonsense' } });
    expect(json.errors[0].error_chain[0].code).toBe(6111);
  });

  it('stops working when it is revoked and works again when it is back', async () => {
    expect((await get('/user/tokens/verify')).json.result.status).toBe('active');
    sandbox.revokeToken(token);
    const refused = await get('/zones');
    expect([refused.status, refused.json.errors[0].code]).toEqual([401, 9109]);
    sandbox.addToken(token);
    expect((await get('/zones')).status).toBe(200);
  });

  it('of an account works, but cannot be verified as one of a user', async () => {
    sandbox.addToken('of-an-account', { accountOwned: true });
    expect((await get('/zones', 'of-an-account')).status).toBe(200);
    const { status, json } = await get('/user/tokens/verify', 'of-an-account');
    expect([status, json.errors[0].code]).toEqual([401, 1000]);
  });

  it('is told of a zone that it may not see as of one that is not there', async () => {
    const { id } = sandbox.addZone({ name: 'hidden.example' });
    sandbox.addToken('limited', { zones: ['example.com'] });
    const bodies = await Promise.all(
      [id, 'f'.repeat(32)].map(async (zone) => (await get(`/zones/${zone}`, 'limited')).json),
    );
    expect(bodies[0].errors[0].code).toBe(9109);
    expect(bodies[1]).toEqual(bodies[0]);
  });

  it('sees and does only what it was given', async () => {
    const { id } = sandbox.addZone({ name: 'seen.example' });
    sandbox.addToken('limited', { zones: ['seen.example'], permissions: ['zone:read', 'dns:read'] });
    const { json } = await get('/zones', 'limited');
    expect(json.result.map((zone: { name: string }) => zone.name)).toEqual(['seen.example']);
    const url = `${sandbox.url}/zones/${id}/dns_records`;
    expect((await ask(url, { token: 'limited' })).status).toBe(200);
    const body = { name: 'seen.example', type: 'A', content: '203.0.113.1' };
    const refused = await ask(url, { method: 'POST', token: 'limited', body });
    expect([refused.status, refused.json.errors[0].code]).toEqual([403, 10_000]);
  });

  it('without zone:read cannot list zones but reaches their records', async () => {
    const { id } = sandbox.addZone({ name: 'known.example' });
    sandbox.addToken('records-only', { permissions: ['dns:edit'] });
    expect((await get('/zones', 'records-only')).status).toBe(403);
    expect((await get(`/zones/${id}/dns_records`, 'records-only')).status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('tells what is left and blocks a whole window once it is passed', async () => {
    const first = await get('/zones');
    expect(first.headers).toMatchObject({
      ratelimit: '"default";r=2;t=300',
      'ratelimit-policy': '"default";q=3;w=300',
    });
    await get('/zones');
    await get('/zones');
    const refused = await get('/zones');
    expect([refused.status, refused.json.errors[0].code]).toEqual([429, 971]);
    expect(refused.headers['retry-after']).toBe('300');
    now = new Date('2026-03-01T10:04:59Z');
    expect((await get('/zones')).headers['retry-after']).toBe('1');
    now = new Date('2026-03-01T10:05:00Z');
    expect((await get('/zones')).status).toBe(200);
  });

  it('counts answers that refuse, and can be exhausted and reset by a test', async () => {
    expect((await get('/nowhere')).headers['ratelimit']).toBe('"default";r=2;t=300');
    sandbox.rateLimit.exhaust();
    expect((await get('/zones')).status).toBe(429);
    sandbox.rateLimit.reset();
    expect((await get('/zones')).status).toBe(200);
  });
});
