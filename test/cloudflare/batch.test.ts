import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import { json, refusal } from './fake.ts';
import { Harness, problemOf, valueOf } from './harness.ts';

const harness = new Harness();

function host(raw: string): Hostname {
  return valueOfName(parseHostname(raw));
}

function valueOfName(result: ReturnType<typeof parseHostname>): Hostname {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function create(name: string, fields: Partial<Extract<RecordWrite, { kind: 'create' }>> = {}): RecordWrite {
  return {
    kind: 'create',
    name: host(name),
    type: 'A',
    content: '192.0.2.1',
    ttl: 'auto',
    proxied: false,
    comment: 'record-owner-id=me',
    ...fields,
  };
}

describe('what is sent', () => {
  test('is one call with deletes before patches before posts, whatever the order of the writes', async () => {
    const zone = harness.fake.addZone('example.com');
    const old = harness.fake.addRecord(zone, { type: 'CNAME', content: 'x.example' });
    const kept = harness.fake.addRecord(zone, { name: 'b.example.com' });
    const result = await harness
      .client()
      .batch(zone, [
        create('app.example.com', { ttl: 300 }),
        { kind: 'update', id: kept.id, content: '192.0.2.8' },
        { kind: 'delete', id: old.id },
      ]);
    expect(valueOf(result).created[0]?.content).toBe('192.0.2.1');
    expect(harness.fake.calls).toHaveLength(1);
    const [call] = harness.fake.calls;
    expect(call).toMatchObject({ method: 'POST', path: `/zones/${zone.id}/dns_records/batch` });
    expect(Object.keys(call?.body as object)).toEqual(['deletes', 'patches', 'posts']);
    expect(call?.body).toEqual({
      deletes: [{ id: old.id }],
      patches: [{ id: kept.id, content: '192.0.2.8' }],
      posts: [
        {
          type: 'A',
          name: 'app.example.com',
          content: '192.0.2.1',
          ttl: 300,
          proxied: false,
          comment: 'record-owner-id=me',
        },
      ],
    });
  });

  test('of an update is the named fields only, so that a comment which was not read is kept', async () => {
    const zone = harness.fake.addZone('example.com');
    const record = harness.fake.addRecord(zone, { comment: 'mine', ttl: 120 });
    const client = harness.client();
    const writes: RecordWrite[] = [
      { kind: 'update', id: record.id, ttl: 'auto' },
      { kind: 'update', id: record.id, proxied: false },
      { kind: 'update', id: record.id, comment: '' },
      { kind: 'update', id: record.id, name: host('b.example.com') },
    ];
    for (const write of writes) valueOf(await client.batch(zone, [write]));
    expect(harness.fake.calls.map(({ body }) => body)).toEqual([
      { patches: [{ id: record.id, ttl: 1 }] },
      { patches: [{ id: record.id, proxied: false }] },
      { patches: [{ id: record.id, comment: '' }] },
      { patches: [{ id: record.id, name: 'b.example.com' }] },
    ]);
  });

  test('of a proxied record has an automatic TTL', async () => {
    const zone = harness.fake.addZone('example.com');
    const result = await harness.client().batch(zone, [create('a.example.com', { ttl: 300, proxied: true })]);
    expect(valueOf(result).created[0]).toMatchObject({ ttl: 'auto', proxied: true });
    expect(harness.fake.calls[0]?.body).toMatchObject({ posts: [{ ttl: 1, proxied: true }] });
  });

  test('for no writes is nothing', async () => {
    const zone = harness.fake.addZone('example.com');
    expect(valueOf(await harness.client().batch(zone, []))).toEqual({ updated: [], created: [] });
    expect(harness.fake.calls).toEqual([]);
  });
});

describe('what comes back', () => {
  test('stands in the order of the updates and of the creates', async () => {
    const zone = harness.fake.addZone('example.com');
    const [one, two] = ['1', '2'].map((n) => harness.fake.addRecord(zone, { name: `u${n}.example.com` }));
    const writes: RecordWrite[] = [
      create('c2.example.com'),
      { kind: 'update', id: two!.id, content: '192.0.2.2' },
      create('c1.example.com'),
      { kind: 'update', id: one!.id, content: '192.0.2.2' },
    ];
    const { updated, created } = valueOf(await harness.client().batch(zone, writes));
    expect(updated.map(({ id }) => id)).toEqual([two!.id, one!.id]);
    expect(created.map(({ name }) => name)).toEqual(['c2.example.com', 'c1.example.com']);
  });

  test('may be in another order and spelling than sent', async () => {
    const zone = harness.fake.addZone('example.com');
    const post = { id: '1', ttl: 1, proxied: false };
    harness.fake.next(() =>
      json({
        success: true,
        result: {
          posts: [
            { ...post, id: 'b', name: 'B.example.com', type: 'CNAME', content: 'Target.example.' },
            { ...post, id: 'a', name: 'a.example.com', type: 'AAAA', content: '2001:DB8:0::1' },
          ],
        },
      }),
    );
    const writes = [
      create('a.example.com', { type: 'AAAA', content: '2001:db8::1' }),
      create('b.example.com', { type: 'CNAME', content: 'target.example' }),
    ];
    const { created } = valueOf(await harness.client().batch(zone, writes));
    expect(created.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('has what the record became of what was asked', async () => {
    const zone = harness.fake.addZone('example.com');
    const became = {
      id: 'r1',
      name: 'a.example.com',
      type: 'A',
      content: '192.0.2.1',
      ttl: 120,
      proxied: false,
    };
    harness.fake.next(() => json({ success: true, result: { posts: [became] } }));
    const writes = [create('a.example.com', { proxied: true })];
    const { created } = valueOf(await harness.client().batch(zone, writes));
    expect(created).toMatchObject([{ proxied: false, ttl: 120 }]);
  });

  const row = { id: 'r1', name: 'a.example.com', type: 'A', content: '192.0.2.1', ttl: 1, proxied: false };
  const createOne = [create('a.example.com')];
  const createTwo = [create('a.example.com'), create('a.example.com')];
  const updateOne: RecordWrite[] = [{ kind: 'update', id: 'r1', content: '192.0.2.1' }];
  const deleteOne: RecordWrite[] = [{ kind: 'delete', id: 'r1' }];

  test.each<[string, RecordWrite[], unknown]>([
    ['no result', createOne, null],
    ['no record for a create', createOne, { posts: [] }],
    ['one record for two creates', createTwo, { posts: [row] }],
    ['the same record for two creates', createTwo, { posts: [row, row] }],
    ['another name', createOne, { posts: [{ ...row, name: 'b.example.com' }] }],
    ['another type', createOne, { posts: [{ ...row, type: 'AAAA' }] }],
    ['another content', createOne, { posts: [{ ...row, content: '192.0.2.2' }] }],
    ['a record without id', createOne, { posts: [{ ...row, id: undefined }] }],
    ['a record too many', createOne, { posts: [row, { ...row, id: 'r2', name: 'z.example.com' }] }],
    ['an update of another id', updateOne, { patches: [{ ...row, id: 'r2' }] }],
    ['an update with the old content', updateOne, { patches: [{ ...row, content: '192.0.2.9' }] }],
    ['an update nobody asked for', createOne, { posts: [row], patches: [row] }],
    ['a delete of another id', deleteOne, { deletes: [{ ...row, id: 'r2' }] }],
    ['a delete that is not there', deleteOne, { posts: [] }],
    ['words for lists', deleteOne, { deletes: 'r1' }],
    ['null for a record', createOne, { posts: [null] }],
  ])('with %s is in doubt: something was done', async (_what, writes, result) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() => json({ success: true, errors: [], messages: [], result }));
    expect(problemOf(await harness.client().batch(zone, writes)).kind).toBe('in-doubt');
  });
});

describe('a write without a usable answer', () => {
  test.each<[string, () => Response]>([
    ['502 with a page', () => HttpResponse.html('bad gateway', { status: 502 })],
    ['500 with a code', () => refusal(500, 1002, 'Internal error')],
    ['504', () => new HttpResponse(null, { status: 504 })],
    ['408', () => refusal(408, 1, 'slow')],
    ['HTML in a 200', () => HttpResponse.html('<h1>Sign in</h1>')],
    ['HTML in a 403', () => HttpResponse.html('<h1>Blocked</h1>', { status: 403 })],
    ['success:false without a code', () => json({ success: false, errors: [], result: null })],
    ['half a JSON', () => new HttpResponse('{"succ', { headers: { 'content-type': 'application/json' } })],
    ['a redirect', () => new HttpResponse(null, { status: 307, headers: { location: '/elsewhere' } })],
    ['a lost connection', () => HttpResponse.error()],
  ])('(%s) is in doubt and not sent again', async (_what, make) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(make);
    const result = await harness.client().batch(zone, [create('a.example.com')]);
    expect(problemOf(result).kind).toBe('in-doubt');
    expect(harness.fake.calls).toHaveLength(1);
    expect(harness.clock.slept).toEqual([]);
  });

  test('that landed all the same is found as what already exists', async () => {
    const zone = harness.fake.addZone('example.com');
    const client = harness.client();
    harness.fake.next((call) => {
      const { posts } = call.body as { posts: object[] };
      harness.fake.addRecord(zone, posts[0]!);
      return HttpResponse.error();
    });
    expect(problemOf(await client.batch(zone, [create('a.example.com')])).kind).toBe('in-doubt');
    expect(problemOf(await client.batch(zone, [create('a.example.com')])).kind).toBe('exists');
    expect(valueOf(await client.listZone(zone))).toHaveLength(1);
  });

  test('because of too many calls was not applied', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() => refusal(429, 971, 'Please wait', { headers: { 'retry-after': '7' } }));
    expect(problemOf(await harness.client().batch(zone, [create('a.example.com')]))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 7000,
    });
    expect(harness.fake.calls).toHaveLength(1);
  });
});
