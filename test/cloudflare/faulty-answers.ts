import * as fc from 'fast-check';
import type { Delivery, FaultyAnswer } from './fault-server.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const contentTypes = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/problem+json',
      'text/html; charset=utf-8',
      'text/plain',
      'application/jsonp',
      '',
    ),
  },
);

const numbers = ['0', '1', '50', '-1', '1e9', 'NaN', '9'.repeat(400), '0x10', ' ', '1.5', ''];

const retryAfter = fc.constantFrom(
  ...numbers,
  'soon',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Thu, 99 Foo 2026',
);

/** A list of items such as `"default";r=50;t=30`, sane or not. */
function items(amount: string, seconds: string): fc.Arbitrary<string> {
  const number = fc.constantFrom(...numbers);
  const item = fc
    .tuple(fc.constantFrom('"default"', '"burst"', 'default', ''), number, number)
    .map(([name, a, s]) => `${name};${amount}=${a};${seconds}=${s}`);
  return fc.oneof(
    fc.array(item, { maxLength: 3 }).map((all) => all.join(', ')),
    fc.constantFrom(';;;', ',', `"default";${amount}`, `${amount}=1;${seconds}=1`),
  );
}

/** The headers that mean something, with values that mean little. */
export const limitHeaders: fc.Arbitrary<Record<string, string>> = fc.record(
  { 'retry-after': retryAfter, ratelimit: items('r', 't'), 'ratelimit-policy': items('q', 'w') },
  { requiredKeys: [] },
);

const statuses = fc.oneof(
  { weight: 5, arbitrary: fc.constant(200) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      201,
      204,
      205,
      301,
      304,
      400,
      401,
      403,
      404,
      405,
      408,
      409,
      418,
      422,
      429,
      500,
      502,
      520,
      599,
      600,
      999,
    ),
  },
);

const deliveries = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom<Delivery>('whole', 'in pieces') },
  { weight: 10, arbitrary: fc.constantFrom<Delivery>('cut off', 'reset') },
  { weight: 1, arbitrary: fc.constant<Delivery>('stalled') },
);

const codes = fc.constantFrom(0, 971, 1000, 1004, 7003, 9109, 10000, 81044, 81045, 81053, 81058, 4711);
const anyError = fc.letrec<{ error: unknown }>((tie) => ({
  error: fc.record(
    {
      code: fc.oneof(codes, fc.jsonValue({ maxDepth: 1 })),
      message: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
      error_chain: fc.oneof(
        { depthSize: 'small' },
        fc.constant([]),
        fc.array(tie('error'), { maxLength: 2 }),
      ),
    },
    { requiredKeys: [] },
  ),
})).error;

const refusal = fc
  .oneof(fc.array(anyError, { maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }))
  .map((errors) => JSON.stringify({ success: false, errors, messages: [], result: null }));

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, '', 'true', 0, -1, 1.5, [], {}, [[]], '\u0000', '\ud800', 'x'.repeat(5000)),
);

/** The text with one member, anywhere, given another value or taken away. */
function mutated(truth: string): fc.Arbitrary<string> {
  const paths = pathsOf(JSON.parse(truth));
  return fc
    .record({ path: fc.constantFrom(...paths), value: fc.option(odd, { nil: undefined }) })
    .map(({ path, value }) => {
      const copy: unknown = JSON.parse(truth);
      put(copy, path, value);
      return JSON.stringify(copy);
    });
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [key],
    ...pathsOf(member).map((rest) => [key, ...rest]),
  ]);
}

function put(target: unknown, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (typeof target !== 'object' || target === null) return;
  if (rest.length > 0) put(Reflect.get(target, key), rest, value);
  else if (value === undefined) Reflect.deleteProperty(target, key);
  else Reflect.set(target, key, value);
}

/** Bodies around a true one: that itself, near misses, and things that are no answer at all. */
function bodies(truth: string): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(text(truth)) },
    { weight: 8, arbitrary: mutated(truth).map(text) },
    { weight: 3, arbitrary: refusal.map(text) },
    { weight: 2, arbitrary: fc.nat({ max: truth.length }).map((end) => text(truth.slice(0, end))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 1, arbitrary: fc.json().map(text) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          '<h1>Sign in</h1>',
          '',
          'null',
          '[',
          '[]',
          '['.repeat(20_000),
          '{"success":true}',
          truth + truth,
        )
        .map(text),
    },
    {
      weight: 1,
      arbitrary: fc.constant(text(truth.replace(/^\{/, `{"padding":"${'x'.repeat(1_100_000)}",`))),
    },
  );
}

export function answersAround(truth: string): fc.Arbitrary<FaultyAnswer> {
  return fc.record({
    status: statuses,
    headers: fc
      .tuple(contentTypes, limitHeaders)
      .map(([type, limits]) => ({ ...(type === '' ? {} : { 'content-type': type }), ...limits })),
    body: bodies(truth),
    delivery: deliveries,
  });
}
