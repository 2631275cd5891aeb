import { expect, test } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { claim, kept, lines, OTHER, plan, record, want, type Scene } from './fixture.ts';

const ONE = '203.0.113.7';
const APP_NAME = 'app.example.com';
const TOLD: Problem = {
  reason: 'RecordConflict',
  message: 'a stranger stands there',
  name: APP_NAME,
  type: 'A',
};

/** What a pass over `scene` learnt, for the next one. */
function learntFrom(scene: Scene): NonNullable<Scene['remembered']> {
  const signatures = new Map(plan(scene).names.map((each) => [each.name, each.signature()]));
  return (name, signature) => (signatures.get(name) === signature() ? [TOLD] : undefined);
}

const blocked: Scene = {
  wants: [want(ONE)],
  names: { [APP_NAME]: [record('s1', '192.0.2.1', { comment: '' })] },
};

test('a blocked name is not read again while nothing changes, and stays reported', () => {
  const remembered = learntFrom(blocked);
  expect(lines({ wants: [want(ONE)], remembered })).toEqual(['! RecordConflict A app']);
});

test('it is read again when what is wanted changes', () => {
  const remembered = learntFrom(blocked);
  expect(lines({ wants: [want('192.0.2.9')], remembered })).toEqual(['read app']);
  expect(lines({ wants: [want(ONE, { adopt: true })], remembered })).toEqual(['read app']);
  expect(lines({ wants: [want(ONE, { source: OTHER })], remembered })).toEqual(['read app']);
  expect(lines({ wants: [want(ONE)], claims: [claim('r1', ONE, { holder: OTHER })], remembered })).toEqual([
    'read app',
  ]);
});

test('what was read by listing the zone is decided by what it says', () => {
  const remembered = learntFrom(blocked);
  expect(lines({ wants: [want(ONE)], remembered, zone: [] })).toEqual([
    `+ A app ${ONE} ttl=auto proxied=false "#me 11111111:app"`,
  ]);
});

test('a refused update is not tried again until something changes', () => {
  const scene = { wants: [want('192.0.2.1')], claims: [claim('r1', ONE)] };
  const remembered = learntFrom(scene);
  expect(lines({ ...scene, remembered })).toEqual(['! RecordConflict A app']);
  expect(lines({ ...scene, wants: [want('192.0.2.2')], remembered })).toEqual([
    '~ A app r1 content=192.0.2.2',
  ]);
});

test('a deletion that falls due at a remembered name is still read and done', () => {
  const dueAt = {
    state: 'deleting',
    stateReason: 'its holder is gone',
    doomedAt: '2026-03-01T11:59:40.000Z',
  } as const;
  const claims = [claim('r1', ONE, dueAt)];
  const wants = [want('2001:db8::1', { type: 'AAAA' })];
  const names = {
    [APP_NAME]: [record('r1', ONE), record('s6', '2001:db8::2', { type: 'AAAA', comment: '' })],
  };
  const remembered = learntFrom({ wants, claims, names });
  expect(lines({ wants, claims, remembered })).toEqual(['! RecordConflict A app', 'due in 10s']);
  const later = { now: Date.parse('2026-03-01T12:00:11.000Z') };
  expect(lines({ wants, claims, remembered, limits: later })).toEqual(['read app']);
});

test('an approval is acted on at a remembered name', () => {
  const scene: Scene = {
    claims: [claim('r1', ONE, { state: 'left', stateReason: 'it is left' })],
    fates: { r1: kept('left') },
  };
  const remembered = learntFrom({ ...scene, names: { [APP_NAME]: [record('r1', ONE)] } });
  expect(lines({ ...scene, remembered })).toEqual([]);
  expect(lines({ ...scene, remembered, limits: { approved: new Set(['r1']) } })).toEqual(['read app']);
});

test('rows are still kept at a remembered name', () => {
  const remembered = () => [TOLD];
  const claims = [claim('r1', ONE)];
  const wants = [want('2001:db8::1', { type: 'AAAA' })];
  expect(lines({ wants, claims, fates: { r1: kept('frozen') }, remembered })).toEqual([
    'row r1 frozen: it is frozen',
    '! RecordConflict A app',
  ]);
});
