import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { parseEnvelope } from '../../src/cloudflare/envelope.ts';
import { codesOf, describeAnswer, kindOfAnswer } from '../../src/cloudflare/errors.ts';
import type { ApiProblemKind } from '../../src/domain/write.ts';
import { json, refusal } from './fake.ts';
import { Harness, problemOf } from './harness.ts';

const harness = new Harness();

function envelopeOf(...errors: object[]): ReturnType<typeof parseEnvelope> {
  return parseEnvelope({ success: false, errors, messages: [], result: null });
}

const inZone = { write: true, inZone: true };

const rows: [code: number, status: number, kind: ApiProblemKind][] = [
  [81057, 400, 'exists'],
  [81058, 400, 'exists'],
  [81053, 400, 'type-conflict'],
  [81054, 400, 'type-conflict'],
  [81055, 400, 'type-conflict'],
  [81056, 400, 'type-conflict'],
  [81044, 404, 'not-found'],
  [81044, 400, 'not-found'],
  [1032, 404, 'not-found'],
  [81045, 400, 'quota'],
  [81045, 403, 'quota'],
  [1004, 400, 'invalid'],
  [9004, 400, 'invalid'],
  [9005, 400, 'invalid'],
  [9021, 400, 'invalid'],
  [9039, 400, 'invalid'],
  [9041, 400, 'invalid'],
  [9207, 400, 'invalid'],
  [9300, 400, 'invalid'],
  [9313, 400, 'invalid'],
  [6003, 400, 'token-refused'],
  [6111, 400, 'token-refused'],
  [9106, 400, 'token-refused'],
  [9109, 400, 'token-refused'],
  [9109, 401, 'token-refused'],
  [9109, 403, 'forbidden'],
  [10000, 400, 'token-refused'],
  [10000, 401, 'token-refused'],
  [10000, 403, 'forbidden'],
  [971, 429, 'rate-limited'],
  [971, 400, 'rate-limited'],
  [10100, 400, 'rate-limited'],
  [10429, 403, 'rate-limited'],
  [7000, 400, 'misconfigured'],
  [7003, 404, 'misconfigured'],
  [1001, 404, 'misconfigured'],
];

describe('a refusal of a call in a zone', () => {
  test.each(rows)('with code %i and status %i is %s', async (code, status, kind) => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() => refusal(status, code, 'No.'));
    const problem = problemOf(await harness.client().batch(zone, [{ kind: 'delete', id: 'a' }]));
    expect(problem).toMatchObject({ kind, status, codes: [code], message: `${code} No.` });
    expect(harness.fake.calls).toHaveLength(1);
  });

  test('goes by its status before its code', () => {
    expect(kindOfAnswer(429, envelopeOf({ code: 81058, message: '' }), inZone)).toBe('rate-limited');
    expect(kindOfAnswer(500, envelopeOf({ code: 81058, message: '' }), inZone)).toBe('in-doubt');
    expect(kindOfAnswer(401, envelopeOf({ code: 81058, message: '' }), inZone)).toBe('token-refused');
  });

  test('goes by its code also in a 200', () => {
    expect(kindOfAnswer(200, envelopeOf({ code: 81058, message: '' }), inZone)).toBe('exists');
    expect(kindOfAnswer(200, envelopeOf({ code: 81045, message: '' }), inZone)).toBe('quota');
  });

  test('with a code that nobody knows goes by its status', () => {
    const unknown = envelopeOf({ code: 4711, message: '' });
    expect(kindOfAnswer(400, unknown, inZone)).toBe('invalid');
    expect(kindOfAnswer(403, unknown, inZone)).toBe('forbidden');
    expect(kindOfAnswer(404, unknown, inZone)).toBe('not-found');
    expect(kindOfAnswer(405, unknown, inZone)).toBe('misconfigured');
    expect(kindOfAnswer(200, unknown, inZone)).toBe('in-doubt');
  });

  test('is never judged by its text alone', () => {
    const texts = ['An identical record already exists.', 'Invalid access token', 'rate limit', 'HTTP 429'];
    for (const message of texts) {
      expect(kindOfAnswer(400, envelopeOf({ code: 4711, message }), inZone)).toBe('invalid');
      expect(kindOfAnswer(400, envelopeOf({ message }), inZone)).toBe('in-doubt');
    }
  });

  test('tells a worthless token from one without the right to this zone', () => {
    const worthless = envelopeOf({ code: 9109, message: 'Invalid access token' });
    const narrow = envelopeOf({ code: 9109, message: 'Unauthorized to access requested resource' });
    expect(kindOfAnswer(403, worthless, inZone)).toBe('token-refused');
    expect(kindOfAnswer(403, narrow, inZone)).toBe('forbidden');
    expect(kindOfAnswer(403, narrow, { write: false, inZone: false })).toBe('token-refused');
  });
});

describe('the chain inside a 1004', () => {
  const wrapped = envelopeOf({
    code: 1004,
    message: 'DNS Validation Error',
    error_chain: [{ code: 81053, message: 'An A, AAAA, or CNAME record with that host already exists.' }],
  });

  test('decides the kind, and is told', () => {
    expect(kindOfAnswer(400, wrapped, inZone)).toBe('type-conflict');
    expect(codesOf(wrapped)).toEqual([1004, 81053]);
    expect(describeAnswer(400, wrapped)).toBe(
      '1004 DNS Validation Error: 81053 An A, AAAA, or CNAME record with that host already exists.',
    );
  });

  test('leaves it invalid where nobody knows its code, and says it all the same', () => {
    const odd = envelopeOf({
      code: 1004,
      message: 'DNS Validation Error',
      error_chain: [{ code: 5, message: 'why' }],
    });
    expect(kindOfAnswer(400, odd, inZone)).toBe('invalid');
    expect(describeAnswer(400, odd)).toContain('5 why');
  });

  test.each([['a word'], [null], [[null, 7, { message: 'no code' }]], [{}]])(
    'may be %j without harm',
    (chain) => {
      const envelope = envelopeOf({ code: 1004, message: 'x', error_chain: chain });
      expect(codesOf(envelope)).toEqual([1004]);
      expect(kindOfAnswer(400, envelope, inZone)).toBe('invalid');
    },
  );

  test('of 6003 is seen through the client too', async () => {
    const chain = [{ code: 6111, message: 'Invalid format for Authorization header' }];
    harness.fake.next(() => refusal(400, 6003, 'Invalid request headers', { chain }));
    expect(problemOf(await harness.client().zones())).toMatchObject({
      kind: 'token-refused',
      codes: [6003, 6111],
      message: '6003 Invalid request headers: 6111 Invalid format for Authorization header',
    });
  });
});

describe('the text of a problem', () => {
  test('is one line of at most 300 characters', async () => {
    const zone = harness.fake.addZone('example.com');
    harness.fake.next(() => refusal(400, 9207, `first\nsecond\u2028third\u0007 ${'x'.repeat(1000)}`));
    const { message } = problemOf(await harness.client().batch(zone, [{ kind: 'delete', id: 'a' }]));
    expect(message).toHaveLength(300);
    expect(message).toMatch(/^9207 first second third x+…$/);
  });

  test('has nothing of a body that is not Cloudflare’s', async () => {
    const page = (): Response => HttpResponse.html('<b>internal-host-7 stack trace</b>', { status: 502 });
    harness.fake.next(page, page, page);
    const { message } = problemOf(await harness.client().zones());
    expect(message).not.toMatch(/internal|stack/);
    expect(message).toContain('502');
  });

  test('of the list of zones says which right is missing', async () => {
    const text = 'Actor requires permission "com.cloudflare.api.account.zone.list" to list zones';
    harness.fake.next(() => json({ success: false, errors: [{ code: 0, message: text }] }, 403));
    const problem = problemOf(await harness.client().zones());
    expect(problem.kind).toBe('forbidden');
    expect(problem.message).toContain('zone.list');
  });
});
