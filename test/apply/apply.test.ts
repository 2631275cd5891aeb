import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.ts';
import type { Outcome } from '../../src/apply/outcome.ts';
import type { ApplyPorts } from '../../src/apply/ports.ts';
import type { ApiProblemKind } from '../../src/domain/write.ts';
import type { Change } from '../../src/plan/plan.ts';
import { record, ZONE } from '../plan/fixture.ts';
import { changesOf, claimsOf, creations, deletions, namesOf, recordsOf, updates } from './changes.ts';
import { Scene } from './fixture.ts';

function apply(scene: Scene, changes: readonly Change[], more: Partial<ApplyPorts> = {}) {
  return applyPlan({ zone: ZONE, changes }, scene.ports(more));
}

function tally(outcomes: readonly Outcome[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(outcomes, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]),
  );
}

/** A world in which these names have records of ours, in Cloudflare and in the ledger. */
function sceneOf(names: readonly string[]): Scene {
  const scene = new Scene();
  for (const each of recordsOf(names)) scene.cloudflare.put(each);
  scene.ledger.write((writer) => {
    for (const each of claimsOf(names)) writer.putClaim(each);
  });
  return scene;
}

describe('what went well', () => {
  test('is intended before, settled after, and in the history', async () => {
    const scene = new Scene();
    expect(tally(await apply(scene, creations(namesOf(3))))).toEqual({ done: 3 });
    expect(scene.intentsAtBatch).toEqual([3]);
    expect(scene.ledger.read.intents()).toEqual([]);
    const rows = scene.ledger.read.claims();
    expect(rows.map(({ recordId }) => recordId).sort()).toEqual([...scene.cloudflare.records.keys()].sort());
    expect(scene.ledger.read.history({}).map(({ action, outcome }) => [action, outcome])).toEqual(
      Array.from({ length: 3 }, () => ['create', 'done']),
    );
  });

  test('the row has what Cloudflare answered, by the order of the writes', async () => {
    const names = namesOf(3);
    const scene = sceneOf(names);
    await apply(scene, [...updates(names.slice(0, 2)), ...creations(['new.example.com'], 2)]);
    for (const row of scene.ledger.read.claims()) {
      const there = scene.cloudflare.records.get(row.recordId);
      expect([row.name, row.content]).toEqual([there?.name, there?.content]);
    }
    expect(scene.ledger.read.claims()).toHaveLength(5);
  });

  test('but with another proxying or TTL than was asked for, is refused in part: ours as it is, and told', async () => {
    const scene = new Scene();
    const changes = creations(namesOf(2)).map((change, index) => {
      const fields = { ttl: 300, proxied: index === 1 } as const;
      return { ...change, write: { ...change.write, ...fields } };
    });
    const batch: ApplyPorts['batch'] = async (_zone, writes) => {
      const answer = scene.cloudflare.batch(ZONE.id, writes);
      if (!answer.ok) return answer;
      const created = answer.value.created.map((each) => ({ ...each, ttl: 120, proxied: false }));
      return { ok: true, value: { ...answer.value, created } };
    };
    const outcomes = await apply(scene, changes, { batch });
    expect(outcomes.map(({ kind, ...rest }) => [kind, 'problem' in rest && rest.problem.message])).toEqual([
      ['refused', 'it was carried out, but with ttl=120 where 300 was asked for'],
      ['refused', 'it was carried out, but with proxied=false where true was asked for'],
    ]);
    expect(scene.ledger.read.claims()).toMatchObject([
      { ttl: 120, proxied: false, state: 'active' },
      { ttl: 120, proxied: false, state: 'active' },
    ]);
    expect(scene.ledger.read.intents()).toEqual([]);
    for (const { outcome } of scene.ledger.read.history({})) expect(outcome).toMatch(/^refused in part: /);
  });

  test('a deletion takes the row and its approval away', async () => {
    const names = namesOf(1);
    const scene = sceneOf(names);
    scene.ledger.write((writer) =>
      writer.approve([
        { recordId: 'r0', zoneId: 'z1', name: names[0] ?? '', type: 'A', at: '2026-03-01T12:00:00.000Z' },
      ]),
    );
    await apply(scene, deletions(names));
    expect(scene.ledger.read.claims()).toEqual([]);
    expect(scene.ledger.read.approvals().size).toBe(0);
    expect(scene.cloudflare.records.size).toBe(0);
  });

  test('an approval that was not needed in the end does not lie in wait', async () => {
    const names = namesOf(1);
    const scene = sceneOf(names);
    scene.ledger.write((writer) =>
      writer.approve([
        { recordId: 'r0', zoneId: 'z1', name: names[0] ?? '', type: 'A', at: '2026-03-01T12:00:00.000Z' },
      ]),
    );
    await apply(scene, updates(names));
    expect(scene.ledger.read.approvals().size).toBe(0);
  });

  test('nothing to do is no call and no write', async () => {
    const scene = new Scene();
    expect(await apply(scene, [])).toEqual([]);
    expect(scene.batches).toEqual([]);
  });
});

describe('one bad record', () => {
  test.each([0, 77, 199])(
    'is found, the rest is applied, and the calls are few (the bad one at %i)',
    async (bad) => {
      const names = namesOf(200);
      const scene = new Scene();
      scene.spoil = (writes) =>
        writes.some((write) => write.kind === 'create' && write.name === names[bad])
          ? { kind: 'invalid' }
          : undefined;
      const outcomes = await apply(scene, creations(names));
      expect(tally(outcomes)).toEqual({ done: 199, refused: 1 });
      expect(outcomes.find(({ kind }) => kind === 'refused')?.change.name).toBe(names[bad]);
      expect(scene.batches.length).toBeLessThanOrEqual(2 * 8 + 1);
      expect(scene.ledger.read.intents()).toEqual([]);
      expect(
        scene.ledger.read.history({}).filter(({ outcome }) => outcome.startsWith('refused')),
      ).toHaveLength(1);
    },
  );

  test('its name is refused as a whole, for a name is one transaction', async () => {
    const scene = new Scene();
    scene.cloudflare.put(record('s1', '192.0.2.2', { name: 'a.example.com', comment: '' }));
    const outcomes = await apply(scene, creations(['a.example.com', 'b.example.com'], 2));
    expect(tally(outcomes)).toEqual({ refused: 2, done: 2 });
    expect(
      [...scene.cloudflare.records.values()].filter(({ name }) => name === 'a.example.com'),
    ).toHaveLength(1);
  });

  test('each change has one outcome, whatever is refused', async () => {
    const names = namesOf(31);
    const scene = new Scene();
    scene.spoil = (writes) =>
      writes.some((write) => write.kind === 'create' && /[37]\./.test(write.name))
        ? { kind: 'invalid' }
        : undefined;
    const outcomes = await apply(scene, creations(names), { batchLimit: 10 });
    expect(outcomes.map(({ change }) => change.name).sort()).toEqual(names);
    expect(tally(outcomes)).toEqual({ done: 25, refused: 6 });
  });
});

describe('in doubt', () => {
  test.each([true, false])('keeps the intents open and tries nothing more (landed: %s)', async (lands) => {
    const scene = new Scene();
    scene.spoil = () => ({ kind: 'in-doubt', lands });
    const outcomes = await apply(scene, creations(namesOf(4)), { batchLimit: 2 });
    expect(tally(outcomes)).toEqual({ 'in-doubt': 2, 'not-tried': 2 });
    expect(scene.batches).toHaveLength(1);
    expect(scene.ledger.read.intents()).toHaveLength(2);
    expect(scene.ledger.read.claims()).toEqual([]);
  });
});

describe('a ledger that refuses', () => {
  test('before the write: no call', async () => {
    const scene = new Scene();
    scene.refuseLedgerWrite = [1];
    expect(tally(await apply(scene, creations(namesOf(2))))).toEqual({ 'not-tried': 2 });
    expect(scene.batches).toEqual([]);
  });

  test('after the write: in doubt, the intents still open', async () => {
    const scene = new Scene();
    scene.refuseLedgerWrite = [2];
    expect(tally(await apply(scene, creations(namesOf(4)), { batchLimit: 2 }))).toEqual({
      'in-doubt': 2,
      'not-tried': 2,
    });
    expect(scene.ledger.read.intents()).toHaveLength(2);
    expect(scene.cloudflare.records.size).toBe(2);
  });
});

describe('answers that concern all stop everything', () => {
  test.each<ApiProblemKind>(['unavailable', 'rate-limited', 'token-refused', 'forbidden', 'misconfigured'])(
    '%s',
    async (kind) => {
      const scene = new Scene();
      scene.spoil = () => ({ kind });
      expect(tally(await apply(scene, creations(namesOf(6)), { batchLimit: 2 }))).toEqual({ 'not-tried': 6 });
      expect(scene.batches).toHaveLength(1);
      expect(scene.ledger.read.intents()).toEqual([]);
      expect(scene.ledger.read.history({})).toEqual([]);
    },
  );

  test('what was done before stays done', async () => {
    const scene = new Scene();
    scene.spoil = () => (scene.batches.length > 1 ? { kind: 'rate-limited' } : undefined);
    expect(tally(await apply(scene, creations(namesOf(6)), { batchLimit: 2 }))).toEqual({
      done: 2,
      'not-tried': 4,
    });
  });
});

describe('a full zone', () => {
  test('takes no creates more, but updates, deletions and changes of type', async () => {
    const names = namesOf(40);
    const scene = sceneOf(names);
    scene.cloudflare.quota = 40;
    const fresh = Array.from({ length: 40 }, (_, index) => `a${index}.example.com`);
    const retyped = changesOf({
      wants: [{ ...firstWant('n039.example.com'), type: 'CNAME' }],
      claims: claimsOf(names).slice(39),
      fates: { r0: { kind: 'replaced', why: 'the name becomes CNAME' } },
      zone: recordsOf(names).slice(39),
    });
    const changes = [...creations(fresh), ...updates(names.slice(0, 30)), ...retyped];
    const outcomes = await apply(scene, changes);
    const failed = outcomes.filter(({ kind }) => kind !== 'done').map(({ change }) => String(change.name));
    expect(failed.sort()).toEqual(fresh.toSorted());
    expect(scene.batches.length).toBeLessThanOrEqual(20);
  });
});

function firstWant(name: string) {
  const [change] = creations([name]);
  if (change?.claim === undefined) throw new Error('a create has a row');
  const { holder, mode } = change.claim;
  if (holder === undefined) throw new Error('a create has a holder');
  return {
    source: holder,
    zone: ZONE,
    name: change.name,
    standing: { kind: 'publish' as const, contents: ['x.example.net'] },
    mode,
    via: undefined,
    ttl: { value: 'auto' as const, written: false },
    proxied: { value: false, written: false },
    adopt: false,
  };
}

describe('Cloudflare is not as the plan thought', () => {
  test('planned by the ledger: one call, since a list tells more than halves', async () => {
    const names = namesOf(100);
    const scene = sceneOf(names);
    scene.cloudflare.remove('r50');
    expect(tally(await apply(scene, updates(names), { listed: false }))).toEqual({ stale: 100 });
    expect(scene.batches).toHaveLength(1);
    expect(scene.ledger.read.intents()).toEqual([]);
  });

  test('planned by a list: found by halves, and told', async () => {
    const names = namesOf(100);
    const scene = sceneOf(names);
    scene.cloudflare.remove('r50');
    const outcomes = await apply(scene, updates(names));
    expect(tally(outcomes)).toEqual({ done: 99, refused: 1 });
  });

  test.each<ApiProblemKind>(['not-found', 'exists', 'type-conflict'])('a single change, %s', async (kind) => {
    const scene = new Scene();
    scene.spoil = () => ({ kind });
    expect(tally(await apply(scene, creations(namesOf(1)), { listed: false }))).toEqual({ stale: 1 });
    expect(tally(await apply(scene, creations(namesOf(1))))).toEqual({ refused: 1 });
  });
});

test('told to stop: the batch under way ends, no other begins', async () => {
  const scene = new Scene();
  scene.stopAfter = 1;
  expect(tally(await apply(scene, creations(namesOf(6)), { batchLimit: 2 }))).toEqual({
    done: 2,
    'not-tried': 4,
  });
  expect(scene.ledger.read.intents()).toEqual([]);
});

describe('what may not be written now', () => {
  test('is not intended and not sent, a name as a whole; the rest is', async () => {
    const scene = new Scene();
    const changes = [...creations(namesOf(2), 2), ...creations(['free.example.com'])];
    let asked = 0;
    const outcomes = await apply(scene, changes, {
      forbids: ({ name }) => {
        if (name === 'free.example.com') return undefined;
        asked += 1;
        return asked === 1 ? undefined : 'somebody else writes';
      },
    });
    expect(tally(outcomes)).toEqual({ 'not-tried': 4, done: 1 });
    expect(scene.intentsAtBatch).toEqual([1]);
    expect(scene.ledger.read.claims().map(({ name }) => name)).toEqual(['free.example.com']);
  });

  test('is asked about once more as its batch leaves', async () => {
    const scene = new Scene();
    let permitted = true;
    const outcomes = await apply(scene, creations(namesOf(2)), {
      forbids: () => (permitted ? undefined : 'somebody else writes'),
      batch: async (_zone, _writes, heldBack) => {
        permitted = false;
        const message = heldBack() ?? '';
        return {
          ok: false,
          problem: { kind: 'unavailable', message, status: undefined, codes: [], retryAfterMs: undefined },
        };
      },
    });
    expect(outcomes.map((outcome) => outcome.kind !== 'done' && outcome.problem.message)).toEqual([
      'somebody else writes',
      'somebody else writes',
    ]);
    expect(scene.ledger.read.intents()).toEqual([]);
  });
});
