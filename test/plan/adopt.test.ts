import { describe, expect, test } from 'vitest';
import type { ActualRecord } from '../../src/domain/record.ts';
import { claim, lines, plan, record, typed, want } from './fixture.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const wants = [want(ONE, { adopt: true })];
const BLOCKED = ['! RecordConflict A app'];

function byHand(id: string, content: string, more: Partial<ActualRecord> = {}): ActualRecord {
  return record(id, content, { comment: '', ...more });
}

test('the name first, then the whole zone is read, since a TXT anywhere may claim the record', () => {
  expect(lines({ wants })).toEqual(['read app']);
  expect(lines({ wants, names: { 'app.example.com': [byHand('h1', TWO)] } })).toEqual(['read the zone']);
});

test('one candidate: in place, its words, ttl and proxying kept, what it was in the plan', () => {
  const zone = [byHand('h1', TWO, { comment: 'by Ann', proxied: true })];
  expect(lines({ wants, zone })).toEqual([
    `~ adopt A app h1 content=${ONE} comment="by Ann #me 11111111:app"`,
  ]);
  const [change] = plan({ wants, zone }).changes;
  expect(change).toMatchObject({
    happening: 'Adopted',
    before: { content: TWO, proxied: true },
    after: { content: ONE, proxied: true },
    claim: { recordId: 'h1', adopted: true },
  });
});

test('identical content is marked only', () => {
  expect(lines({ wants, zone: [byHand('h1', ONE)] })).toEqual([
    '~ adopt A app h1 comment="#me 11111111:app"',
  ]);
});

test('written keys are enforced on what is adopted', () => {
  const proxying = [want(ONE, { adopt: true, proxied: { value: true, written: true } })];
  expect(lines({ wants: proxying, zone: [byHand('h1', ONE, { ttl: 300 })] })).toEqual([
    '~ adopt A app h1 proxied=true comment="#me 11111111:app"',
  ]);
});

test('it acts once: what was adopted is ours from then on', () => {
  const claims = [claim('h1', ONE, { adopted: true })];
  expect(lines({ wants, claims, zone: [record('h1', ONE)] })).toEqual([]);
});

describe('reported, with the ids', () => {
  const cases: readonly (readonly [string, readonly ActualRecord[]])[] = [
    ['several candidates', [byHand('h1', ONE), byHand('h2', TWO)]],
    ['a CNAME against an address', [byHand('h1', 'else.example.com', typed('CNAME'))]],
    [
      'one beside a foreign one',
      [byHand('h1', ONE), record('f1', TWO, { comment: 'record-owner-id=other' })],
    ],
    ['read-only', [byHand('h1', ONE, { readOnly: true })]],
  ];
  test.each(cases)('%s', (_, zone) => {
    const made = plan({ wants, zone });
    expect(lines({ wants, zone })).toEqual(BLOCKED);
    for (const { id } of zone) expect(made.problems[0]?.message).toContain(id);
  });

  test('a comment without room says how many characters to free', () => {
    const made = plan({ wants, zone: [byHand('h1', ONE, { comment: 'w'.repeat(90) })] });
    expect(made.changes).toEqual([]);
    expect(made.problems[0]?.message).toContain('free 9 characters');
  });
});

describe('claimed by a TXT record of external-dns', () => {
  const txt = (name: string) => ({
    ...byHand('t1', 'heritage=external-dns,external-dns/owner=other', typed('TXT')),
    name,
  });
  const names = [
    'app.example.com',
    'a-app.example.com',
    'cname-app.example.com',
    'registry.app.example.com',
    'prefix-a-app.example.com',
    'app-suffix.example.com',
    'a-app-suffix.example.com',
  ];
  test.each(names)('%s', (name) => {
    expect(lines({ wants, zone: [byHand('h1', ONE), txt(name)] })).toEqual(BLOCKED);
  });

  test('by its usual name is told without adopt too, where the zone was read, and import is the mend', () => {
    const message = (name: string) =>
      plan({ wants: [want(ONE)], zone: [byHand('h1', TWO), txt(name)] }).problems[0]?.message;
    expect(message('a-app.example.com')).toMatch(/claims it \(TXT a-app.*routeflare import external-dns/);
    expect(message('app.example.com')).toContain('routeflare import external-dns');
    expect(message('a-myapp.example.com')).not.toContain('external-dns');
  });

  test('that of another name does not matter, nor another TXT', () => {
    const adopted = ['~ adopt A app h1 comment="#me 11111111:app"'];
    expect(lines({ wants, zone: [byHand('h1', ONE), txt('a-other.example.com')] })).toEqual(adopted);
    const spf = { ...txt('app.example.com'), content: 'v=spf1 -all' };
    expect(lines({ wants, zone: [byHand('h1', ONE), spf] })).toEqual(adopted);
  });

  test('a wildcard by its replacement', () => {
    const name = '*.example.com' as (typeof wants)[number]['name'];
    const wild = [want(ONE, { adopt: true, name })];
    const zone = [byHand('h1', ONE, { name })];
    expect(lines({ wants: wild, zone: [...zone, txt('a-any.example.com')] })).toEqual([
      '! RecordConflict A *',
    ]);
  });
});
