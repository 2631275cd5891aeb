import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { GOOD_TOKEN, json, refusal } from './fake.ts';
import { Harness, problemOf, valueOf } from './harness.ts';

const harness = new Harness();
const OLD_TOKEN = 'old-token-9876543210zyxwvutsrqponmlkjihg';

describe('a rotated token', () => {
  test('is asked for again after a refusal, and the read done with it', async () => {
    harness.fake.addZone('example.com');
    const tokens = [OLD_TOKEN, GOOD_TOKEN];
    const client = harness.client({ token: () => tokens.shift() ?? GOOD_TOKEN });
    expect(valueOf(await client.zones())).toHaveLength(1);
    expect(harness.fake.calls.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${OLD_TOKEN}`,
      `Bearer ${GOOD_TOKEN}`,
    ]);
    expect(harness.clock.slept).toEqual([]);
  });

  test('is not tried twice: the second refusal stands', async () => {
    let asked = 0;
    const client = harness.client({ token: () => `${OLD_TOKEN}-${(asked += 1)}` });
    expect(problemOf(await client.zones())).toMatchObject({ kind: 'token-refused', status: 401 });
    expect(asked).toBe(2);
    expect(harness.fake.calls).toHaveLength(2);
  });

  test('also mends what the old one was not allowed', async () => {
    const zone = harness.fake.addZone('example.com');
    const tokens = [OLD_TOKEN, GOOD_TOKEN];
    harness.fake.next(() => refusal(403, 10000, 'Authentication error'));
    const client = harness.client({ token: () => tokens.shift() ?? GOOD_TOKEN });
    expect(valueOf(await client.listZone(zone))).toEqual([]);
  });

  test('does not repeat a write', async () => {
    const zone = harness.fake.addZone('example.com');
    const client = harness.client({ token: () => OLD_TOKEN });
    expect(problemOf(await client.batch(zone, [{ kind: 'delete', id: 'a' }])).kind).toBe('token-refused');
    expect(harness.fake.calls).toHaveLength(1);
  });

  test('is used by the next call without a refusal', async () => {
    let token = GOOD_TOKEN;
    const client = harness.client({ token: async () => token });
    valueOf(await client.zones());
    token = 'next-token';
    harness.fake.tokens.add(token);
    valueOf(await client.zones());
    expect(harness.fake.calls.map(({ headers }) => headers['authorization'])).toEqual([
      `Bearer ${GOOD_TOKEN}`,
      'Bearer next-token',
    ]);
  });
});

test('a refused token that stays the same is not sent again', async () => {
  const client = harness.client({ token: () => OLD_TOKEN });
  expect(problemOf(await client.zones())).toMatchObject({ kind: 'token-refused', codes: [10000] });
  expect(harness.fake.calls).toHaveLength(1);
});

test('a zone that the token may not touch is forbidden, and no other is', async () => {
  const zone = harness.fake.addZone('example.com');
  const client = harness.client();
  const foreign = { ...zone, id: 'f'.repeat(32) };
  expect(problemOf(await client.listZone(foreign)).kind).toBe('forbidden');
  expect(valueOf(await client.listZone(zone))).toEqual([]);
});

test('a line break at the end of a file is no part of the token', async () => {
  valueOf(await harness.client({ token: () => `${GOOD_TOKEN}\n` }).zones());
  expect(harness.fake.calls[0]?.headers['authorization']).toBe(`Bearer ${GOOD_TOKEN}`);
});

describe('a token that cannot be sent', () => {
  test.each([
    ['empty', ''],
    ['of spaces', '  \n'],
    ['with a line break', `${GOOD_TOKEN}\nx-evil: 1`],
    ['with a space', `Bearer ${GOOD_TOKEN}`],
    ['with a curly quote', `“${GOOD_TOKEN}”`],
  ])('(%s) is refused here, and not in the text', async (_what, token) => {
    const zone = harness.fake.addZone('example.com');
    const client = harness.client({ token: () => token });
    for (const result of [await client.zones(), await client.batch(zone, [{ kind: 'delete', id: 'a' }])]) {
      const problem = problemOf(result);
      expect(problem.kind).toBe('token-refused');
      expect(JSON.stringify(problem)).not.toContain(GOOD_TOKEN);
    }
    expect(harness.fake.calls).toEqual([]);
  });

  test('since its file is gone is told by the code of that error alone', async () => {
    const missing = Object.assign(new Error(`ENOENT: ${GOOD_TOKEN}`), { code: 'ENOENT' });
    const client = harness.client({ token: () => Promise.reject(missing) });
    expect(problemOf(await client.zones())).toMatchObject({
      kind: 'token-refused',
      message: 'the API token could not be read (ENOENT)',
    });
  });
});

describe('the token is in no problem', () => {
  test.each<[string, (token: string) => Response]>([
    ['a code', (token) => refusal(400, 9207, `bad header: Bearer ${token} and ${token}`)],
    [
      'a chain',
      (token) => refusal(400, 1004, 'x', { chain: [{ code: 1, message: `${'y'.repeat(250)}${token}` }] }),
    ],
    ['a page', (token) => HttpResponse.html(`<p>${token}</p>`, { status: 500 })],
    ['a body without success', (token) => json({ message: token }, 400)],
    ['an echo in 200', (token) => json({ success: false, errors: [{ code: 1, message: token }] })],
    ['a lost connection', () => HttpResponse.error()],
  ])('when Cloudflare echoes it in %s', async (_what, make) => {
    const zone = harness.fake.addZone('example.com');
    const answer = (): Response => make(GOOD_TOKEN);
    harness.fake.next(answer, answer, answer, answer);
    const client = harness.client();
    for (const result of [await client.zones(), await client.batch(zone, [{ kind: 'delete', id: 'a' }])]) {
      const text = JSON.stringify(problemOf(result));
      expect(text).not.toContain(GOOD_TOKEN.slice(0, 12));
      expect(text).not.toContain('Bearer good');
    }
  });

  test('when a late answer echoes the one before', async () => {
    const tokens = [OLD_TOKEN, GOOD_TOKEN];
    const client = harness.client({ token: () => tokens.shift() ?? GOOD_TOKEN });
    harness.fake.next(
      () => refusal(401, 10000, OLD_TOKEN),
      () => refusal(400, 9207, `was ${OLD_TOKEN}, is ${GOOD_TOKEN}`),
    );
    expect(problemOf(await client.zones()).message).toBe('9207 was [token], is [token]');
  });
});
