import { describe, expect, test } from 'vitest';
import { claim, kept, lines, record, want } from './fixture.ts';

const ONE = '203.0.113.7';
const APP_NAME = 'app.example.com';
const VIP = 'vip.example.com';
const hourAgo = '2026-03-01T11:00:00.000Z';

describe('nothing is written on a protected name', () => {
  const approved = new Set(['r1']);

  test('an approved orphan', () => {
    const zone = [record('r1', ONE, { comment: 'record-owner-id=old-me' })];
    expect(lines({ zone, limits: { approved }, protectedNames: [APP_NAME] })).toEqual([
      '! Pending A app',
      'orphan r1',
    ]);
  });

  test('an approved record that a suspended source left', () => {
    const claims = [claim('r1', ONE, { state: 'left', stateReason: 'it is left' })];
    const scene = { claims, fates: { r1: kept('left') }, limits: { approved }, zone: [record('r1', ONE)] };
    expect(lines({ ...scene, protectedNames: [APP_NAME] })).toEqual(['! Pending A app']);
  });
});

describe('one of ours that a person renamed onto a protected name', () => {
  const zone = [record('r1', ONE, { name: VIP })];
  const protectedNames = [VIP];

  test('is not renamed back', () => {
    expect(lines({ wants: [want(ONE)], claims: [claim('r1', ONE)], zone, protectedNames })).toEqual([
      '! Pending A app',
    ]);
  });

  test('is not deleted', () => {
    const due = claim('r1', ONE, { state: 'deleting', stateReason: 'its holder is gone', doomedAt: hourAgo });
    expect(lines({ claims: [due], zone, protectedNames })).toEqual(['! Pending A app']);
  });
});
