import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import { Gate } from '../../src/cloudflare/gate.ts';
import { LONGEST_PAUSE_MS } from '../../src/cloudflare/retry-after.ts';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblemKind, ApiResult, RecordWrite } from '../../src/domain/write.ts';
import { GOOD_TOKEN } from './fake.ts';
import { FaultServer, type FaultyAnswer, type Served } from './fault-server.ts';
import { answersAround, limitHeaders } from './faulty-answers.ts';

const KINDS: Readonly<Record<ApiProblemKind, true>> = {
  'in-doubt': true,
  unavailable: true,
  'rate-limited': true,
  'token-refused': true,
  forbidden: true,
  'not-found': true,
  exists: true,
  'type-conflict': true,
  quota: true,
  invalid: true,
  misconfigured: true,
};
/** Another one for each run: a request of an earlier run can arrive late. */
let zone = { id: '', name: 'example.com', status: 'active' };
let runs = 0;
const [id1, id2, id3] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];

let server: FaultServer;
let url: URL;

beforeEach(async () => {
  server = new FaultServer();
  url = await server.listen();
});
afterEach(async () => server[Symbol.asyncDispose]());

/** A client whose waits take no time; a call that gets no answer ends after half a second. */
function client(): Cloudflare {
  let time = Date.UTC(2026, 0, 1);
  return new Cloudflare({
    baseUrl: url,
    token: () => GOOD_TOKEN,
    deadlineMs: 500,
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    random: () => 0,
    signal: new AbortController().signal,
  });
}

function host(raw: string): Hostname {
  const parsed = parseHostname(raw);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const record = (id: string, name: string, more: Record<string, unknown> = {}) => ({
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

/** Serves these answers in order, the last one again and again. */
function serve(answers: readonly FaultyAnswer[]): void {
  runs += 1;
  const id = runs.toString(16).padStart(32, 'a');
  zone = { ...zone, id };
  let given = 0;
  server.reply = (path) => {
    const mine = path.includes(id) || path.endsWith('/zones');
    if (mine) given += 1;
    return answers[mine ? Math.min(given, answers.length) - 1 : 0]!;
  };
  server.served = [];
}

function mine(): readonly Served[] {
  return server.served.filter(({ path }) => path.includes(zone.id) || path.endsWith('/zones'));
}

/** Every result that may leave the room has this form. */
function check(result: ApiResult<unknown>): void {
  if (result.ok) return;
  const { kind, message, status, codes, retryAfterMs } = result.problem;
  expect(Object.hasOwn(KINDS, kind)).toBe(true);
  expect(message.length).toBeLessThanOrEqual(300);
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message).not.toContain(GOOD_TOKEN);
  expect(status === undefined || (status >= 100 && status <= 999)).toBe(true);
  expect(codes.length).toBeLessThanOrEqual(50);
  expect(codes.every((code) => Number.isSafeInteger(code))).toBe(true);
  if (retryAfterMs !== undefined) {
    expect(retryAfterMs).toBeGreaterThanOrEqual(0);
    expect(retryAfterMs).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
  }
}

/** What was served whole, as JSON, with a status of success; undefined otherwise. */
function bodyOf({ answer }: Served): any {
  // oxlint-disable-line typescript/no-explicit-any -- an oracle looks into every shape
  const type = answer.headers['content-type'] ?? '';
  const whole = answer.delivery === 'whole' || answer.delivery === 'in pieces';
  if (
    !whole ||
    answer.status < 200 ||
    answer.status > 299 ||
    !/^application\/([a-z]+\+)?json(;|$)/i.test(type)
  )
    return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(answer.body));
  } catch {
    return undefined;
  }
}

/** More of them in a hunt by hand. */
const factor = Number(process.env['FUZZ'] ?? 1);
const few = { numRuns: 120 * factor };

describe('whatever is answered', { timeout: 120_000 * factor }, () => {
  const list = (rows: readonly unknown[], page = 1, total = rows.length) =>
    JSON.stringify({
      success: true,
      errors: [],
      messages: [],
      result: rows,
      result_info: { page, per_page: 2, count: rows.length, total_count: total, total_pages: 2 },
    });
  const pages = [
    list([record(id1, 'a.example.com'), record(id2, 'b.example.com', { type: 'TXT', content: '"x"' })], 1, 3),
    list([record(id3, 'c.example.com')], 2, 3),
  ];

  /** The pages that make up the answer that was believed: the last run from 1 on, each of them what it says. */
  function believed(ids: readonly string[]): void {
    const served = mine();
    const first = served.findLastIndex(({ query }) => query.get('page') === '1');
    const bodies = served
      .slice(first)
      .map(bodyOf)
      .filter((body) => body?.success === true);
    const rows = bodies.flatMap(({ result }) => result);
    expect(rows.map((row) => row.id).toSorted()).toEqual(ids.toSorted());
    for (const { result_info: info } of bodies) expect(info.total_count).toBe(rows.length);
  }

  test('a list of records is whole, or no list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(...pages.map(answersAround)), { minLength: 1, maxLength: 5 }),
        async (answers) => {
          serve(answers);
          await using plain = client();
          const result = await plain.listZone(zone);
          check(result);
          if (result.ok) believed(result.value.map(({ id }) => id));
        },
      ),
      few,
    );
  });

  test('a list of zones is whole, or no list', async () => {
    const zones = list([
      { ...zone, permissions: [] },
      { ...zone, id: id1, name: 'b\u00fccher.example', status: 'pending' },
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(answersAround(zones), { minLength: 1, maxLength: 4 }), async (answers) => {
        serve(answers);
        await using plain = client();
        const result = await plain.zones();
        check(result);
        if (result.ok) believed(result.value.map(({ id }) => id));
      }),
      few,
    );
  });

  test('a name has only records of that name', async () => {
    const name = list([record(id1, 'a.example.com')]);
    await fc.assert(
      fc.asyncProperty(fc.array(answersAround(name), { minLength: 1, maxLength: 4 }), async (answers) => {
        serve(answers);
        await using plain = client();
        const result = await plain.readNames(zone, ['a.example.com']);
        check(result);
        if (!result.ok) return;
        const records = result.value.get('a.example.com') ?? [];
        expect(records.every((each) => each.name === 'a.example.com')).toBe(true);
        believed(records.map(({ id }) => id));
      }),
      few,
    );
  });

  test('a record is gone only where Cloudflare itself refused in words', async () => {
    const one = JSON.stringify({
      success: true,
      errors: [],
      messages: [],
      result: record(id1, 'a.example.com'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answersAround(one), { minLength: 1, maxLength: 4 }), async (answers) => {
        serve(answers);
        await using plain = client();
        const result = await plain.readIds(zone, [id1]);
        check(result);
        if (!result.ok) return;
        const last = mine().at(-1)!;
        const found = result.value.get(id1);
        if (found !== undefined) {
          expect([found.id, bodyOf(last)?.result.id]).toEqual([id1, id1]);
          return;
        }
        const body = bodyOf({ ...last, answer: { ...last.answer, status: 200 } });
        expect([body?.success, Array.isArray(body?.errors)]).toEqual([false, true]);
        const text = JSON.stringify(body.errors);
        expect(last.answer.status === 404 || /81044|1032/.test(text)).toBe(true);
        expect([401, 408, 429].includes(last.answer.status) || last.answer.status >= 500).toBe(false);
      }),
      few,
    );
  });

  test('the usage is a number, or none', async () => {
    const usage = JSON.stringify({
      success: true,
      errors: [],
      messages: [],
      result: { record_quota: 200, record_usage: 3 },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answersAround(usage), { minLength: 1, maxLength: 3 }), async (answers) => {
        serve(answers);
        await using plain = client();
        const result = await plain.usage(zone);
        check(result);
        if (!result.ok) return;
        expect(result.value.used).toBe(bodyOf(mine().at(-1)!)?.result.record_usage);
      }),
      few,
    );
  });

  const writes: readonly RecordWrite[] = [
    { kind: 'delete', id: id1 },
    { kind: 'update', id: id2, content: '192.0.2.2', proxied: true },
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
  const made = [
    record(id3, 'c.example.com', { content: '192.0.2.3', proxied: true }),
    record('4'.repeat(32), 'd.example.com', { type: 'CNAME', content: 'x.example', ttl: 300 }),
  ];
  const confirmation = JSON.stringify({
    success: true,
    errors: [],
    messages: [],
    result: {
      deletes: [record(id1, 'a.example.com')],
      patches: [record(id2, 'b.example.com', { content: '192.0.2.2', proxied: true })],
      posts: made,
    },
  });

  test('a batch is confirmed only by an answer that shows each of its writes, and is sent once', async () => {
    const fields = ({ name, type, content, proxied }: ActualRecord) => ({ name, type, content, proxied });
    await fc.assert(
      fc.asyncProperty(answersAround(confirmation), async (answer) => {
        serve([answer]);
        await using plain = client();
        const result = await plain.batch(zone, writes);
        check(result);
        expect(mine().length).toBeLessThanOrEqual(1);
        const [served] = mine();
        const body = served === undefined ? undefined : bodyOf(served);
        if (result.ok) {
          expect(body.success).toBe(true);
          expect(body.result.deletes.map((each: { id: unknown }) => each.id)).toEqual([id1]);
          expect(result.value.updated.map(({ id }) => id)).toEqual([id2]);
          expect(result.value.updated[0]).toMatchObject({ content: '192.0.2.2', proxied: true });
          expect(result.value.created.map(fields)).toEqual(made.map((each) => fields(each as never)));
          expect(new Set(result.value.created.map(({ id }) => id)).size).toBe(2);
          return;
        }
        // What may have been carried out is in doubt: nothing but Cloudflare's own refusal says that it was not.
        const { delivery, status } = answer;
        const said = bodyOf({ path: '', query: new URLSearchParams(), answer: { ...answer, status: 200 } });
        const refused = said?.success === false && status >= 200 && status < 500;
        const limited = status === 429 && (delivery === 'whole' || delivery === 'in pieces');
        if (!refused && !limited && status !== 401) expect(result.problem.kind).toBe('in-doubt');
      }),
      { numRuns: 400 * factor },
    );
  });

  test('an answer over the limit of length is none', async () => {
    const body = new Uint8Array(65 * 1024 * 1024).fill(32);
    const answer: FaultyAnswer = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
      delivery: 'in pieces',
    };
    serve([answer]);
    const patient = new Cloudflare({
      baseUrl: url,
      token: () => GOOD_TOKEN,
      now: () => 0,
      sleep: async () => undefined,
      random: () => 0,
      signal: new AbortController().signal,
    });
    const result = await patient.batch(zone, writes);
    check(result);
    expect(result).toMatchObject({
      ok: false,
      problem: { kind: 'in-doubt', message: expect.stringContaining('too long') },
    });
    await patient[Symbol.asyncDispose]();
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
            expect(ms).toBeGreaterThan(0);
            time += ms;
            slept += ms;
            if (slept > 2 * LONGEST_PAUSE_MS) throw new Error('it waits for ever');
          },
          signal: new AbortController().signal,
          onBudget: (left) => told.push(left),
        });
        for (const headers of all) {
          gate.heard(new Headers(headers));
          for (const use of ['write', 'read'] as const) {
            slept = 0;
            expect(await gate.admit(use, Number.POSITIVE_INFINITY)).toEqual({ kind: 'go' });
            expect(slept).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
          }
        }
        expect(told.every((left) => left === undefined || (Number.isSafeInteger(left) && left >= 0))).toBe(
          true,
        );
      }),
      { numRuns: 400 * factor },
    );
  });
});
