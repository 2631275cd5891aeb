import { describe, expect, test } from 'vitest';
import type { ActualRecord } from '../../src/domain/record.ts';
import { claim, lines, plan, record, want, type Scene } from './fixture.ts';

/** Long enough ago that DELETE_DELAY has passed. */
const OLD = {
  doomedAt: '2026-03-01T11:00:00.000Z',
  state: 'deleting',
  stateReason: 'its holder is gone',
} as const;

const NEW_MARKER = '#me 11111111:app';
const MINE = '203.0.113.7';
const CHANGED = '198.51.100.9';

interface Case {
  readonly marker: string;
  readonly record: Partial<ActualRecord>;
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
}

const withRow: readonly Case[] = [
  { marker: 'ours', record: {}, wanted: [], unwanted: ['- A app r1'] },
  {
    marker: 'a former owner',
    record: { comment: 'record-owner-id=old-me 11111111:HTTPRoute/web/app' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: ['- A app r1'],
  },
  {
    marker: 'a former owner, no cluster',
    record: { comment: 'record-owner-id=old-me' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: ['- A app r1'],
  },
  {
    marker: 'none, content as we wrote it',
    record: { comment: '' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: [`~ A app r1 comment="${NEW_MARKER}"`],
  },
  {
    marker: 'none, content changed',
    record: { comment: '', content: CHANGED },
    wanted: [`~ A app r1 content=${MINE} comment="${NEW_MARKER}"`],
    unwanted: [
      `row r1 released: in the ledger, but its marker was removed and its content changed to ${CHANGED}`,
    ],
  },
  {
    marker: 'foreign',
    record: { comment: 'record-owner-id=somebody 22222222:HTTPRoute/web/app' },
    wanted: ['row r1 released: its marker now names another owner, somebody', '! RecordConflict A app'],
    unwanted: ['row r1 released: its marker now names another owner, somebody'],
  },
  {
    marker: 'ours from another cluster than the row wrote',
    record: { comment: 'record-owner-id=me 22222222:HTTPRoute/web/app' },
    wanted: [
      'row r1 released: its marker now names cluster 22222222, where we wrote 11111111',
      '! RecordConflict A app',
    ],
    unwanted: ['row r1 released: its marker now names cluster 22222222, where we wrote 11111111'],
  },
  {
    marker: 'ours, but read-only now',
    record: { readOnly: true },
    wanted: [
      'row r1 released: record r1 is managed by another Cloudflare product (read-only)',
      '! RecordConflict A app',
    ],
    unwanted: ['row r1 released: record r1 is managed by another Cloudflare product (read-only)'],
  },
];

const withoutRow: readonly Case[] = [
  { marker: 'ours, this cluster', record: {}, wanted: ['row r1 active'], unwanted: [] },
  {
    marker: 'ours, another cluster',
    record: { comment: 'record-owner-id=me 22222222:HTTPRoute/web/app' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: ['orphan r1'],
  },
  {
    marker: 'ours, no cluster named',
    record: { comment: 'record-owner-id=me' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: ['orphan r1'],
  },
  {
    marker: 'a former owner',
    record: { comment: 'record-owner-id=old-me 22222222:HTTPRoute/web/app' },
    wanted: [`~ A app r1 comment="${NEW_MARKER}"`],
    unwanted: ['orphan r1'],
  },
  {
    marker: 'none, identical content',
    record: { comment: '' },
    wanted: ['! RecordConflict A app'],
    unwanted: [],
  },
  {
    marker: 'none, other content',
    record: { comment: 'by hand', content: CHANGED },
    wanted: ['! RecordConflict A app'],
    unwanted: [],
  },
  {
    marker: 'foreign',
    record: { comment: 'record-owner-id=somebody 22222222:HTTPRoute/web/app' },
    wanted: ['! RecordConflict A app'],
    unwanted: [],
  },
  {
    marker: 'ours, but read-only',
    record: { readOnly: true },
    wanted: ['! RecordConflict A app'],
    unwanted: [],
  },
];

describe('with a row in the ledger', () => {
  describe.each(withRow)('marker read: $marker', (each) => {
    const scene = (more: Scene): Scene => ({
      claims: [claim('r1', MINE)],
      names: { 'app.example.com': [record('r1', MINE, each.record)] },
      ...more,
    });
    test('wanted', () => {
      expect(lines(scene({ wants: [want(MINE)] }))).toEqual(each.wanted);
    });
    test('not wanted, and the delay is over', () => {
      expect(lines(scene({ claims: [claim('r1', MINE, OLD)] }))).toEqual(each.unwanted);
    });
  });
});

describe('without a row', () => {
  describe.each(withoutRow)('marker read: $marker', (each) => {
    const zone = [record('r1', MINE, each.record)];
    test('wanted', () => {
      expect(lines({ wants: [want(MINE)], zone })).toEqual(each.wanted);
    });
    test('wanted, with adopt only what is unmarked is taken', () => {
      const adopting = lines({ wants: [want(MINE, { adopt: true })], zone });
      const unmarked = each.marker.startsWith('none');
      expect(adopting.some((line) => line.startsWith('~ adopt'))).toBe(unmarked);
      expect(unmarked ? each.wanted : adopting).toEqual(each.wanted);
    });
    test('not wanted', () => {
      expect(lines({ zone })).toEqual(each.unwanted);
    });
  });
});

test('a record of ours whose marker names no cluster stays ours by the row that wrote none', () => {
  const scene: Scene = {
    wants: [want(MINE)],
    claims: [claim('r1', MINE, { cluster: '' })],
    names: { 'app.example.com': [record('r1', MINE, { comment: 'record-owner-id=me' })] },
    identity: { owner: 'me', cluster: '', formerOwners: [] },
  };
  expect(lines(scene)).toEqual([]);
});

test('a ledger from another cluster: what it wrote there is taken over in place', () => {
  const scene: Scene = {
    wants: [want(MINE)],
    claims: [claim('r1', MINE, { cluster: '22222222' })],
    names: {
      'app.example.com': [record('r1', MINE, { comment: 'record-owner-id=me 22222222:HTTPRoute/web/app' })],
    },
  };
  expect(lines(scene)).toEqual([`~ A app r1 comment="${NEW_MARKER}"`]);
});

test('a released record is never written again, and its name counts as a stranger’s', () => {
  const claims = [claim('r1', MINE, { state: 'released', stateReason: 'taken' })];
  const names = { 'app.example.com': [record('r1', CHANGED)] };
  expect(lines({ wants: [want(MINE)], claims, names })).toEqual(['! RecordConflict A app']);
  expect(lines({ claims, names })).toEqual([]);
});

test('a released record that is not at its name any more blocks nothing, and its row goes when it is gone', () => {
  const claims = [claim('r1', MINE, { state: 'released', stateReason: 'taken' })];
  const names = { 'app.example.com': [] };
  const created = `+ A app ${MINE} ttl=auto proxied=false "${NEW_MARKER}"`;
  const wants = [want(MINE)];
  expect(lines({ wants, claims, names })).toEqual(['read id r1']);
  expect(lines({ wants, claims, names, ids: { r1: undefined } })).toEqual([created, 'row r1 dropped']);
  const elsewhere = record('r1', MINE, { name: 'else.example.com' });
  expect(lines({ wants, claims, names, ids: { r1: elsewhere } })).toEqual([created]);
});

describe('a foreign marker names the setting that would claim it', () => {
  test.each([
    ['of no cluster', 'record-owner-id=attic', /if that was you, and runs no more, add attic to FORMER/],
    ['of this cluster', 'record-owner-id=attic 11111111:Ingress/web/x', /and runs no more, add attic to/],
    [
      'of another cluster, by the id that it has by itself',
      'record-owner-id=routeflare-22222222 22222222:Ingress/web/x',
      /if that cluster was yours, and is no more, add routeflare-22222222 to FORMER_OWNER_IDS/,
    ],
  ])('%s', (_, comment, says) => {
    const [problem] = plan({ wants: [want(MINE)], zone: [record('r1', MINE, { comment })] }).problems;
    expect(problem?.message).toMatch(says);
  });

  test('but for an id that somebody gave to another cluster', () => {
    const comment = 'record-owner-id=attic 22222222:Ingress/web/x';
    const [problem] = plan({ wants: [want(MINE)], zone: [record('r1', MINE, { comment })] }).problems;
    expect(problem?.message).toContain('is marked attic of cluster 22222222');
    expect(problem?.message).not.toContain('FORMER_OWNER_IDS');
  });
});
