import { describe, expect, test } from 'vitest';
import { APP, claim, lines, MARKER, ME, OTHER, record, want } from './fixture.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const APP_NAME = 'app.example.com';
const LONG_WORDS = 'w'.repeat(90);

function read(comment: string, more: Parameters<typeof record>[2] = {}) {
  return { [APP_NAME]: [record('r1', ONE, { comment, ...more })] };
}

test('a person’s words stand first and survive', () => {
  const scene = { wants: [want(TWO)], claims: [claim('r1', ONE)] };
  expect(lines({ ...scene, names: read('ask Ann record-owner-id=me 11111111:HTTPRoute/web/app') })).toEqual([
    `~ A app r1 content=${TWO}`,
  ]);
  expect(lines({ ...scene, names: read('record-owner-id=me 11111111:HTTPRoute/web/other ask Ann') })).toEqual(
    [`~ A app r1 content=${TWO} comment="ask Ann #me 11111111:app"`],
  );
  expect(lines({ ...scene, names: read('ask Ann') })).toEqual([
    `~ A app r1 content=${TWO} comment="ask Ann #me 11111111:app"`,
  ]);
});

test('the holder is shortened, then left out with its cluster', () => {
  const source = { ...APP, name: 'n'.repeat(100) };
  const created = lines({ wants: [want(ONE, { source })], names: { [APP_NAME]: [] } });
  const comment =
    created[0]?.split('"')[1]?.replace('#', 'record-owner-id=').replace('HTTPRoute/web/', '') ?? '';
  expect(comment).toMatch(/^record-owner-id=me 11111111:n+~$/);
  const words = 'w'.repeat(80);
  const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
  expect(lines({ ...scene, names: read(words) })).toEqual([`~ A app r1 comment="${words} #me"`]);
});

test('a marker without room for holder and cluster is enough to stay ours, and nothing is rewritten', () => {
  const comment = `${'w'.repeat(80)} record-owner-id=me`;
  const claims = [claim('r1', ONE, { cluster: '' })];
  expect(lines({ wants: [want(ONE)], claims, names: read(comment) })).toEqual([]);
});

test('no room at all: ours by the ledger, reported, and put right without a comment', () => {
  const claims = [claim('r1', TWO)];
  const wants = [want(TWO)];
  const names = { [APP_NAME]: [record('r1', TWO, { comment: LONG_WORDS })] };
  expect(lines({ wants, claims, names })).toEqual(['row r1 active', '! RecordConflict A app']);
  const changed = { [APP_NAME]: [record('r1', ONE, { comment: LONG_WORDS })] };
  expect(lines({ wants, claims, names: changed })).toEqual([
    `~ A app r1 content=${TWO}`,
    '! RecordConflict A app',
  ]);
});

test('no room at all and not wanted any more: kept, since no marker can be read', () => {
  const claims = [claim('r1', ONE, { doomedAt: '2026-03-01T11:00:00.000Z', state: 'deleting' })];
  expect(lines({ claims, names: read(LONG_WORDS) })).toEqual(['! RecordConflict A app']);
});

test('a change that was planned without reading the comment never sends one', () => {
  const scene = { wants: [want(TWO, { proxied: { value: true, written: true } })] };
  expect(lines({ ...scene, claims: [claim('r1', ONE)] })).toEqual([`~ A app r1 content=${TWO} proxied=true`]);
  expect(lines({ ...scene, claims: [claim('r1', ONE, { holder: OTHER })] })).toEqual(['read app']);
  expect(lines({ ...scene, claims: [claim('r1', ONE, { cluster: '22222222' })] })).toEqual(['read app']);
});

describe('a change of type, which is another record', () => {
  const fates = { r1: { kind: 'replaced', why: 'the name becomes CNAME' } as const };
  const wants = [want('target.example.net', { type: 'CNAME' })];
  const scene = { wants, claims: [claim('r1', ONE)], fates };

  test('keeps a person’s words', () => {
    expect(lines({ ...scene, names: read(`ask Ann ${MARKER}`) })).toEqual([
      '- A app r1',
      '+ CNAME app target.example.net ttl=auto proxied=false "ask Ann #me 11111111:app"',
    ]);
  });

  test('keeps the words of whichever record has some', () => {
    const six = { type: 'AAAA' as const };
    const claims = [claim('r1', ONE), claim('r6', '2001:db8::1', six)];
    const names = {
      [APP_NAME]: [record('r1', ONE), record('r6', '2001:db8::1', { ...six, comment: `ask Ann ${MARKER}` })],
    };
    expect(lines({ ...scene, claims, fates: { ...fates, r6: fates.r1 }, names })).toContain(
      '+ CNAME app target.example.net ttl=auto proxied=false "ask Ann #me 11111111:app"',
    );
  });

  test('keeps them on both records that take its place', () => {
    const six = want('2001:db8::1', { type: 'AAAA' });
    const cname = { type: 'CNAME' as const };
    const names = {
      [APP_NAME]: [record('r1', 'a.example.net', { ...cname, comment: `ask Ann ${MARKER}` })],
    };
    const claims = [claim('r1', 'a.example.net', cname)];
    expect(lines({ wants: [want(ONE), six], claims, fates, names })).toEqual([
      '- CNAME app r1',
      `+ A app ${ONE} ttl=auto proxied=false "ask Ann #me 11111111:app"`,
      '+ AAAA app 2001:db8::1 ttl=auto proxied=false "ask Ann #me 11111111:app"',
    ]);
  });

  test('waits, and says so, where they leave the marker no room', () => {
    const identity = { ...ME, owner: 'm'.repeat(32), formerOwners: ['me'] };
    const comment = `${'w'.repeat(80)} record-owner-id=me`;
    expect(lines({ ...scene, identity, names: read(comment) })).toEqual(['! RecordConflict A app']);
  });
});
