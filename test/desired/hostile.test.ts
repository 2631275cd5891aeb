import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SOURCE_KEYS } from '../../src/desired/annotation-warnings.ts';
import type { Desired } from '../../src/domain/want.ts';
import { claim, derive, gateway, ip, listener, named, published, route } from './builders.ts';

const KEYS = [...SOURCE_KEYS];

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({
    unit: fc.constantFrom(',', '.', '*', ' ', '\u0000', '\n', 'a', '1', ':', 'ß', '。', 'xn--', '_'),
    maxLength: 60,
  }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '127.0.0.1',
    '::1',
    '0x7f.1',
    '*.*',
    '..',
    '999999999999999999999',
  ),
);
const annotations = fc.oneof(
  fc.dictionary(fc.constantFrom(...KEYS), anyText),
  fc.dictionary(anyText, anyText, { maxKeys: 5 }),
);

/** Longer than a person reads, and as long as three raw values cut and their explanation. */
const LONGEST_MESSAGE = 4_000;

/** Messages that are too long, and names that are none. */
function flawsOf({ problems, wants, fates }: Desired): readonly string[] {
  const texts = [
    ...problems.map(({ message }) => message),
    ...[...fates.values()].flatMap((fate) => ('why' in fate ? [fate.why] : [])),
  ];
  return [
    ...texts.filter((text) => text.length >= LONGEST_MESSAGE).map((text) => `too long: ${text.slice(0, 80)}`),
    ...wants.filter(({ name }) => !/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name)).map(({ name }) => name),
  ];
}

describe('whatever an annotation holds', () => {
  test('on a route, nothing throws, messages stay short, and names are DNS names', () => {
    fc.assert(
      fc.property(annotations, (own) => {
        expect(flawsOf(derive({ routes: [route({ annotations: own })], claims: [claim()] }))).toEqual([]);
      }),
    );
  });

  test('on a gateway, too', () => {
    fc.assert(
      fc.property(annotations, annotations, (own, defaults) => {
        const scene = {
          routes: [route({ annotations: own })],
          gateways: [gateway({ annotations: defaults })],
          claims: [claim()],
        };
        expect(flawsOf(derive(scene))).toEqual([]);
      }),
    );
  });

  test.each(KEYS)('a megabyte in %s is a short message', (key) => {
    for (const unit of ['x', ',', 'a.', '_,', '1.', '\u0000', 'é']) {
      const own = {
        'content-mode': 'static',
        content: '192.0.2.1',
        [key]: unit.repeat(1_000_000 / unit.length),
      };
      expect(flawsOf(derive({ routes: [route({ annotations: own })], claims: [claim()] }))).toEqual([]);
    }
  });

  test('tens of thousands of wrong or unknown entries are a few problems', () => {
    const wrong = Array.from({ length: 50_000 }, (_, at) => `_${at}`).join(',');
    const unknown = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, 'x']));
    const own = { 'content-mode': 'static', content: '192.0.2.1', hostnames: wrong, ...unknown };
    const { problems } = derive({ routes: [route({ annotations: own })] });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(50);
  });

  test('tens of thousands of names that no listener gives are a hundred problems and their number', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `n${at}.elsewhere.example.com`).join(',');
    const own = { 'content-mode': 'static', content: '192.0.2.1', hostnames: `app.example.com,${names}` };
    const gateways = [gateway({ listeners: [listener({ hostname: 'app.example.com' })] })];
    const { problems } = derive({ routes: [route({ annotations: own })], gateways });
    expect(published({ routes: [route({ annotations: own })], gateways })).toEqual([
      'A app.example.com 192.0.2.1',
    ]);
    expect(problems).toHaveLength(101);
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^19900 more problems/),
    );
  });
});

test('tens of thousands of names without a zone are a hundred problems and their number', () => {
  const hostnames = Array.from({ length: 20_000 }, (_, at) => `n${at}.elsewhere.org`);
  const { problems } = derive({ routes: [route({ hostnames })] });
  expect(problems).toHaveLength(101);
});

describe('whatever hostnames and addresses the cluster lists', () => {
  test('nothing throws, and what is published is an address or a name', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 5 }),
        fc.array(anyText, { maxLength: 5 }),
        anyText,
        (hosts, addresses, own) => {
          const scene = {
            routes: [route({ hostnames: ['app.example.com', ...hosts] })],
            gateways: [
              gateway({
                listeners: [listener(), listener({ name: 'odd', hostname: own })],
                addresses: addresses.flatMap((value) => [ip(value), named(value), { type: value, value }]),
              }),
            ],
          };
          expect(flawsOf(derive(scene))).toEqual([]);
          for (const line of published(scene)) expect(line).toMatch(/^(A|AAAA|CNAME) \S+ [0-9a-z.:-]+$/);
        },
      ),
    );
  });

  test('a megabyte of either is a short message', () => {
    for (const text of ['x'.repeat(1_000_000), '1.'.repeat(500_000), ':'.repeat(1_000_000)]) {
      const scene = {
        routes: [route({ hostnames: [text, 'app.example.com'] })],
        gateways: [gateway({ addresses: [ip(text), named(text), { type: text, value: text }] })],
      };
      expect(flawsOf(derive(scene))).toEqual([]);
    }
  });
});
