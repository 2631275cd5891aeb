import { describe, expect, test } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import { AT, claim, GONE, kept, lines, plan, record, SUBZONE, ZONE, typed, want } from './fixture.ts';

const ONE = '203.0.113.7';
const APP_NAME = 'app.example.com';
const WHY = 'its holder is gone';
const names = { [APP_NAME]: [record('r1', ONE)] };
const hourAgo = '2026-03-01T11:00:00.000Z';
const dueClaim = claim('r1', ONE, { state: 'deleting', stateReason: WHY, doomedAt: hourAgo });

describe('DELETE_DELAY', () => {
  test('begins when the evidence is first seen; nothing is read for it', () => {
    const made = plan({ claims: [claim('r1', ONE)] });
    expect(lines({ claims: [claim('r1', ONE)] })).toEqual([`row r1 deleting: ${WHY}`, 'due in 30s']);
    expect(made.rows).toMatchObject([{ claim: { doomedAt: AT } }]);
  });

  test('goes on from there', () => {
    const claims = [
      claim('r1', ONE, { state: 'deleting', stateReason: WHY, doomedAt: '2026-03-01T11:59:40.000Z' }),
    ];
    expect(lines({ claims, names })).toEqual(['due in 10s']);
  });

  test('over: the name is read, then the record deleted', () => {
    expect(lines({ claims: [dueClaim] })).toEqual(['read app']);
    expect(lines({ claims: [dueClaim], names })).toEqual(['- A app r1']);
    expect(plan({ claims: [dueClaim], names }).changes).toMatchObject([
      { unpublishes: true, drops: ['r1'], claim: undefined, reason: WHY },
    ]);
  });

  test('is forgotten when the evidence goes', () => {
    const made = plan({ claims: [dueClaim], fates: { r1: kept('pending') } });
    expect(made.rows).toMatchObject([{ claim: { state: 'pending', doomedAt: undefined } }]);
    expect(made.reads.names.size).toBe(0);
  });
});

describe('what is read', () => {
  test('the record is gone already: only its row goes', () => {
    expect(lines({ claims: [dueClaim], names: { [APP_NAME]: [] } })).toEqual(['read id r1']);
    expect(lines({ claims: [dueClaim], names: { [APP_NAME]: [] }, ids: { r1: undefined } })).toEqual([
      'row r1 dropped',
    ]);
  });

  test('renamed by a person: still ours by its marker, and deleted', () => {
    const renamed = record('r1', ONE, { name: 'else.example.com' });
    expect(lines({ claims: [dueClaim], names: { [APP_NAME]: [] }, ids: { r1: renamed } })).toEqual([
      '- A app r1',
    ]);
  });

  test('a missing record that only waits keeps its row, from which it is put back', () => {
    const claims = [claim('r1', ONE, { state: 'pending', stateReason: 'it is pending' })];
    expect(lines({ claims, fates: { r1: kept('pending') }, zone: [], ids: { r1: undefined } })).toEqual([]);
  });

  test('what stands beside it does not matter', () => {
    const beside = { [APP_NAME]: [record('r1', ONE), record('s1', ONE, { comment: '', type: 'AAAA' })] };
    expect(lines({ claims: [dueClaim], names: beside })).toEqual(['- A app r1']);
  });
});

test('a row that waits is not in place before its name was read: its record may be gone', () => {
  const waiting = claim('r1', ONE, {
    state: 'pending',
    stateReason: 'its record was deleted by somebody else',
  });
  expect(lines({ wants: [want(ONE)], claims: [waiting] })).toEqual(['read app']);
});

describe('held', () => {
  test.each([
    ['nobody need let it go', claim('r1', ONE, { state: 'held', doomedAt: '2026-03-01T11:00:00.000Z' })],
    ['it stands no more', claim('r1', ONE)],
  ])('and gone while another type is wanted there: %s', (_, gone) => {
    const scene = {
      wants: [want('a.example.net', { type: 'CNAME' })],
      claims: [gone],
      ids: { r1: undefined },
    };
    const fates = { r1: { kind: 'replaced', why: 'the name becomes CNAME' } as const };
    const theirs = record('s1', '192.0.2.1', { comment: '' });
    expect(plan({ ...scene, fates, names: { [APP_NAME]: [theirs] } }).rows).toMatchObject([
      { claim: { recordId: 'r1', state: 'pending', doomedAt: undefined } },
    ]);
  });

  const limits = { held: new Map([['r1', 'too many at once']]) };
  test('by the brake, with a line of history once, and judged anew', () => {
    const first = plan({ claims: [dueClaim], names, limits });
    expect(first.changes).toEqual([]);
    expect(first.rows).toMatchObject([
      { claim: { state: 'held', doomedAt: hourAgo }, history: { action: 'hold' } },
    ]);
    const held = claim('r1', ONE, { state: 'held', stateReason: WHY, doomedAt: hourAgo });
    expect(lines({ claims: [held], names, limits })).toEqual([]);
    expect(lines({ claims: [held], wants: [want(ONE)], names })).toEqual(['row r1 active']);
  });

  test('no more: its delay begins anew, unless a person let it go', () => {
    const held = claim('r1', ONE, { state: 'held', stateReason: WHY, doomedAt: hourAgo });
    expect(lines({ claims: [held], names })).toEqual([`row r1 deleting: ${WHY}`, 'due in 30s']);
    expect(plan({ claims: [held], names }).rows).toMatchObject([{ claim: { doomedAt: AT } }]);
    expect(lines({ claims: [held], names, limits: { approved: new Set(['r1']) } })).toEqual(['- A app r1']);
  });

  test('while not all zones were read it waits, and what is held stays held', () => {
    expect(lines({ claims: [dueClaim], names, limits: { unjudged: true } })).toEqual(['due in 0.2s']);
    const held = claim('r1', ONE, { state: 'held', stateReason: WHY, doomedAt: hourAgo });
    expect(lines({ claims: [held], names, limits: { unjudged: true } })).toEqual(['due in 0.2s']);
  });

  test('by upsert-only, until `full` returns', () => {
    const strategy = { strategy: 'upsert-only' } as const;
    expect(lines({ claims: [claim('r1', ONE)], names, limits: strategy })).toEqual([
      `row r1 held: ${WHY}; STRATEGY is upsert-only`,
    ]);
    const held = claim('r1', ONE, {
      state: 'held',
      stateReason: `${WHY}; STRATEGY is upsert-only`,
      doomedAt: hourAgo,
    });
    expect(lines({ claims: [held], names, limits: strategy })).toEqual([]);
    expect(lines({ claims: [held], names })).toEqual([`row r1 deleting: ${WHY}`, 'due in 30s']);
  });
});

describe('upsert-only', () => {
  const limits = { strategy: 'upsert-only' } as const;
  test('still creates, changes and adopts', () => {
    expect(lines({ wants: [want(ONE)], names: { [APP_NAME]: [] }, limits })).toHaveLength(1);
    expect(lines({ wants: [want('192.0.2.1')], claims: [claim('r1', ONE)], limits })).toEqual([
      '~ A app r1 content=192.0.2.1',
    ]);
  });

  test('a change of type is reported', () => {
    const fates = { r1: { kind: 'replaced', why: 'the name becomes CNAME' } as const };
    const scene = {
      wants: [want('x.example.net', typed('CNAME'))],
      claims: [claim('r1', ONE)],
      fates,
      names,
    };
    expect(lines({ ...scene, limits })).toEqual(['! Pending CNAME app']);
  });

  test('a move between zones is reported', () => {
    const scene = { wants: [want(ONE, { zone: SUBZONE })], claims: [claim('r1', ONE)] };
    const fates = { r1: { kind: 'moved', to: SUBZONE } as const };
    const there = lines({ ...scene, fates, limits, of: SUBZONE, names: { [APP_NAME]: [] } });
    expect(there).toEqual(['! Pending A app']);
  });

  test('a record too many stays', () => {
    const claims = [claim('r1', ONE), claim('r2', '192.0.2.1')];
    const zone = [record('r1', ONE), record('r2', '192.0.2.1')];
    expect(lines({ wants: [want(ONE)], claims, zone, limits })).toEqual([]);
  });
});

describe('no deletions without a person’s word', () => {
  const limits = { noDeletions: 'nothing is deleted' };
  const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)], limits };

  test('hold a record whose type somebody changed, until it is approved', () => {
    const retyped = { [APP_NAME]: [record('r1', 'x.example.net', typed('CNAME'))] };
    expect(lines({ ...scene, names: retyped })).toEqual([
      'row r1 held: its type was changed; nothing is deleted',
      '! Pending A app',
    ]);
    const approved = new Set(['r1']);
    expect(lines({ ...scene, names: retyped, limits: { ...limits, approved } })).toContain('- CNAME app r1');
  });

  test('hold one too many', () => {
    const claims = [claim('r1', ONE), claim('r2', '203.0.113.8')];
    const both = { [APP_NAME]: [record('r1', ONE), record('r2', '203.0.113.8')] };
    expect(lines({ ...scene, claims, names: both })).toEqual([
      'row r2 held: one of ours too many for A app.example.com; nothing is deleted',
    ]);
  });
});

describe('left', () => {
  const left = claim('r1', ONE, { state: 'left', stateReason: 'it is left' });
  const scene = { claims: [left], fates: { r1: kept('left') } };
  test('is never changed or deleted', () => {
    expect(lines({ ...scene, names })).toEqual([]);
    expect(lines({ ...scene, names: { [APP_NAME]: [record('r1', '192.0.2.1', { comment: '' })] } })).toEqual(
      [],
    );
  });
  test('goes by approval, by its marker alone', () => {
    const limits = { approved: new Set(['r1']) };
    expect(lines({ ...scene, limits })).toEqual(['read app']);
    expect(lines({ ...scene, names, limits })).toEqual(['- A app r1']);
  });
  test('stays under upsert-only, whatever was approved', () => {
    const limits = { approved: new Set(['r1']), strategy: 'upsert-only' } as const;
    expect(lines({ ...scene, names, limits })).toEqual([]);
  });
  test('a source that wants the name has it back, once it was read', () => {
    const wants = [want(ONE)];
    expect(lines({ wants, claims: [left] })).toEqual(['read app']);
    expect(lines({ wants, claims: [left], names })).toEqual(['row r1 active']);
  });
  test('its row goes when the record is gone', () => {
    expect(lines({ ...scene, zone: [], ids: { r1: undefined } })).toEqual(['row r1 dropped']);
  });
});

describe('orphans', () => {
  const elsewhere = 'record-owner-id=me 22222222:HTTPRoute/web/app';
  const zone = [
    record('o1', ONE, { comment: elsewhere }),
    record('o2', ONE, { name: 'b.example.com', comment: elsewhere }),
  ];
  test('one beside ours is not needed for the name: it is neither marked nor deleted without a word', () => {
    const theirs = record('o1', '203.0.113.99', { comment: elsewhere });
    const zone = [record('r1', ONE), theirs];
    const scene = { wants: [want(ONE)], claims: [claim('r1', ONE)] };
    expect(lines({ ...scene, zone })).toEqual(['orphan o1']);
    expect(lines({ ...scene, names: { [APP_NAME]: zone } })).toEqual([]);
    const approved = lines({ ...scene, zone, limits: { approved: new Set(['o1']) } });
    expect(approved).toContain('- A app o1');
  });

  test('one with the wanted content beside ours that was changed keeps ours out: it is not taken in its stead', () => {
    const theirs = record('o1', ONE, { comment: elsewhere });
    const zone = [record('r1', '203.0.113.99'), theirs];
    expect(lines({ wants: [want(ONE)], claims: [claim('r1', ONE)], zone })).toEqual([
      '! RecordConflict A app',
      'orphan o1',
    ]);
  });

  test('are left, and go by approval of their id alone', () => {
    expect(lines({ zone })).toEqual(['orphan o1', 'orphan o2']);
    expect(lines({ zone, limits: { approved: new Set(['o2']) } })).toEqual([
      '- A b o2',
      'orphan o1',
      'orphan o2',
    ]);
  });
  test('stay under upsert-only, whatever was approved', () => {
    const limits = { approved: new Set(['o2']), strategy: 'upsert-only' } as const;
    expect(lines({ zone, limits })).toEqual(['orphan o1', 'orphan o2']);
  });
  test('only while the marker still says so', () => {
    const approved = new Set(['o1', 'o2', 'o3']);
    const changed = [
      record('o1', ONE, { comment: '' }),
      record('o2', ONE, { comment: 'record-owner-id=somebody' }),
      record('o3', ONE, { comment: elsewhere, readOnly: true }),
    ];
    expect(lines({ zone: changed, limits: { approved } })).toEqual([]);
  });
  test('nothing is known of them while the zone was not listed', () => {
    expect(
      plan({ claims: [claim('r1', ONE)], limits: { approved: new Set(['o1']) } }).orphans,
    ).toBeUndefined();
  });
});

describe('move to another zone', () => {
  const fates = { r1: { kind: 'moved', to: SUBZONE } as const };
  const here = claim('r1', ONE);
  const there = (more: Partial<Claim> = {}) =>
    claim('r2', ONE, { zoneId: 'z2', zoneName: SUBZONE.name, ...more });
  const wants = [want(ONE, { zone: SUBZONE })];

  test('the old record stays until the new one is confirmed, then, after the delay, it goes by its marker', () => {
    expect(lines({ wants, claims: [here], fates, names })).toEqual([
      'row r1 pending: moves to zone sub.example.com once its record there is confirmed',
    ]);
    expect(lines({ wants, claims: [here, there()], fates, names })).toEqual([
      'row r1 deleting: moved to zone sub.example.com',
      'due in 30s',
    ]);
    const why = 'moved to zone sub.example.com';
    const waited = claim('r1', ONE, { state: 'deleting', stateReason: why, doomedAt: hourAgo });
    expect(lines({ wants, claims: [waited, there()], fates })).toEqual(['read app']);
    expect(lines({ wants, claims: [waited, there()], fates, names })).toEqual(['- A app r1']);
    expect(plan({ wants, claims: [waited, there()], fates, names }).changes[0]?.unpublishes).toBe(false);
  });

  test('not while the record there is gone and not made again, though its row stood as active', () => {
    const scene = { of: SUBZONE, wants, claims: [there(), here], ids: { r2: undefined } };
    const pending = 'row r2 pending: its record was deleted by somebody else';
    expect(lines({ ...scene, zone: [] })).toContain(pending);
    expect(lines({ wants, claims: [here, there({ state: 'pending' })], fates, names })).toEqual([
      'row r1 pending: moves to zone sub.example.com once its record there is confirmed',
    ]);
  });

  test.each(['pending', 'moved', 'initializing'])(
    'not out of a longer zone that only is %s: its status may be another at the next look',
    (status) => {
      const inSub = claim('r2', ONE, { zoneId: SUBZONE.id, zoneName: SUBZONE.name });
      const scene = {
        of: { ...SUBZONE, status },
        wants: [want(ONE)],
        claims: [inSub, claim('r1', ONE)],
        fates: { r2: { kind: 'moved', to: ZONE } as const },
        names: { [APP_NAME]: [record('r2', ONE, { zoneId: SUBZONE.id })] },
      };
      expect(lines(scene)).toEqual([
        `row r2 pending: zone sub.example.com has status "${status}": stays there, beside the one in zone example.com`,
      ]);
      const due = { doomedAt: hourAgo, state: 'deleting' } as const;
      expect(lines({ ...scene, claims: [{ ...inSub, ...due }, claim('r1', ONE)] })).toHaveLength(1);
    },
  );

  test('not out of a zone of the same name whose place another took: resolvers go on asking its name servers', () => {
    const old = { ...ZONE, status: 'moved' };
    const taken = { ...ZONE, id: 'z9' };
    const scene = {
      of: old,
      wants: [{ ...want(ONE), zone: taken }],
      claims: [
        claim('r1', ONE, { doomedAt: hourAgo, state: 'deleting' }),
        claim('r2', ONE, { zoneId: taken.id, zoneName: taken.name }),
      ],
      fates: { r1: { kind: 'moved', to: taken } as const, r2: { kind: 'wanted' } as const },
      names: { [APP_NAME]: [record('r1', ONE)] },
    };
    expect(lines(scene)).toEqual([
      'row r1 pending: zone example.com has status "moved": stays there, beside the one in zone example.com',
    ]);
  });

  test('held back like any deletion, where nothing at all may be deleted', () => {
    const limits = { held: new Map([['r1', 'the ledger was written for another cluster']]) };
    expect(lines({ wants, claims: [here, there()], fates, names, limits })).toEqual([
      'row r1 held: moved to zone sub.example.com',
    ]);
  });

  test.each(['pending', 'frozen', 'suspended', 'held', 'released'] as const)(
    'not for one that is %s',
    (state) => {
      expect(lines({ wants, claims: [here, there({ state })], fates, names })[0]).toMatch(/^row r1 pending/);
    },
  );

  test('not for one of another type: A may stand while AAAA is refused', () => {
    const six = there({ ...typed('AAAA'), content: '2001:db8::7' });
    expect(lines({ wants, claims: [here, six], fates, names })[0]).toMatch(/^row r1 pending/);
  });

  test('nor for one in a third zone', () => {
    expect(lines({ wants, claims: [here, there({ zoneId: 'z3' })], fates, names })[0]).toMatch(
      /^row r1 pending/,
    );
  });
});

test('a row that the cluster was not asked about is kept', () => {
  const made = plan({ claims: [claim('r1', ONE)], fates: { r1: GONE }, names });
  expect(made.changes).toEqual([]);
  const input = { claims: [dueClaim], fates: { r1: kept('pending') }, zone: [record('r1', ONE)] };
  expect(lines(input)).toEqual(['row r1 pending: it is pending']);
});

test('of a name that a source wants again nothing is ever deleted for being doomed once', () => {
  expect(lines({ claims: [dueClaim], wants: [want(ONE)], names })).toEqual(['row r1 active']);
});
