import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { ask, type HttpAnswer } from './http-client.ts';

const zone = '11111111111111111111111111111111';
const token = 'sandbox-token';
let sandbox: SandboxCloudflare;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({ zones: [{ name: 'example.com', id: zone }], rateLimit: false });
});
afterEach(async () => sandbox.close());

async function batch(body: unknown): Promise<HttpAnswer> {
  return ask(`${sandbox.url}/zones/${zone}/dns_records/batch`, { method: 'POST', token, body });
}

const address = (name: string, content = '203.0.113.1') => ({
  name: `${name}.example.com`,
  type: 'A',
  content,
});

describe('a batch', () => {
  it('deletes first, then patches, puts and posts, whatever its order', async () => {
    const old = sandbox.create(zone, address('switch'));
    const patched = sandbox.create(zone, { ...address('patched'), comment: 'kept' });
    const put = sandbox.create(zone, { ...address('put'), comment: 'cleared' });
    const { status, json } = await batch({
      posts: [{ name: 'switch.example.com', type: 'CNAME', content: 'a.example.net' }],
      puts: [{ id: put.id, ...address('put', '203.0.113.3') }],
      patches: [{ id: patched.id, content: '203.0.113.2' }],
      deletes: [{ id: old.id }],
    });
    expect(status).toBe(200);
    expect(json.result).toMatchObject({
      deletes: [{ id: old.id, content: '203.0.113.1' }],
      patches: [{ id: patched.id, content: '203.0.113.2', comment: 'kept' }],
      puts: [{ id: put.id, content: '203.0.113.3', comment: null }],
      posts: [{ type: 'CNAME', name: 'switch.example.com' }],
    });
  });

  it('answers its first error', async () => {
    const taken = sandbox.create(zone, address('taken'));
    const { status, json } = await batch({
      posts: [address('fine'), { ...address('taken') }],
      patches: [{ id: taken.id, ttl: 5 }],
    });
    expect([status, json.errors[0].error_chain[0].code]).toEqual([400, 9021]);
  });

  it('is all or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('post', 'delete', 'patch'), { maxLength: 6 }),
        async (kinds) => {
          for (const { id } of sandbox.records(zone)) sandbox.remove(zone, id);
          const existing = kinds.map((_, index) => sandbox.create(zone, address(`r${String(index)}`)));
          const before = sandbox.records(zone);
          const pick = (kind: string) => existing.filter((_, index) => kinds[index] === kind);
          const { status } = await batch({
            deletes: pick('delete').map(({ id }) => ({ id })),
            patches: pick('patch').map(({ id }) => ({ id, content: '203.0.113.9' })),
            posts: [
              ...pick('post').map((_, index) => address(`new${String(index)}`)),
              address('bad', 'nonsense'),
            ],
          });
          expect(status).toBe(400);
          expect(sandbox.records(zone)).toEqual(before);
          for (const record of before) expect(sandbox.record(zone, record.name, 'A')).toEqual(record);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('sees in each step what the one before left', async () => {
    const taken = sandbox.create(zone, address('taken'));
    const moved = sandbox.create(zone, address('moved', '203.0.113.2'));
    const { status } = await batch({
      patches: [{ id: taken.id, name: 'free.example.com' }],
      puts: [{ id: moved.id, ...address('taken') }],
      posts: [address('moved', '203.0.113.2')],
    });
    expect(status).toBe(200);
  });

  it('leaves out of its answer the lists that it was not given', async () => {
    const { json } = await batch({ posts: [address('new')] });
    expect(Object.keys(json.result)).toEqual(['posts']);
  });

  it('with a record that is not there is refused whole', async () => {
    const { status, json } = await batch({ deletes: [{ id: 'f'.repeat(32) }], posts: [address('new')] });
    expect([status, json.errors[0].code]).toEqual([404, 81044]);
    expect(sandbox.records(zone)).toEqual([]);
  });

  it('is refused beyond what the plan allows', async () => {
    const posts = (count: number) =>
      Array.from({ length: count }, (_, index) => address(`n${String(index)}`));
    expect((await batch({ posts: posts(201) })).status).toBe(400);
    expect(sandbox.records(zone)).toHaveLength(0);
    expect((await batch({ posts: posts(200) })).status).toBe(200);
    sandbox.editZone(zone, { plan: 'pro', recordQuota: 5000 });
    const more = posts(3500).map((record) => ({ ...record, content: '203.0.113.2' }));
    expect((await batch({ posts: more })).status).toBe(200);
  });
});
