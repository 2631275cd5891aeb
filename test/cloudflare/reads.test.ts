import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { json, listAnswer } from './fake.ts';
import { Harness, problemOf, valueOf } from './harness.ts';

const harness = new Harness();

describe('zones', () => {
  test('come in the A-label form whatever form Cloudflare names them in', async () => {
    harness.fake.addZone('Bücher.example');
    harness.fake.addZone('xn--bcher-kva.test', 'pending');
    harness.fake.addZone('EXAMPLE.com');
    expect(valueOf(await harness.client().zones()).map(({ name, status }) => [name, status])).toEqual([
      ['xn--bcher-kva.example', 'active'],
      ['xn--bcher-kva.test', 'pending'],
      ['example.com', 'active'],
    ]);
  });

  test('cost one call for every fifty, and none more', async () => {
    for (let n = 0; n < 101; n += 1) harness.fake.addZone(`z${n}.example`);
    expect(valueOf(await harness.client().zones())).toHaveLength(101);
    expect(harness.fake.calls.map(({ query }) => query)).toEqual([
      { page: '1', per_page: '50' },
      { page: '2', per_page: '50' },
      { page: '3', per_page: '50' },
    ]);
  });

  test('two of one name both come: which one counts is decided elsewhere', async () => {
    harness.fake.addZone('example.com', 'moved');
    harness.fake.addZone('example.com');
    expect(valueOf(await harness.client().zones())).toHaveLength(2);
  });
});

describe('a list of records', () => {
  test('of an empty zone is known to be empty', async () => {
    const zone = harness.fake.addZone('example.com');
    expect(valueOf(await harness.client().listZone(zone))).toEqual([]);
  });

  test('always names a page size and costs one call up to it', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.addRecord(zone, {});
    valueOf(await harness.client().listZone(zone));
    expect(harness.fake.calls).toHaveLength(1);
    expect(harness.fake.calls[0]).toMatchObject({
      method: 'GET',
      path: `/zones/${zone.id}/dns_records`,
      query: { page: '1', per_page: '5000' },
    });
  });

  test('is read to the end where the server takes a smaller page size', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.maxPerPage = 2;
    for (let n = 0; n < 5; n += 1) harness.fake.addRecord(zone, { name: `n${n}.example.com` });
    const records = valueOf(await harness.client().listZone(zone));
    expect(records.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4].map((n) => `n${n}.example.com`));
    expect(harness.fake.calls).toHaveLength(3);
  });

  const row = (id: string): object => ({
    id,
    name: 'a.example.com',
    type: 'A',
    content: '192.0.2.1',
    ttl: 1,
  });

  test.each([
    ['shorter than announced', [listAnswer([row('1')], { total: 2 }), listAnswer([], { page: 2, total: 2 })]],
    ['longer than announced', [listAnswer([row('1'), row('2')], { total: 1 })]],
    ['an id twice on a page', [listAnswer([row('1'), row('1')])]],
    [
      'an id twice over two pages',
      [listAnswer([row('1')], { total: 2 }), listAnswer([row('1')], { page: 2, total: 2 })],
    ],
    [
      'the first page again where the second was asked',
      [listAnswer([row('1')], { total: 2 }), listAnswer([row('2')], { page: 1, total: 2 })],
    ],
    [
      'another total on the second page',
      [listAnswer([row('1')], { total: 2 }), listAnswer([row('2')], { page: 2, total: 3 })],
    ],
    ['no total', [json({ success: true, result: [row('1')], result_info: { page: 1 } })]],
    ['no result_info', [json({ success: true, result: [row('1')] })]],
    ['no result', [json({ success: true, result: null, result_info: { page: 1, total_count: 0 } })]],
    ['an object as result', [json({ success: true, result: {}, result_info: { page: 1, total_count: 0 } })]],
    ['a record without a name', [listAnswer([{ ...row('1'), name: undefined }])]],
    ['a record without content', [listAnswer([{ ...row('1'), content: undefined }])]],
    ['a record with a number as comment', [listAnswer([{ ...row('1'), comment: 7 }])]],
    ['null for a record', [listAnswer([null])]],
  ])('with %s is unavailable', async (_what, answers) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(...answers.map((answer) => () => answer.clone()));
    expect(problemOf(await harness.client().listZone(zone))).toMatchObject({ kind: 'unavailable' });
    expect(harness.fake.calls).toHaveLength(answers.length);
  });

  test('is unavailable as a whole where its second page never came', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.maxPerPage = 1;
    harness.fake.addRecord(zone, {});
    harness.fake.addRecord(zone, { content: '192.0.2.2' });
    const down = (): Response => new HttpResponse('upstream down', { status: 502 });
    harness.fake.next(() => undefined, down, down, down);
    expect(problemOf(await harness.client().listZone(zone))).toMatchObject({
      kind: 'unavailable',
      status: 502,
    });
  });
});

describe('an answer that is none', () => {
  const notAnswers: [string, () => Response][] = [
    ['success:false in a 200 with null', () => json({ success: false, errors: [], result: null })],
    ['success:false in a 200 with an empty list', () => json({ success: false, errors: [], result: [] })],
    ['an unknown code in a 200', () => json({ success: false, errors: [{ code: 4711, message: 'x' }] })],
    ['no success at all', () => json({ result: [], result_info: { page: 1, total_count: 0 } })],
    [
      'success as a word',
      () => json({ success: 'true', result: [], result_info: { page: 1, total_count: 0 } }),
    ],
    ['HTML in a 200', () => HttpResponse.html('<h1>Sign in to the hotel</h1>')],
    ['HTML in a 403', () => HttpResponse.html('<h1>Blocked</h1>', { status: 403 })],
    [
      'JSON that says it is text',
      () => HttpResponse.text('{"success":true,"result":[],"result_info":{"page":1,"total_count":0}}'),
    ],
    ['a JSON list', () => json([])],
    [
      'half a JSON',
      () => new HttpResponse('{"success":true,"res', { headers: { 'content-type': 'application/json' } }),
    ],
    ['an empty body', () => new HttpResponse('', { headers: { 'content-type': 'application/json' } })],
    ['no content', () => new HttpResponse(null, { status: 204 })],
    [
      'a redirect',
      () => new HttpResponse(null, { status: 302, headers: { location: 'https://hotel.example' } }),
    ],
    ['an error of the server', () => json({ success: false, errors: [{ code: 81058, message: 'x' }] }, 500)],
    [
      'success in a 500',
      () => json({ success: true, result: [], result_info: { page: 1, total_count: 0 } }, 500),
    ],
  ];

  test.each(notAnswers)('(%s) is unavailable, never empty, after three attempts', async (_what, make) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(make, make, make);
    expect(problemOf(await harness.client().listZone(zone)).kind).toBe('unavailable');
    expect(harness.fake.calls).toHaveLength(3);
  });

  test.each(notAnswers)('(%s) that passes does no harm', async (_what, make) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.addRecord(zone, {});
    harness.fake.next(make);
    expect(valueOf(await harness.client().listZone(zone))).toHaveLength(1);
  });

  test('a connection error is retried too', async () => {
    harness.fake.addZone('example.com');
    harness.fake.next(() => HttpResponse.error());
    expect(valueOf(await harness.client().zones())).toHaveLength(1);
  });
});

describe('names read one by one', () => {
  test('are asked for exactly, wildcards too, each once, and answered by name', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.addRecord(zone, { name: 'a.example.com' });
    harness.fake.addRecord(zone, { name: 'a.example.com', type: 'TXT', content: '"x"' });
    harness.fake.addRecord(zone, { name: '*.example.com', content: '192.0.2.9' });
    const names = ['a.example.com', '*.example.com', 'none.example.com', 'a.example.com'];
    const found = valueOf(await harness.client().readNames(zone, names));
    expect([...found].map(([name, records]) => [name, records.map(({ type }) => type)])).toEqual([
      ['a.example.com', ['A', 'TXT']],
      ['*.example.com', ['A']],
      ['none.example.com', []],
    ]);
    expect(harness.fake.calls.map(({ query }) => query['name.exact'])).toEqual([
      'a.example.com',
      '*.example.com',
      'none.example.com',
    ]);
  });

  test('are unavailable when the server did not filter', async () => {
    const zone = harness.fake.addZone('example.com');
    const other = harness.fake.addRecord(zone, { name: 'other.example.com' });
    harness.fake.next(() => listAnswer([other]));
    const result = await harness.client().readNames(zone, ['a.example.com']);
    expect(problemOf(result).kind).toBe('unavailable');
  });

  test('are unavailable together when one of them is', async () => {
    const zone = harness.fake.addZone('example.com');
    const down = (): Response => json({}, 503);
    harness.fake.next(() => undefined, down, down, down);
    const result = await harness.client().readNames(zone, ['a.example.com', 'b.example.com']);
    expect(problemOf(result).kind).toBe('unavailable');
  });
});

describe('records read by id', () => {
  test('are the record, or undefined where Cloudflare says there is none', async () => {
    const zone = harness.fake.addZone('example.com');
    const record = harness.fake.addRecord(zone, { content: '192.0.2.7' });
    const gone = 'f'.repeat(32);
    const found = valueOf(await harness.client().readIds(zone, [record.id, gone]));
    expect(found.get(record.id)?.content).toBe('192.0.2.7');
    expect(found.has(gone)).toBe(true);
    expect(found.get(gone)).toBeUndefined();
  });

  test.each([
    [
      'another record',
      json({ success: true, result: { id: 'x', name: 'a.b', type: 'A', content: '', ttl: 1 } }),
    ],
    ['null', json({ success: true, result: null })],
    ['a list', listAnswer([])],
  ])('are unavailable when the answer is %s', async (_what, answer) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() => answer.clone());
    expect(problemOf(await harness.client().readIds(zone, ['a'.repeat(32)])).kind).toBe('unavailable');
  });

  test.each([
    ['a page of some web server', () => HttpResponse.html('Not found', { status: 404 }), 'unavailable'],
    ['no code', () => json({ success: false, errors: [] }, 404), 'unavailable'],
    [
      'a code in what says it is HTML',
      () =>
        new HttpResponse('{"success":false,"errors":[{"code":81044,"message":"gone"}]}', {
          status: 404,
          headers: { 'content-type': 'text/html' },
        }),
      'unavailable',
    ],
    [
      'no route',
      () => json({ success: false, errors: [{ code: 7003, message: 'Could not route' }] }, 404),
      'misconfigured',
    ],
  ])('a 404 with %s does not prove that the record is gone', async (_what, make, kind) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(make, make, make);
    expect(problemOf(await harness.client().readIds(zone, ['a'.repeat(32)])).kind).toBe(kind);
  });
});
