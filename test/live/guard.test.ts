import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { ask, type HttpAnswer } from '../sandbox/http-client.ts';
import { Guard } from './guard.ts';

const zoneId = '1'.repeat(32);
const otherZone = '2'.repeat(32);
const prefix = 'routeflare-live-0123456789abcdef';
const inside = `a.${prefix}.example.com`;
const token = 'sandbox-token';
let sandbox: SandboxCloudflare;
let guard: Guard;
let url: string;
let strangers: string;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({
    rateLimit: false,
    zones: [
      { name: 'example.com', id: zoneId },
      { name: 'example.org', id: otherZone },
    ],
  });
  for (const name of ['@', 'www', '*', `${prefix}.www`]) {
    sandbox.create(zoneId, { name, type: 'A', content: '203.0.113.1' });
  }
  sandbox.create(otherZone, { name: `a.${prefix}`, type: 'A', content: '203.0.113.1' });
  guard = new Guard({ upstream: new URL(sandbox.url), zoneId, zoneName: 'example.com', prefix });
  url = (await guard.listen()).href;
  strangers = outside();
});
afterEach(async () => {
  await guard[Symbol.asyncDispose]();
  await sandbox.close();
});

/** All that the suite must never touch, as it is now. */
function outside(): string {
  const records = sandbox.records(zoneId).filter(({ name }) => !name.endsWith(`${prefix}.example.com`));
  return JSON.stringify([records, sandbox.records(otherZone)]);
}

const batchPath = `/zones/${zoneId}/dns_records/batch`;
const batch = (body: unknown, path = batchPath): Promise<HttpAnswer> =>
  ask(`${url}${path}`, { method: 'POST', token, body });
const address = (name: unknown) => ({ name, type: 'A', content: '203.0.113.9' });
const own = () => sandbox.create(zoneId, address(inside) as never).id;
const foreign = () => sandbox.record(zoneId, 'www.example.com', 'A')?.id;

describe('the guard lets through', () => {
  test('reads, with what they answer', async () => {
    const { status, json, headers } = await ask(`${url}/zones/${zoneId}/dns_records?per_page=2`, { token });
    expect([status, json.result.length, json.result_info.total_count]).toEqual([200, 2, 4]);
    expect(headers).toHaveProperty('ratelimit');
  });

  test.each([[inside], [`*.${inside}`], [`${prefix}.example.com`], [inside.toUpperCase()]])(
    'a creation of %s',
    async (name) => {
      expect((await batch({ posts: [address(name)] })).status).toBe(200);
      expect(guard.refusals).toEqual([]);
    },
  );

  test('changes and deletions of records with the prefix, and of ids that are not there', async () => {
    const id = own();
    expect((await batch({ patches: [{ id, content: '203.0.113.8' }] })).status).toBe(200);
    expect((await batch({ patches: [{ id, name: `b.${prefix}.example.com` }] })).status).toBe(200);
    expect((await batch({ deletes: [{ id }] })).status).toBe(200);
    expect((await batch({ deletes: [{ id }] })).json.errors[0].code).toBe(81044);
    expect(guard.refusals).toEqual([]);
  });
});

describe('the guard keeps from the API', () => {
  const refused: [string, () => Promise<HttpAnswer>][] = [
    ['a creation of another name', () => batch({ posts: [address('web.example.com')] })],
    ['a creation of the zone itself', () => batch({ posts: [address('example.com')] })],
    ['a name that is relative', () => batch({ posts: [address('web')] })],
    ['a name with only the end of the prefix', () => batch({ posts: [address('a.89abcdef.example.com')] })],
    ['a name whose label ends in the prefix', () => batch({ posts: [address(`x${prefix}.example.com`)] })],
    ['the prefix in another zone', () => batch({ posts: [address(`a.${prefix}.example.org`)] })],
    ['the prefix before the last label', () => batch({ posts: [address(`${prefix}.www.example.com`)] })],
    ['a name with a final dot', () => batch({ posts: [address(`${inside}.`)] })],
    ['no name', () => batch({ posts: [address(undefined)] })],
    ['a number as name', () => batch({ posts: [address(7)] })],
    ['one bad name among good ones', () => batch({ posts: [address(inside), address('www.example.com')] })],
    ['a deletion of another record', () => batch({ deletes: [{ id: foreign() }] })],
    ['a change of another record', () => batch({ patches: [{ id: foreign(), content: '203.0.113.7' }] })],
    [
      'a change of another record into the prefix',
      () => batch({ patches: [{ id: foreign(), name: inside }] }),
    ],
    ['a change out of the prefix', () => batch({ patches: [{ id: own(), name: 'www2.example.com' }] })],
    ['an id that is none', () => batch({ deletes: [{ id: `${foreign() ?? ''}?` }] })],
    ['no id', () => batch({ deletes: [{}] })],
    ['a put', () => batch({ puts: [{ id: own(), ...address(inside) }] })],
    ['lists that are none', () => batch({ deletes: { id: foreign() } })],
    ['an unknown list', () => batch({ deletions: [{ id: foreign() }] })],
    ['a body that is none', () => batch('nonsense')],
    ['another zone', () => batch({ posts: [address(inside)] }, `/zones/${otherZone}/dns_records/batch`)],
    ['a path with more to it', () => batch({ posts: [address(inside)] }, `${batchPath}?x=1`)],
    [
      'a single deletion',
      () => ask(`${url}/zones/${zoneId}/dns_records/${own()}`, { method: 'DELETE', token }),
    ],
    [
      'a single creation',
      () => ask(`${url}/zones/${zoneId}/dns_records`, { method: 'POST', token, body: address(inside) }),
    ],
    ['a body with a read', () => ask(`${url}/zones`, { method: 'GET', token, body: {} })],
  ];

  test.each(refused)('%s', async (_what, send) => {
    const { status, json } = await send();
    expect(status).toBe(403);
    expect(json.errors[0].message).toContain('guard');
    expect(guard.refusals).toHaveLength(1);
    expect(outside()).toBe(strangers);
    expect(sandbox.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('what it could not look at', async () => {
    const id = own();
    sandbox.fault({ kind: 'html200', match: ({ method }) => method === 'GET' });
    expect((await batch({ deletes: [{ id }] })).status).toBe(403);
    expect(sandbox.record(zoneId, inside, 'A')).toBeDefined();
  });

  test('anything else, whatever is sent', async () => {
    const names = fc.constantFrom(
      inside,
      `${prefix}.example.com`,
      'www.example.com',
      '@',
      '*',
      prefix,
      'x',
      '',
    );
    const ids = fc.nat({ max: 6 });
    const item = fc.record(
      {
        at: ids,
        name: names,
        type: fc.constantFrom('A', 'CNAME'),
        content: fc.constantFrom('203.0.113.5', 'x.example'),
      },
      { requiredKeys: ['at'] },
    );
    const lists = fc.dictionary(
      fc.constantFrom('deletes', 'patches', 'puts', 'posts', 'DELETES'),
      fc.array(item, { maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(lists, fc.constantFrom(zoneId, otherZone), async (body, zone) => {
        own();
        const all = sandbox.records(zoneId).map(({ id }) => id);
        const sent = Object.entries(body).map(([kind, items]) => [
          kind,
          items.map(({ at, ...fields }) => ({ id: all[at] ?? 'f'.repeat(32), ...fields })),
        ]);
        await batch(Object.fromEntries(sent), `/zones/${zone}/dns_records/batch`);
        expect(outside()).toBe(strangers);
        for (const { id, name } of sandbox.records(zoneId)) {
          if (name.endsWith(`${prefix}.example.com`)) sandbox.remove(zoneId, id);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test.each(['', 'example', 'routeflare-live-', 'routeflare-live-0123', `x.${prefix}`])(
  'a guard of the prefix %j is not made',
  (bad) => {
    const make = () => new Guard({ upstream: new URL(url), zoneId, zoneName: 'example.com', prefix: bad });
    expect(make).toThrow(TypeError);
  },
);
