import { beforeEach, describe, expect, test } from 'vitest';
import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import { unaccounted, untold, type Books } from './books.ts';
import { Judge, type Batch } from './judge.ts';

const OURS = 'record-owner-id=cellar 01234567:HTTPRoute/blue/r1';
const NONE: Books = { damage: [], records: [], intents: [], history: [] };

function record(id: string, more: Partial<CloudflareRecord> = {}): CloudflareRecord {
  return {
    id,
    name: 'n1.example.com',
    type: 'A',
    content: '192.0.2.1',
    proxiable: true,
    proxied: false,
    ttl: 1,
    settings: {},
    meta: {},
    comment: OURS,
    tags: [],
    created_on: '',
    modified_on: '',
    ...more,
  };
}

const batch = (more: Partial<Batch>): Batch => ({
  zoneId: 'z',
  deletes: [],
  patches: [],
  posts: [],
  ...more,
});
const create = batch({ posts: [{ type: 'A', name: 'n1.example.com', content: '192.0.2.1' }] });

/** What the loop would call broken, of a program that did wrong on purpose. */
describe('the judge finds', () => {
  let here: CloudflareRecord[];
  let judge: Judge;
  beforeEach(() => {
    here = [];
    judge = new Judge({
      owner: 'cellar',
      cluster: () => '01234567',
      recordsOf: () => here,
      adopts: () => false,
    });
    judge.begins();
  });
  const reads = (...records: CloudflareRecord[]) => judge.read({ kind: 'zone', zoneId: 'z', records });

  test('nothing wrong in what is right', () => {
    reads(record('r1'));
    judge.sent(batch({ deletes: [{ id: 'r1' }] }));
    reads();
    judge.sent(create);
    expect(judge.broken).toEqual([]);
  });

  test.each([
    ['a deletion of what was not read', () => judge.sent(batch({ deletes: [{ id: 'r1' }] }))],
    [
      'a deletion of what is marked by another',
      () => {
        reads(record('r1', { comment: OURS.replace('cellar', 'attic') }));
        judge.sent(batch({ deletes: [{ id: 'r1' }] }));
      },
    ],
    [
      'a deletion by what was read for another write',
      () => {
        reads(record('r1'), record('r2'));
        judge.sent(batch({ deletes: [{ id: 'r2' }] }));
        judge.read({ kind: 'name', zoneId: 'z', name: 'other.example.com', records: [] });
        judge.sent(batch({ deletes: [{ id: 'r1' }] }));
      },
    ],
    [
      'a change of a record without a marker',
      () => {
        reads(record('r1', { comment: 'by hand' }));
        judge.sent(batch({ patches: [{ id: 'r1', content: '192.0.2.2' }] }));
      },
    ],
    ['a comment that was not read', () => judge.sent(batch({ patches: [{ id: 'r1', comment: OURS }] }))],
    [
      "a person's words taken away",
      () => {
        reads(record('r1', { comment: `ask Ann ${OURS}` }));
        judge.sent(batch({ patches: [{ id: 'r1', comment: OURS }] }));
      },
    ],
    ['a creation at a name that was not read', () => judge.sent(create)],
    [
      "a creation beside a stranger's",
      () => {
        reads(record('r1', { comment: null, type: 'CNAME', content: 'a.example.org' }));
        judge.sent(create);
      },
    ],
    [
      'a write of what was released',
      () => {
        reads(record('r1'));
        judge.released.add('r1');
        judge.sent(batch({ patches: [{ id: 'r1', content: '192.0.2.2' }] }));
      },
    ],
    [
      'a second record of one name',
      () => {
        here = [record('r1'), record('r2', { content: '192.0.2.2' })];
        judge.applied(create, new Map(), JSON.stringify({ result: { posts: [here[1]] } }));
      },
    ],
  ])('%s', (_, misdeed) => {
    misdeed();
    expect(judge.broken.length).toBeGreaterThan(0);
  });
});

describe('the books show', () => {
  const done = { name: 'n1.example.com', type: 'A', reason: 'new', outcome: 'done' };
  const effect = { kind: 'create', name: 'n1.example.com', type: 'A' } as const;
  const intent = { action: 'create', zone_id: 'z', name: 'n1.example.com', type: 'A', record_id: null };

  test('a write that was sent before it was noted', () => {
    expect(untold(create, [], NONE)).toHaveLength(1);
    expect(untold(create, [], { ...NONE, intents: [intent] })).toEqual([]);
    expect(untold(create, [], { ...NONE, history: [{ action: 'create', ...done }] })).toEqual([]);
  });

  test('a write that is in no history, and one that never was', () => {
    expect(unaccounted([effect], NONE)).toHaveLength(1);
    expect(unaccounted([effect], { ...NONE, history: [{ action: 'create', ...done }] })).toEqual([]);
    expect(unaccounted([effect], { ...NONE, intents: [intent] })).toEqual([]);
    expect(unaccounted([], { ...NONE, history: [{ action: 'create', ...done }] })).toHaveLength(1);
  });
});
