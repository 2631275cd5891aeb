import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from '../../src/domain/entry.ts';
import { planAct, type ActInput, type ActPlan, type ActRequest } from '../../src/plan/act-plan.ts';
import { auditZone } from '../../src/plan/audit.ts';
import {
  APP,
  claim,
  host,
  inputOf,
  kept,
  MARKER,
  OTHER,
  plan as planOf,
  record,
  typed,
  want,
  type Scene,
} from './fixture.ts';

const NAME = host('app.example.com');
const RELEASE: ActRequest = { kind: 'release', name: NAME, restore: false };
const RESTORE: ActRequest = { kind: 'release', name: NAME, restore: true };
const UNINSTALL: ActRequest = { kind: 'uninstall', keepRecords: false };

interface ActScene extends Scene {
  readonly history?: readonly HistoryEntry[];
}

function act(request: ActRequest, scene: ActScene): ActPlan {
  const input: ActInput = {
    ...inputOf(scene),
    history: () => scene.history ?? [],
  };
  return planAct(request, input);
}

/** What an act writes, as `action kind id`. */
function writes({ changes }: ActPlan): string[] {
  return changes.map(
    ({ action, write }) => `${action} ${write.kind} ${'id' in write ? write.id : write.content}`,
  );
}

function adopted(content: string, type: 'A' | 'CNAME' = 'A'): HistoryEntry {
  const before = { name: NAME, type, content, ttl: 'auto' as const, proxied: false };
  const facts = { at: '2026-03-01T12:00:00.000Z', zoneName: 'example.com', name: NAME, type };
  return { ...facts, action: 'adopt', before, after: before, reason: '', holder: '', outcome: 'done' };
}

function deleted(reason: string): HistoryEntry {
  return { ...adopted('192.0.2.1'), action: 'delete', after: undefined, reason };
}

const ADOPTED = claim('r1', '192.0.2.1', { adopted: true });

describe.each([
  ['release', RELEASE],
  ['uninstall', UNINSTALL],
  ['uninstall --keep-records', { kind: 'uninstall', keepRecords: true } as const],
])('%s', (_, request) => {
  test.each([
    ['bears no marker', record('r1', '192.0.2.1', { comment: 'mine' })],
    ['bears no marker and was changed', record('r1', '192.0.2.9', { comment: '' })],
    ['bears another owner', record('r1', '192.0.2.1', { comment: 'record-owner-id=somebody' })],
    [
      'bears us, but another cluster',
      record('r1', '192.0.2.1', { comment: 'record-owner-id=me 22222222:x' }),
    ],
    ['is read-only', record('r1', '192.0.2.1', { readOnly: true })],
  ])('writes nothing to a record that %s; only its row goes', (_why, read) => {
    const plan = act(request, {
      claims: [claim('r1', '192.0.2.1')],
      wants: [want('192.0.2.1')],
      zone: [read],
    });
    expect(writes(plan)).toEqual([]);
    expect(plan.rows).toMatchObject([{ kind: 'drop', recordId: 'r1', history: { action: 'release' } }]);
  });

  test.each([
    ['is suspended', { fates: { r1: kept('suspended') } }],
    ['is protected', { protectedNames: [NAME] }],
  ])('leaves a record that %s exactly as it is, row included, and says so', (_why, more) => {
    const plan = act(request, {
      claims: [claim('r1', '192.0.2.1')],
      zone: [record('r1', '192.0.2.1')],
      ...more,
    });
    expect([...writes(plan), ...plan.rows]).toEqual([]);
    expect(plan.notes).toHaveLength(1);
  });

  test('touches no record without a row', () => {
    const zone = [
      record('r9', '192.0.2.9', { comment: '' }),
      record('r8', '192.0.2.8', { comment: 'record-owner-id=x' }),
    ];
    expect(act(request, { zone })).toMatchObject({ changes: [], rows: [] });
  });
});

describe('release', () => {
  test('keeps a person’s words in the comment, and all fields', () => {
    const read = record('r1', '192.0.2.1', {
      proxied: true,
      comment: 'ours since 2019 record-owner-id=me 11111111:x',
    });
    const plan = act(RELEASE, { claims: [claim('r1', '192.0.2.1')], zone: [read] });
    expect(plan.changes.map(({ write }) => write)).toEqual([
      { kind: 'update', id: 'r1', comment: 'ours since 2019' },
    ]);
    expect(plan.refuse).toEqual([{ name: NAME, holder: APP }]);
  });

  test('lets a record go that was left', () => {
    const left = claim('r1', '192.0.2.1', { state: 'left' });
    const plan = act(RELEASE, {
      claims: [left],
      fates: { r1: kept('left') },
      zone: [record('r1', '192.0.2.1')],
    });
    expect(writes(plan)).toEqual(['release update r1']);
  });

  test('puts back the content that adopt found, and no earlier release’s', () => {
    const scene = { claims: [ADOPTED], zone: [record('r1', '192.0.2.1')] };
    const once = act(RESTORE, {
      ...scene,
      history: [adopted('198.51.100.7'), adopted('198.51.100.6', 'CNAME')],
    });
    expect(once.changes.at(-1)?.write).toMatchObject({ content: expect.stringMatching(/^198/) });
    const released = { ...adopted('x'), action: 'release' as const };
    const since = act(RESTORE, { ...scene, history: [released, adopted('198.51.100.7')] });
    expect(writes(since)).toEqual([]);
    expect(since.notes).toEqual([expect.stringMatching(/no record there was adopted/)]);
    const restored = { ...adopted('x'), action: 'delete' as const, reason: 'released by a person; put back' };
    const again = act(RESTORE, { ...scene, history: [restored, adopted('198.51.100.7')] });
    expect(writes(again)).toEqual([]);
  });

  test('takes a try whose answer was lost, and the one after it, for one adoption', () => {
    const settled = { ...adopted('198.51.100.7'), action: 'settle' as const, outcome: 'landed' };
    const first = { ...settled, reason: 'adopt begun at 2026-03-01T12:00:00.000Z' };
    const plan = act(RESTORE, {
      claims: [ADOPTED],
      zone: [record('r1', '192.0.2.1')],
      history: [first, adopted('198.51.100.7')],
    });
    expect(plan.changes).toMatchObject([{ write: { id: 'r1', content: '198.51.100.7' } }]);
  });

  test.each([
    ['several of one type', [adopted('198.51.100.7'), adopted('198.51.100.8')], {}, /several/],
    [
      'a deletion, with upsert-only',
      [adopted('x.example.net', 'CNAME')],
      { strategy: 'upsert-only' as const },
      /upsert-only/,
    ],
  ])('puts nothing back where that means %s', (_why, history, limits, note) => {
    const plan = act(RESTORE, {
      claims: [ADOPTED],
      zone: [record('r1', '192.0.2.1')],
      history,
      limits,
    });
    expect([...writes(plan), ...plan.rows, ...plan.refuse]).toEqual([]);
    expect(plan.notes).toEqual([expect.stringMatching(note)]);
  });

  test('puts a CNAME back in one batch with the deletion of the address', () => {
    const plan = act(RESTORE, {
      claims: [ADOPTED],
      zone: [record('r1', '192.0.2.1')],
      history: [adopted('x.example.net', 'CNAME')],
    });
    expect(writes(plan)).toEqual(['delete delete r1', 'create create x.example.net']);
    expect(plan.changes.map(({ name }) => name)).toEqual([NAME, NAME]);
  });

  test.each([
    [
      'a type that went since',
      claim('r2', '2001:db8::1', { type: 'AAAA', adopted: true }),
      record('r2', '2001:db8::1', { type: 'AAAA' }),
    ],
    ['a record that was renamed', ADOPTED, record('r1', '192.0.2.1', { name: 'moved.example.com' })],
  ])('puts %s not back beside a stranger’s record', (_why, row, ours) => {
    const plan = act(RESTORE, {
      claims: [row],
      zone: [ours, record('s1', '198.51.100.99', { comment: '' })],
      history: [adopted('198.51.100.7')],
    });
    expect([...writes(plan), ...plan.rows, ...plan.refuse]).toEqual([]);
    expect(plan.notes).toEqual([expect.stringMatching(/record s1\) stands there/)]);
  });

  test.each([
    ['since then was deleted', ADOPTED, [deleted('the source is gone'), adopted('198.51.100.7')]],
    ['is another record', claim('r1', '192.0.2.1'), [adopted('198.51.100.7')]],
  ])('puts nothing back of an adopted record that %s', (_why, row, history) => {
    const plan = act(RESTORE, { claims: [row], zone: [record('r1', '192.0.2.1')], history });
    expect([...writes(plan), ...plan.rows, ...plan.refuse]).toEqual([]);
    expect(plan.notes).toEqual([expect.stringMatching(/no record there was adopted/)]);
  });

  test('puts back what adopt found before the type was changed', () => {
    const retyped = want('x.example.net', { type: 'CNAME' });
    const { changes: changed } = planOf({
      claims: [ADOPTED],
      wants: [retyped],
      zone: [record('r1', '192.0.2.1')],
    });
    const created = changed.find(({ action }) => action === 'create');
    expect(created?.claim).toMatchObject({ type: 'CNAME', adopted: true });
    const reason = changed.find(({ action }) => action === 'delete')?.reason ?? '';
    const plan = act(RESTORE, {
      claims: [claim('r2', 'x.example.net', { type: 'CNAME', adopted: true })],
      zone: [record('r2', 'x.example.net', { type: 'CNAME', comment: `mine ${MARKER}` })],
      history: [deleted(reason), adopted('198.51.100.7')],
    });
    expect(plan.changes.at(-1)?.write).toMatchObject({ kind: 'create', comment: 'mine' });
    expect(writes(plan)).toEqual(['delete delete r2', 'create create 198.51.100.7']);
  });
});

test('release refuses the name also to a source that had lost it, and would take the record again', () => {
  const plan = act(RELEASE, {
    claims: [claim('r1', '192.0.2.1')],
    wants: [want('192.0.2.1')],
    losers: [want('192.0.2.2', { source: OTHER, adopt: true })],
    zone: [record('r1', '192.0.2.1')],
  });
  expect(plan.refuse.map(({ holder }) => holder)).toEqual([APP, OTHER]);
});

test('uninstall --keep-records takes only the marker off a record that was renamed', () => {
  const plan = act(
    { kind: 'uninstall', keepRecords: true },
    { claims: [claim('r1', '192.0.2.1')], zone: [record('r1', '192.0.2.1', { name: 'moved.example.com' })] },
  );
  expect(plan.changes.map(({ write }) => write)).toEqual([{ kind: 'update', id: 'r1', comment: '' }]);
});

test('uninstall takes only the marker off a record that was left', () => {
  const left = claim('r1', '192.0.2.1', { state: 'left' });
  const plan = act(UNINSTALL, { claims: [left], zone: [record('r1', '192.0.2.1')] });
  expect(writes(plan)).toEqual(['release update r1']);
});

describe('adopt', () => {
  const bare = (id: string, content: string, more = {}) => record(id, content, { comment: '', ...more });

  test('takes as many as are wanted, and marks the rest', () => {
    const zone = [bare('r1', '198.51.100.1'), bare('r2', '192.0.2.1')];
    const plan = act({ kind: 'adopt', name: NAME }, { wants: [want('192.0.2.1')], zone });
    expect(plan.changes.map(({ write }) => write)).toMatchObject([
      { id: 'r2', comment: expect.stringMatching(/^record-owner-id=me/) },
      { id: 'r1', comment: expect.stringMatching(/^record-owner-id=me/) },
    ]);
    expect(plan.changes.map(({ write }) => 'content' in write)).toEqual([false, false]);
  });

  test.each([
    [
      'another owner’s',
      [bare('r1', '198.51.100.1'), record('r2', '192.0.2.2', { comment: 'record-owner-id=x' })],
    ],
    [
      'claimed by external-dns',
      [
        bare('r1', '198.51.100.1'),
        bare('t1', '"heritage=external-dns,external-dns/owner=x"', {
          type: 'TXT',
          name: 'a-app.example.com',
        }),
      ],
    ],
  ])('takes none where one is %s', (_why, zone) => {
    const plan = act({ kind: 'adopt', name: NAME }, { wants: [want('192.0.2.1')], zone });
    expect(writes(plan)).toEqual([]);
    expect(plan.notes).toHaveLength(1);
  });

  test('--identical leaves a name alone where one record is not as wanted', () => {
    const wants = [want('192.0.2.1')];
    const identical = (zone: readonly ReturnType<typeof bare>[]) =>
      writes(act({ kind: 'adopt-identical' }, { wants, zone }));
    expect(identical([bare('r1', '192.0.2.1')])).toEqual(['adopt update r1']);
    expect(identical([bare('r1', '192.0.2.1'), bare('r2', '192.0.2.2')])).toEqual([]);
    expect(identical([bare('r1', '192.0.2.2')])).toEqual([]);
    expect(identical([bare('r1', 'x.example.net', typed('CNAME'))])).toEqual([]);
  });
});

test('audit counts no ttl or proxying that nobody wrote as drift', () => {
  const read = record('r1', '192.0.2.1', { proxied: true, ttl: 300 });
  const scene = { claims: [claim('r1', '192.0.2.1')], wants: [want('192.0.2.1')], zone: [read] };
  expect(auditZone(inputOf(scene))).toEqual([]);
  const written = claim('r1', '192.0.2.1', { proxiedWritten: true });
  expect(auditZone(inputOf({ ...scene, claims: [written] }))).toMatchObject([{ kind: 'drifted' }]);
});

test.each([RELEASE, UNINSTALL, { kind: 'uninstall', keepRecords: true } as const])(
  '$kind leaves a record as it is that a person renamed onto a protected name, and says so',
  (request) => {
    const plan = act(request, {
      claims: [claim('r1', '192.0.2.1')],
      wants: [want('192.0.2.1')],
      zone: [record('r1', '192.0.2.1', { name: 'vip.example.com' })],
      protectedNames: ['vip.example.com'],
    });
    expect(writes(plan)).toEqual([]);
    expect(plan.notes.join()).toContain('PROTECTED_NAMES has vip.example.com');
  },
);
