import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import { Gate } from '../../src/cloudflare/gate.ts';
import { LONGEST_PAUSE_MS } from '../../src/cloudflare/retry-after.ts';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import { GOOD_TOKEN } from './fake.ts';
import { FaultServer, type FaultyAnswer, type Served } from './fault-server.ts';
import { answersAround, limitHeaders } from './faulty-answers.ts';
import { batchFaults, formFaults, goneFaults, listFaults, saidBy } from './fuzz-oracle.ts';

/** Another one for each run: a request of an earlier run can arrive late. */
let zone = { id: '', name: 'example.com', status: 'active' };
let runs = 0;
/** More of them in a hunt by hand. */
const factor = Number(process.env['FUZZ'] ?? 1);
const few = { numRuns: 60 * factor };
const [id1, id2, id3, id4] = ['1', '2', '3', '4'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
  string,
];

let server: FaultServer;
let url: URL;

beforeEach(async () => {
  server = new FaultServer();
  url = await server.listen();
});
afterEach(async () => server[Symbol.asyncDispose]());

/** A client whose waits take no time; a call that gets no answer ends after half a second. */
function client(deadlineMs = 500): Cloudflare {
  let time = Date.UTC(2026, 0, 1);
  return new Cloudflare({
    baseUrl: url,
    token: () => GOOD_TOKEN,
    deadlineMs,
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    random: () => 0,
    signal: new AbortController().signal,
  });
}

/** Serves these answers in order, the last one again and again. */
function serve(answers: readonly FaultyAnswer[]): void {
  runs += 1;
  const id = runs.toString(16).padStart(32, 'a');
  zone = { ...zone, id };
  let given = 0;
  server.reply = (path) => {
    const isMine = path.includes(id) || path.endsWith('/zones');
    if (isMine) given += 1;
    return answers[isMine ? Math.min(given, answers.length) - 1 : 0]!;
  };
  server.served = [];
}

function mine(): readonly Served[] {
  return server.served.filter(({ path }) => path.includes(zone.id) || path.endsWith('/zones'));
}

function host(raw: string): Hostname {
  const parsed = parseHostname(raw);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const record = (id: string, name: string, more: Partial<ActualRecord> = {}) => ({
  id,
  name,
  type: 'A',
  content: '192.0.2.1',
  ttl: 1,
  proxied: false,
  comment: null,
  meta: {},
  tags: [],
  ...more,
});
const enveloped = (result: unknown, more: object = {}) =>
  JSON.stringify({ success: true, errors: [], messages: [], result, ...more });
const list = (rows: readonly unknown[], page = 1, total = rows.length) =>
  enveloped(rows, {
    result_info: { page, per_page: 2, count: rows.length, total_count: total, total_pages: 2 },
  });
const some = (truth: string) => fc.array(answersAround(truth), { minLength: 1, maxLength: 4 });
const idsOf = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

describe('whatever is answered', { timeout: 120_000 * factor }, () => {
  test('a list of records is whole, or no list', async () => {
    const text = record(id2, 'b.example.com', { type: 'TXT', content: '"x"' });
    const pages = [
      list([record(id1, 'a.example.com'), text], 1, 3),
      list([record(id3, 'c.example.com')], 2, 3),
    ];
    const answers = fc.array(fc.oneof(...pages.map(answersAround)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(answers, async (all) => {
        serve(all);
        await using plain = client();
        const result = await plain.listZone(zone);
        const faults = result.ok ? listFaults(mine(), idsOf(result.value)) : formFaults(result);
        expect(faults).toEqual([]);
      }),
      few,
    );
  });

  test('a list of zones is whole, or no list', async () => {
    const zones = list([
      { id: id1, name: 'example.com', status: 'active', permissions: [] },
      { id: id2, name: 'b\u00fccher.example', status: 'pending' },
    ]);
    await fc.assert(
      fc.asyncProperty(some(zones), async (all) => {
        serve(all);
        await using plain = client();
        const result = await plain.zones();
        const faults = result.ok ? listFaults(mine(), idsOf(result.value)) : formFaults(result);
        expect(faults).toEqual([]);
      }),
      few,
    );
  });

  test('a name has only records of that name, and all of them', async () => {
    await fc.assert(
      fc.asyncProperty(some(list([record(id1, 'a.example.com')])), async (all) => {
        serve(all);
        await using plain = client();
        const result = await plain.readNames(zone, ['a.example.com']);
        const records = (result.ok ? result.value.get('a.example.com') : []) ?? [];
        const faults = result.ok ? listFaults(mine(), idsOf(records)) : formFaults(result);
        expect(faults).toEqual([]);
        expect(records.filter(({ name }) => name !== 'a.example.com')).toEqual([]);
      }),
      few,
    );
  });

  test('a record is gone only where Cloudflare itself refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(some(enveloped(record(id1, 'a.example.com'))), async (all) => {
        serve(all);
        await using plain = client();
        const result = await plain.readIds(zone, [id1]);
        const found = result.ok ? result.value.get(id1) : undefined;
        const faults = result.ok && found === undefined ? goneFaults(mine().at(-1)) : formFaults(result);
        expect(faults).toEqual([]);
        expect(found?.id ?? id1).toBe(id1);
      }),
      few,
    );
  });

  test('the usage is a count, or none', async () => {
    await fc.assert(
      fc.asyncProperty(some(enveloped({ record_quota: 200, record_usage: 3 })), async (all) => {
        serve(all);
        await using plain = client();
        const result = await plain.usage(zone);
        expect(formFaults(result)).toEqual([]);
        const { used, allowed = 0 } = result.ok ? result.value : { used: 0 };
        expect([used, allowed].filter((count) => !Number.isSafeInteger(count) || count < 0)).toEqual([]);
      }),
      few,
    );
  });

  const made = [
    record(id3, 'c.example.com', { content: '192.0.2.3', proxied: true }),
    record(id4, 'd.example.com', { type: 'CNAME', content: 'x.example', ttl: 300 }),
  ];
  const changed = record(id2, 'b.example.com', { content: '192.0.2.2', proxied: true });
  const writes: readonly RecordWrite[] = [
    { kind: 'delete', id: id1 },
    { kind: 'update', id: id2, name: host('b.example.com'), content: '192.0.2.2', proxied: true },
    {
      kind: 'create',
      name: host('c.example.com'),
      type: 'A',
      content: '192.0.2.3',
      ttl: 'auto',
      proxied: true,
      comment: 'c',
    },
    {
      kind: 'create',
      name: host('d.example.com'),
      type: 'CNAME',
      content: 'x.example',
      ttl: 300,
      proxied: false,
      comment: 'd',
    },
  ];
  const confirmation = enveloped({
    deletes: [record(id1, 'a.example.com')],
    patches: [changed],
    posts: made,
  });

  test('a batch is done only by an answer that shows each of its writes, and is sent once', async () => {
    const expected = [changed, ...made] as unknown as ActualRecord[];
    await fc.assert(
      fc.asyncProperty(answersAround(confirmation), async (answer) => {
        serve([answer]);
        await using plain = client();
        const result = await plain.batch(zone, writes);
        expect(formFaults(result)).toEqual([]);
        // On a busy machine half a second can pass before the connection stands; what was sent arrives by now.
        if (mine().length === 0) await delay(50);
        expect(batchFaults(answer, mine().length > 0, result, [id1], expected)).toEqual([]);
        expect(mine().length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 * factor },
    );
  });

  test('the confirmation itself is one', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = new TextEncoder().encode(confirmation);
    serve([{ status: 200, headers, body, delivery: 'whole' }]);
    await using plain = client(30_000);
    expect(await plain.batch(zone, writes)).toMatchObject({ ok: true });
    expect(saidBy(mine()[0]!.answer)).toMatchObject({ success: true });
  });

  test('an answer over the limit of length is none', async () => {
    const body = new Uint8Array(65 * 1024 * 1024).fill(32);
    serve([{ status: 200, headers: { 'content-type': 'application/json' }, body, delivery: 'in pieces' }]);
    await using patient = client(30_000);
    const result = await patient.batch(zone, writes);
    expect(formFaults(result)).toEqual([]);
    expect(result).toMatchObject({
      ok: false,
      problem: { kind: 'in-doubt', message: expect.stringContaining('too long') },
    });
  });

  test('the headers of limits hold nobody back for longer than five minutes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(limitHeaders, { minLength: 1, maxLength: 30 }), async (all) => {
        let time = Date.UTC(2026, 0, 1);
        let slept = 0;
        const told: (number | undefined)[] = [];
        const gate = new Gate({
          now: () => time,
          sleep: async (ms) => {
            time += ms;
            slept += ms;
            if (!(ms > 0 && slept <= LONGEST_PAUSE_MS)) throw new Error('it waits for ever');
          },
          signal: new AbortController().signal,
          onBudget: (left) => told.push(left),
        });
        for (const headers of all) {
          gate.heard(new Headers(headers));
          for (const use of ['write', 'read'] as const) {
            slept = 0;
            expect(await gate.admit(use, Number.POSITIVE_INFINITY)).toEqual({ kind: 'go' });
          }
        }
        const odd = told.filter((left) => left !== undefined && !(Number.isSafeInteger(left) && left >= 0));
        expect(odd).toEqual([]);
      }),
      { numRuns: 200 * factor },
    );
  });
});
