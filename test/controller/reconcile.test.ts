import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LedgerStore } from '../../src/app/ledger-store.ts';
import { freshPath, openLedger } from '../ledger/fixture.ts';
import { MARKER, record, SUBZONE, ZONE } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const APP = 'app.example.com';

/** A controller at rest, with app.example.com published and nothing called since. */
async function atRest(
  ...names: readonly string[]
): Promise<{ readonly fake: FakeWorld; readonly passes: Passes }> {
  const fake = new FakeWorld();
  fake.publish(ONE, ...(names.length === 0 ? [APP] : names));
  const passes = await Passes.start(fake);
  await passes.settle();
  fake.takeCalls();
  return { fake, passes };
}

describe('calls', () => {
  test('a start lists each zone once, and writes one batch', async () => {
    const fake = new FakeWorld();
    fake.publish(ONE, APP, 'b.example.com', 'c.example.com');
    const passes = await Passes.start(fake);
    await passes.settle();
    expect(fake.calls).toEqual(['zones', 'list z1', 'batch z1 3', 'list z2']);
    expect(fake.published()).toHaveLength(3);
  });

  test('nothing changed: none', async () => {
    const { fake, passes } = await atRest();
    await passes.settle();
    expect(fake.calls).toEqual([]);
  });

  test('an update: one batch', async () => {
    const { fake, passes } = await atRest();
    fake.publish(TWO, APP);
    await passes.settle();
    expect(fake.calls).toEqual(['batch z1 1']);
    expect(fake.published()).toEqual([`A ${APP} ${TWO}`]);
  });

  test('a create: one read and one batch', async () => {
    const { fake, passes } = await atRest();
    fake.publish(ONE, 'new.example.com');
    await passes.settle();
    expect(fake.calls).toEqual(['name new.example.com', 'batch z1 1']);
  });

  test('many creates: one list and one batch', async () => {
    const { fake, passes } = await atRest();
    fake.publish(ONE, ...Array.from({ length: 10 }, (_, index) => `n${index}.example.com`));
    await passes.settle();
    expect(fake.calls).toEqual(['list z1', 'batch z1 10']);
  });

  test('a deletion: nothing until it is due, then one read and one batch', async () => {
    const { fake, passes } = await atRest();
    fake.unpublish(APP);
    await passes.settle();
    expect(fake.calls).toEqual([]);
    expect(await passes.pass()).toEqual({ kind: 'after', ms: 30_000 });
    fake.at += 30_000;
    await passes.settle();
    expect(fake.calls).toEqual([`name ${APP}`, 'batch z1 1']);
    expect(fake.published()).toEqual([]);
    expect(fake.ledger.claims()).toEqual([]);
  });

  test('a blocked name is read once, and again only when something changes', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.cloudflare.put(record('s1', TWO, { comment: 'by hand' }));
    fake.publish(ONE, APP);
    await passes.settle();
    expect(fake.takeCalls()).toEqual([`name ${APP}`]);
    expect(fake.reasons()).toEqual([`RecordConflict ${APP}`]);
    await passes.settle();
    expect(fake.takeCalls()).toEqual([]);
    expect(fake.reasons()).toEqual([`RecordConflict ${APP}`]);
    fake.publish(TWO, APP);
    await passes.settle();
    expect(fake.takeCalls()).toEqual([`name ${APP}`]);
  });

  test('a drift check: one list a zone, and a batch only where something drifted', async () => {
    const { fake, passes } = await atRest();
    await passes.drift();
    expect(fake.takeCalls()).toEqual(['list z1', 'list z2']);
    const [mine] = fake.cloudflare.zone('z1');
    if (mine === undefined) throw new Error('no record');
    fake.cloudflare.put({ ...mine, content: TWO, comment: '' });
    await passes.drift();
    expect(fake.takeCalls()).toEqual(['list z1', 'batch z1 1', 'list z2']);
    expect(fake.cloudflare.zone('z1')).toMatchObject([{ content: ONE, comment: MARKER }]);
  });

  test('a record deleted by hand is made again at the drift check, asked for by its id first', async () => {
    const { fake, passes } = await atRest();
    const [mine] = fake.cloudflare.zone('z1');
    fake.cloudflare.remove(mine?.id ?? '');
    await passes.drift();
    expect(fake.takeCalls()).toEqual(['list z1', `id ${mine?.id}`, 'batch z1 1', 'list z2']);
    expect(fake.published()).toEqual([`A ${APP} ${ONE}`]);
    expect(fake.ledger.claims()).toHaveLength(1);
  });
});

describe('a lost ledger', () => {
  test('is made again from the markers, and nothing is written', async () => {
    const { fake } = await atRest(APP, 'b.example.com');
    fake.ledger = new LedgerStore(openLedger(freshPath()));
    const passes = await Passes.start(fake);
    await passes.settle();
    expect(fake.calls.filter((call) => call.startsWith('batch'))).toEqual([]);
    expect(fake.ledger.claims().map(({ name, state }) => [name, state])).toEqual([
      [APP, 'active'],
      ['b.example.com', 'active'],
    ]);
  });

  test('a route deleted meanwhile is cleaned up; orphans and strangers are left alone', async () => {
    const { fake } = await atRest(APP, 'b.example.com');
    fake.cloudflare.put(
      record('o1', ONE, { name: 'o.example.com', comment: MARKER.replace('11111111', '22222222') }),
    );
    fake.cloudflare.put(record('s1', ONE, { name: 's.example.com', comment: 'record-owner-id=somebody' }));
    fake.ledger = new LedgerStore(openLedger(freshPath()));
    fake.unpublish('b.example.com');
    const passes = await Passes.start(fake);
    await passes.settle();
    fake.at += 31_000;
    await passes.settle();
    expect(fake.published()).toEqual([`A ${APP} ${ONE}`, `A o.example.com ${ONE}`, `A s.example.com ${ONE}`]);
    expect(fake.reasons()).toEqual(['Orphan o.example.com']);
  });

  test('while routes are not completely known nothing is deleted', async () => {
    const { fake } = await atRest(APP, 'b.example.com');
    fake.ledger = new LedgerStore(openLedger(freshPath()));
    fake.routes = [];
    fake.trust = { kind: 'stale', why: 'the watch made no progress' };
    const passes = await Passes.start(fake);
    for (let round = 0; round < 3; round += 1) {
      await passes.drift();
      fake.at += 60_000;
    }
    expect(fake.published()).toHaveLength(2);
  });
});

describe('a write whose answer was lost', () => {
  test.each([true, false])(
    'ends as one record, owned, listed at once and again when it can land no more (landed: %s)',
    async (lands) => {
      const { fake, passes } = await atRest('b.example.com');
      fake.publish(ONE, APP);
      fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands } : undefined);
      expect(await passes.pass()).toMatchObject({ kind: 'retry' });
      expect(fake.ledger.intents()).toHaveLength(1);
      fake.fault = () => undefined;
      fake.takeCalls();
      const begun = fake.at;
      fake.at += 1_000;
      await passes.settle();
      expect(fake.takeCalls()).toEqual(lands ? ['list z1'] : ['list z1', 'batch z1 1']);
      expect(fake.published()).toEqual([`A ${APP} ${ONE}`, `A b.example.com ${ONE}`]);
      expect(await passes.pass()).toEqual({ kind: 'after', ms: begun + 60_000 - fake.at });
      fake.at = begun + 60_000;
      await passes.settle();
      expect(fake.takeCalls()).toEqual(['list z1']);
      expect(fake.ledger.intents()).toEqual([]);
      expect(fake.ledger.claims()).toHaveLength(2);
      expect(await passes.pass()).toEqual({ kind: 'done' });
    },
  );

  test('and lands late, after a second try with another content: converges to one', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.publish(ONE, APP);
    let late: (() => void) | undefined;
    fake.fault = (call, writes) => {
      if (!call.startsWith('batch')) return undefined;
      late = () => void fake.cloudflare.batch('z1', writes);
      return { kind: 'in-doubt' };
    };
    await passes.pass();
    fake.fault = () => undefined;
    fake.publish(TWO, APP);
    fake.at += 1_000;
    await passes.settle();
    late?.();
    expect(fake.published().filter((each) => each.includes(APP))).toHaveLength(2);
    fake.at += 60_000;
    await passes.settle();
    expect(fake.published()).toEqual([`A ${APP} ${TWO}`, `A b.example.com ${ONE}`]);
  });

  test('a kill between the write and its settling ends, after a restart, in one record, owned', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.publish(ONE, APP);
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
    await passes.pass();
    fake.fault = () => undefined;
    const again = await Passes.start(fake);
    await again.settle();
    expect(fake.published()).toEqual([`A ${APP} ${ONE}`, `A b.example.com ${ONE}`]);
    expect(fake.ledger.claims().map(({ name, state }) => [name, state])).toEqual([
      ['b.example.com', 'active'],
      [APP, 'active'],
    ]);
  });
});

describe('the copy of a zone', () => {
  test('is kept before the first write into it, once, as the zone was', async () => {
    const fake = new FakeWorld([record('s1', TWO, { name: 'old.example.com', comment: 'by hand' })]);
    fake.publish(ONE, APP);
    const passes = await Passes.start(fake);
    await passes.settle();
    fake.publish(TWO, APP);
    await passes.settle();
    const directory = join(dirname(fake.path), 'zone-copies');
    const files = readdirSync(directory);
    expect(files).toHaveLength(1);
    const copy = readFileSync(join(directory, files[0] ?? ''), 'utf8');
    expect(copy).toContain('old.example.com');
    expect(copy).not.toContain(APP);
  });

  test('cannot be kept: nothing is written', async () => {
    const fake = new FakeWorld();
    fake.copyRefused = true;
    fake.publish(ONE, APP);
    const passes = await Passes.start(fake);
    expect(await passes.pass()).toMatchObject({ kind: 'retry' });
    expect(fake.published()).toEqual([]);
    fake.copyRefused = false;
    await passes.settle();
    expect(fake.published()).toEqual([`A ${APP} ${ONE}`]);
  });
});

describe('reads that fail', () => {
  test('a zone that cannot be listed is told and tried again; the other goes on', async () => {
    const fake = new FakeWorld();
    fake.publish(ONE, APP, 'x.sub.example.com');
    fake.fault = (call) => (call === 'list z1' ? { kind: 'unavailable' } : undefined);
    const passes = await Passes.start(fake);
    expect(await passes.pass(ZONE)).toMatchObject({ kind: 'retry' });
    await passes.pass(SUBZONE);
    expect(fake.published()).toEqual([`A x.sub.example.com ${ONE}`]);
    expect(fake.reasons()).toEqual(['Pending']);
    fake.fault = () => undefined;
    await passes.settle();
    expect(fake.published()).toHaveLength(2);
    expect(fake.reasons()).toEqual([]);
  });

  test('a name that cannot be read stays undecided, the others are written, and it is tried again', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.publish(ONE, APP);
    fake.publish(TWO, 'b.example.com');
    fake.fault = (call) => (call === `name ${APP}` ? { kind: 'unavailable' } : undefined);
    expect(await passes.pass()).toMatchObject({ kind: 'retry' });
    expect(fake.published()).toEqual([`A b.example.com ${TWO}`]);
    fake.fault = () => undefined;
    await passes.settle();
    expect(fake.published()).toHaveLength(2);
  });

  test('a deletion is not done without the read, however long that fails', async () => {
    const { fake, passes } = await atRest();
    fake.unpublish(APP);
    await passes.settle();
    fake.at += 60_000;
    fake.fault = (call) =>
      call.startsWith('name') || call.startsWith('list') ? { kind: 'unavailable' } : undefined;
    for (let round = 0; round < 3; round += 1) expect(await passes.pass()).toMatchObject({ kind: 'retry' });
    expect(fake.published()).toHaveLength(1);
    fake.fault = () => undefined;
    await passes.settle();
    expect(fake.published()).toEqual([]);
  });

  test('an adoption whose list fails once is not forgotten', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.cloudflare.put(record('h1', TWO, { comment: 'by hand' }));
    fake.publish(ONE, APP);
    fake.routes = fake.routes.map((each) => ({
      ...each,
      annotations: { ...each.annotations, adopt: 'true' },
    }));
    fake.fault = (call) => (call === 'list z1' ? { kind: 'unavailable' } : undefined);
    expect(await passes.pass()).toMatchObject({ kind: 'retry' });
    fake.fault = () => undefined;
    await passes.settle();
    expect(fake.published()).toContain(`A ${APP} ${ONE}`);
    expect(fake.cloudflare.records.get('h1')?.comment).toBe(`by hand ${MARKER}`);
  });

  test('an adoption at a name whose own record is gone gets all it has to read', async () => {
    const { fake, passes } = await atRest(APP);
    const [mine] = fake.cloudflare.zone('z1');
    fake.cloudflare.remove(mine?.id ?? '');
    fake.cloudflare.put(record('h1', TWO, { comment: 'by hand' }));
    fake.routes = fake.routes.map((each) => ({
      ...each,
      name: 'new',
      annotations: { ...each.annotations, adopt: 'true' },
    }));
    await passes.settle();
    expect(fake.published()).toEqual([`A ${APP} ${ONE}`]);
    expect(fake.ledger.claims()).toMatchObject([{ recordId: 'h1', adopted: true }]);
  });

  test('an id that cannot be read is asked again', async () => {
    const { fake, passes } = await atRest();
    const [mine] = fake.cloudflare.zone('z1');
    fake.cloudflare.remove(mine?.id ?? '');
    fake.publish(TWO, APP);
    fake.fault = (call) => (call.startsWith('id') ? { kind: 'unavailable' } : undefined);
    await passes.pass();
    expect(await passes.pass()).toMatchObject({ kind: 'retry' });
    fake.fault = () => undefined;
    await passes.settle();
    expect(fake.published()).toEqual([`A ${APP} ${TWO}`]);
  });
});

describe('refusals', () => {
  test('a write that is refused is told, and not tried again until something changes or the zone is listed', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'invalid' } : undefined);
    fake.publish(ONE, APP);
    await passes.settle();
    expect(fake.reasons()).toEqual([`WriteRefused ${APP}`]);
    fake.takeCalls();
    await passes.settle();
    expect(fake.takeCalls()).toEqual([]);
    expect(fake.reasons()).toEqual([`WriteRefused ${APP}`]);
    fake.fault = () => undefined;
    await passes.drift();
    expect(fake.published()).toHaveLength(2);
    expect(fake.reasons()).toEqual([]);
  });

  test('a clash that no list shows is told, and does not go round for ever', async () => {
    const { fake, passes } = await atRest('b.example.com');
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'type-conflict' } : undefined);
    fake.publish(ONE, APP);
    await passes.settle();
    expect(fake.takeCalls()).toEqual([`name ${APP}`, 'batch z1 1', 'list z1', 'batch z1 1']);
    expect(fake.reasons()).toEqual([`RecordConflict ${APP}`]);
  });

  test('a name that somebody takes between the list and the write is listed once more, and told with its owner', async () => {
    const { fake, passes } = await atRest('b.example.com');
    const names = Array.from({ length: 5 }, (_, index) => `n${index}.example.com`);
    fake.fault = (call) => {
      if (!call.startsWith('batch') || fake.cloudflare.zone('z1').length > 1) return undefined;
      const taken = { name: 'n0.example.com', comment: 'record-owner-id=other' };
      fake.cloudflare.put(record('s1', ONE, taken));
      return undefined;
    };
    fake.publish(ONE, 'b.example.com', ...names);
    await passes.settle();
    expect(fake.takeCalls().filter((call) => call.startsWith('list'))).toEqual(['list z1', 'list z1']);
    expect(fake.reasons()).toEqual(['RecordConflict n0.example.com']);
    const [problem] = [...fake.problems.values()].flat();
    expect(problem?.message).toContain('is marked other');
    await passes.settle();
    expect(fake.takeCalls()).toEqual([]);
  });

  test('records that were deleted by hand are found by one list when their address changes', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}.example.com`);
    const { fake, passes } = await atRest(...names);
    for (const { id } of fake.cloudflare.zone('z1').slice(0, 5)) fake.cloudflare.remove(id);
    fake.publish(TWO, ...names);
    await passes.settle();
    expect(fake.takeCalls().filter((call) => !call.startsWith('id'))).toEqual([
      'batch z1 20',
      'list z1',
      'batch z1 20',
    ]);
    expect(fake.published()).toEqual(names.map((name) => `A ${name} ${TWO}`).sort());
  });
});

describe('the brake', () => {
  const names = Array.from({ length: 8 }, (_, index) => `n${index}.example.com`);

  test('holds what would go together, and lets it go by approval, once', async () => {
    const { fake, passes } = await atRest(...names);
    fake.unpublish(...names);
    await passes.settle();
    fake.at += 60_000;
    await passes.settle();
    expect(fake.published()).toHaveLength(8);
    expect(fake.reasons('brake')).toEqual(['DeletionsHeld']);
    const [first] = fake.ledger.claims();
    if (first === undefined) throw new Error('no row');
    const { recordId, zoneId, name, type } = first;
    fake.openLedger.write((writer) =>
      writer.approve([{ recordId, zoneId, name, type, at: '2026-03-01T12:00:00.000Z' }]),
    );
    await passes.settle();
    expect(fake.published()).toHaveLength(7);
    expect(fake.ledger.approvals().size).toBe(0);
  });

  test('is judged anew: a source that returns takes its record back, and its approval is void', async () => {
    const { fake, passes } = await atRest(...names);
    fake.unpublish(...names);
    await passes.settle();
    const approvals = fake.ledger.claims().map(({ recordId, zoneId, name, type }) => ({
      recordId,
      zoneId,
      name,
      type,
      at: '2026-03-01T12:00:00.000Z',
    }));
    fake.openLedger.write((writer) => writer.approve(approvals));
    fake.publish(ONE, ...names);
    await passes.settle();
    expect(fake.ledger.claims().map(({ state }) => state)).toEqual(names.map(() => 'active'));
    expect(fake.ledger.approvals().size).toBe(0);
    fake.at += 60_000;
    await passes.settle();
    expect(fake.published()).toHaveLength(8);
  });

  test('waits until every zone was read', async () => {
    const { fake } = await atRest(...names.slice(0, 2));
    fake.unpublish(...names);
    fake.at += 60_000;
    const passes = await Passes.start(fake);
    for (let round = 0; round < 3; round += 1) {
      await passes.pass(ZONE);
      fake.at += 60_000;
    }
    expect(fake.published()).toHaveLength(2);
    expect(await passes.pass(ZONE)).toEqual({ kind: 'after', ms: 200 });
    await passes.pass(SUBZONE);
    await passes.settle();
    expect(fake.published()).toEqual([]);
  });

  test('in another cluster nothing is deleted unapproved', async () => {
    const { fake } = await atRest(...names.slice(0, 1));
    fake.otherCluster = '22222222';
    fake.unpublish(...names);
    const passes = await Passes.start(fake);
    for (let round = 0; round < 3; round += 1) {
      await passes.drift();
      fake.at += 60_000;
    }
    expect(fake.published()).toHaveLength(1);
    expect(fake.ledger.claims().map(({ state }) => state)).toEqual(['held']);
  });
});

describe('a move between zones', () => {
  test('creates in the new zone, then deletes in the old one', async () => {
    const fake = new FakeWorld();
    fake.zones = [ZONE];
    fake.publish(ONE, 'x.sub.example.com');
    const before = await Passes.start(fake);
    await before.settle();
    fake.zones = [ZONE, SUBZONE];
    const passes = await Passes.start(fake);
    await passes.pass(ZONE);
    await passes.settle();
    expect(fake.cloudflare.zone('z1')).toHaveLength(1);
    fake.at += 60_000;
    await passes.settle();
    expect(fake.cloudflare.zone('z1')).toEqual([]);
    expect(fake.cloudflare.zone('z2')).toMatchObject([{ name: 'x.sub.example.com', content: ONE }]);
  });
});

test('DRY_RUN plans all, once, and writes nothing', async () => {
  const fake = new FakeWorld();
  fake.settings = { ...fake.settings, dryRun: true };
  fake.publish(ONE, APP);
  const passes = await Passes.start(fake);
  await passes.settle();
  expect(fake.plans[0]?.changes).toHaveLength(1);
  expect(fake.calls).toEqual(['zones', 'list z1', 'list z2']);
  expect(fake.published()).toEqual([]);
});
