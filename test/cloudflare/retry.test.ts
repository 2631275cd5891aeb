import { getEventListeners } from 'node:events';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { TransportError, type Transport } from '../../src/cloudflare/transport.ts';
import { parseRetryAfter } from '../../src/cloudflare/retry-after.ts';
import { json, refusal } from './fake.ts';
import { Harness, problemOf, valueOf } from './harness.ts';

const harness = new Harness();
const ZONE = { id: 'z1', name: 'example.com', status: 'active' } as const;
const down = (): Response => new HttpResponse(null, { status: 503 });

function tooMany(retryAfter?: string): () => Response {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return () => refusal(429, 971, 'Please wait and consider throttling your request speed', { headers });
}

describe('a read that fails', () => {
  test('is tried three times, with jitter over a doubling time', async () => {
    harness.fake.addZone('example.com');
    harness.fake.next(down, down);
    expect(valueOf(await harness.client().zones())).toHaveLength(1);
    expect(harness.clock.slept).toEqual([250, 500]);
  });

  test('is not tried a fourth time', async () => {
    harness.fake.next(down, down, down);
    expect(problemOf(await harness.client().zones())).toMatchObject({ kind: 'unavailable', status: 503 });
    expect(harness.fake.calls).toHaveLength(3);
  });

  test('waits as long as the server asks', async () => {
    harness.fake.next(() => json({}, 503, { 'retry-after': '4' }));
    valueOf(await harness.client().zones());
    expect(harness.clock.slept).toEqual([4000]);
  });

  test('is not tried again past its deadline', async () => {
    harness.fake.next(() => json({}, 503, { 'retry-after': '31' }));
    const problem = problemOf(await harness.client().zones());
    expect(problem).toMatchObject({ kind: 'unavailable', retryAfterMs: 31_000 });
    expect(harness.fake.calls).toHaveLength(1);
    expect(harness.clock.slept).toEqual([]);
  });

  test('is not tried again after a refusal that stays one', async () => {
    harness.fake.next(() => refusal(400, 9207, 'no'));
    expect(problemOf(await harness.client().zones()).kind).toBe('invalid');
    expect(harness.fake.calls).toHaveLength(1);
  });

  test('leaves nothing behind on the signal that ends the program', async () => {
    const { signal } = new AbortController();
    harness.fake.next(down);
    valueOf(await harness.client({ signal }).zones());
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('ends at once when the program stops, while it waits', async () => {
    const stop = new AbortController();
    harness.fake.next(down, down, down);
    const client = harness.client({
      signal: stop.signal,
      sleep: async () => {
        stop.abort();
        throw new Error('aborted');
      },
    });
    expect(problemOf(await client.zones()).kind).toBe('unavailable');
    expect(harness.fake.calls).toHaveLength(1);
  });

  test('is not begun once the program stops', async () => {
    const client = harness.client({ signal: AbortSignal.abort() });
    expect(problemOf(await client.zones()).kind).toBe('unavailable');
    expect(harness.fake.calls).toEqual([]);
  });
});

describe('too many calls', () => {
  test('hold back a write that was let through before, and whose connection stands only now', async () => {
    const transport: Transport = {
      fetch: async (_url, init = {}) => {
        if (init.method !== 'POST') return tooMany('120')();
        expect(problemOf(await client.zones()).kind).toBe('rate-limited');
        const why = init.heldBack?.();
        if (why === undefined) return json({});
        throw new TransportError(why, false);
      },
      close: () => {},
    };
    const client = harness.client({ transport });
    const problem = problemOf(await client.batch(ZONE, [{ kind: 'delete', id: 'r1' }]));
    expect(problem).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/pause/) });
  });

  test('are waited out where that fits the deadline', async () => {
    harness.fake.addZone('example.com');
    harness.fake.next(tooMany('7'));
    expect(valueOf(await harness.client().zones())).toHaveLength(1);
    expect(harness.clock.slept).toEqual([7000]);
  });

  test.each([
    ['300', 300_000],
    ['86400', 300_000],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 300_000],
  ])('with retry-after %s are given back to the queue', async (header, retryAfterMs) => {
    harness.fake.next(tooMany(header));
    const problem = problemOf(await harness.client().zones());
    expect(problem).toMatchObject({ kind: 'rate-limited', status: 429, codes: [971], retryAfterMs });
    expect(harness.fake.calls).toHaveLength(1);
    expect(harness.clock.slept).toEqual([]);
  });

  test.each([[undefined], ['soon']])('with retry-after %s are waited for all the same', async (header) => {
    harness.fake.next(tooMany(header));
    valueOf(await harness.client().zones());
    expect(harness.clock.slept).toEqual([10_000]);
  });

  test('hold back every call of this client, writes too, until the time is over', async () => {
    const zone = harness.fake.addZone('example.com');
    const record = harness.fake.addRecord(zone, {});
    const client = harness.client();
    harness.fake.next(tooMany('120'));
    problemOf(await client.zones());
    const write = (): ReturnType<typeof client.batch> =>
      client.batch(zone, [{ kind: 'delete', id: record.id }]);
    expect(problemOf(await write())).toMatchObject({ kind: 'rate-limited', retryAfterMs: 120_000 });
    expect(problemOf(await client.listZone(zone))).toMatchObject({ kind: 'rate-limited' });
    expect(harness.fake.calls).toHaveLength(1);
    harness.clock.time += 100_000;
    valueOf(await write());
    expect(harness.clock.slept).toEqual([20_000]);
  });

  test('are the same whatever the code, or without one', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() =>
      HttpResponse.html('slow down', { status: 429, headers: { 'retry-after': '60' } }),
    );
    expect(problemOf(await harness.client().listZone(zone))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 60_000,
    });
  });
});

describe('the budget that Cloudflare names', () => {
  test('is reported, and makes reads wait while writes go on', async () => {
    const zone = harness.fake.addZone('example.com');
    const record = harness.fake.addRecord(zone, {});
    harness.fake.headers = { ratelimit: '"default";r=40;t=12', 'ratelimit-policy': '"default";q=1200;w=300' };
    const told: (number | undefined)[] = [];
    const client = harness.client({ onBudget: (left) => told.push(left) });
    valueOf(await client.zones());
    valueOf(await client.batch(zone, [{ kind: 'update', id: record.id, content: '192.0.2.2' }]));
    expect(harness.clock.slept).toEqual([]);
    valueOf(await client.listZone(zone));
    expect(harness.clock.slept).toEqual([12_000]);
    expect(told).toEqual([40, 40, 40]);
  });

  test('is unknown where no header names one', async () => {
    const told: (number | undefined)[] = [];
    valueOf(await harness.client({ onBudget: (left) => told.push(left) }).zones());
    expect(told).toEqual([undefined]);
  });
});

test('each request is told with its operation, status and time', async () => {
  const zone = harness.fake.addZone('example.com');
  const record = harness.fake.addRecord(zone, {});
  const told: string[] = [];
  const client = harness.client({
    onCall: ({ operation, status, ms }) => told.push(`${operation} ${String(status)} ${String(ms >= 0)}`),
  });
  harness.fake.next(down, () => HttpResponse.error());
  await client.zones();
  await client.listZone(zone);
  await client.readNames(zone, [record.name]);
  await client.readIds(zone, [record.id]);
  await client.batch(zone, [{ kind: 'delete', id: record.id }]);
  expect(told).toEqual([
    'list-zones 503 true',
    'list-zones failed true',
    'list-zones 200 true',
    'list-records 200 true',
    'read-name 200 true',
    'read-record 200 true',
    'batch 200 true',
  ]);
});

test.each<[string | null, number | undefined]>([
  [null, undefined],
  ['', undefined],
  ['tomorrow', undefined],
  ['0', 0],
  ['5', 5000],
  [' 5 ', 5000],
  ['300', 300_000],
  ['301', 300_000],
  ['9'.repeat(400), 300_000],
  ['-5', 0],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
  ['Thu, 01 Jan 1998 00:00:00 GMT', 0],
])('retry-after %j is %j ms', (header, ms) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 0, 1))).toBe(ms);
});
