import { describe, expect, test } from 'vitest';
import { carryOut, previewAct } from '../../src/controller/act.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { World } from '../../src/controller/ports.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { host, MARKER, record } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const APP = 'app.example.com';
const NAME = host(APP);
const ADDRESS = '203.0.113.7';
const RESTORE: ActRequest = { kind: 'release', name: NAME, restore: true };
const REGISTRY = { owner: 'dns', prefix: '', suffix: '', wildcard: '' };

const NEVER = Number.POSITIVE_INFINITY;

class Killed extends Error {}

/** A process that ends right after its n-th write, of the ledger or at Cloudflare. */
function mortal(fake: FakeWorld, at: number): { readonly world: World; readonly steps: () => number } {
  const { world } = fake;
  let step = 0;
  const life = <T>(run: () => T): T => {
    step += 1;
    if (step > at) throw new Killed();
    const value = run();
    if (step === at) throw new Killed();
    return value;
  };
  const ledger = new Proxy(world.ledger, {
    get: (target, key) => {
      if (key === 'write') return (fn: never) => life(() => target.write(fn));
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const records: World['records'] = {
    ...world.records,
    batch: async (zone, writes, heldBack) => {
      step += 1;
      if (step > at) throw new Killed();
      const value = await world.records.batch(zone, writes, heldBack);
      if (step === at) throw new Killed();
      return value;
    },
  };
  return { world: { ...world, ledger, records }, steps: () => step };
}

/** Answers how many writes the act took, up to its end or the kill. */
async function killedAt(fake: FakeWorld, request: ActRequest, at: number): Promise<number> {
  const { world, steps } = mortal(fake, at);
  const loop = new Loop(world, true);
  try {
    loop.start();
    await loop.settled(1);
    const preview = await previewAct(loop, world, request);
    if (!preview.ok) throw new Error(preview.error);
    await carryOut(loop, world, request, new Set(preview.value.lines.map(({ key }) => key)));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    await loop.close();
  }
  return steps();
}

function shown(fake: FakeWorld): readonly string[] {
  const text = ({ type, name, content, comment, ttl, proxied }: ActualRecord) =>
    `${type} ${name} ${content} "${comment}" ${ttl} ${proxied}`;
  return [...fake.cloudflare.records.values()].map(text).sort();
}

/** A start of the program, and all that it does until nothing is left to do. */
async function started(fake: FakeWorld): Promise<void> {
  const passes = await Passes.start(fake);
  // The first round has not seen all zones yet, and so judges no deletion.
  for (let round = 0; round < 2; round += 1) await passes.settle();
}

async function acted(fake: FakeWorld, request: ActRequest): Promise<void> {
  await started(fake);
  await killedAt(fake, request, NEVER);
  await started(fake);
}

interface Case {
  readonly before: readonly ActualRecord[];
  readonly prepare?: (fake: FakeWorld) => Promise<void>;
  readonly request: ActRequest;
  /** What stands there once the act is done, asked for again where need be. */
  readonly goal: readonly string[];
  /** And what gives back what was found. */
  readonly undo?: ActRequest;
}

const FOUND = record('r1', '192.0.2.1', { comment: 'mine', ttl: 600 });
const TEXT = record('t1', '"heritage=external-dns,external-dns/owner=dns"', {
  name: 'a-app.example.com',
  type: 'TXT',
  comment: '',
});
const adopt: Case = {
  before: [FOUND],
  request: { kind: 'adopt', name: NAME },
  goal: [`A ${APP} ${ADDRESS} "mine ${MARKER}" 600 false`],
  undo: RESTORE,
};
const imported: Case = {
  ...adopt,
  before: [FOUND, TEXT],
  request: { kind: 'import', registry: REGISTRY },
  undo: { kind: 'import-undo', name: NAME },
};
const CASES: Readonly<Record<string, Case>> = {
  adopt,
  import: imported,
  release: {
    before: [],
    request: { kind: 'release', name: NAME, restore: false },
    goal: [`A ${APP} ${ADDRESS} "" auto false`],
  },
  'release --restore': {
    before: [FOUND],
    prepare: (fake) => acted(fake, adopt.request),
    request: RESTORE,
    goal: [`A ${APP} 192.0.2.1 "mine" 600 false`],
  },
  'import --undo': {
    before: [FOUND, TEXT],
    prepare: (fake) => acted(fake, imported.request),
    request: { kind: 'import-undo', name: NAME },
    goal: [`A ${APP} 192.0.2.1 "mine" 600 false`, `TXT a-app.example.com ${TEXT.content} "" auto false`],
  },
  uninstall: { before: [], request: { kind: 'uninstall', keepRecords: false }, goal: [] },
  'uninstall --keep-records': {
    before: [],
    request: { kind: 'uninstall', keepRecords: true },
    goal: [`A ${APP} ${ADDRESS} "" auto false`],
  },
};

async function scene({ before, prepare }: Case): Promise<FakeWorld> {
  const fake = new FakeWorld(before);
  fake.publish(ADDRESS, APP);
  await started(fake);
  await prepare?.(fake);
  return fake;
}

describe.each(Object.entries(CASES))('%s, killed at any of its writes and asked for again', (_, one) => {
  test.each([
    ['at once', 0],
    ['when all is settled', 91_000],
  ])('%s, comes to the same', async (_when, waitMs) => {
    const dry = await scene(one);
    const steps = await killedAt(dry, one.request, NEVER);
    expect(steps).toBeGreaterThan(2);
    expect(shown(dry)).toEqual(one.goal);
    for (let at = 1; at <= steps; at += 1) {
      const fake = await scene(one);
      const found = shown(fake);
      await killedAt(fake, one.request, at);
      fake.at += waitMs;
      await started(fake);
      await acted(fake, one.request);
      fake.at += 91_000;
      await started(fake);
      expect(shown(fake), `killed after step ${at} of ${steps}`).toEqual(one.goal);
      if (one.undo === undefined) continue;
      await acted(fake, one.undo);
      expect(shown(fake), `undone, killed after step ${at} of ${steps}`).toEqual(found);
    }
  });

  test('leaves what is nobody’s where it is, and nothing of ours behind, should the source go instead', async () => {
    const isOurs = ({ comment }: ActualRecord): boolean => comment.includes(MARKER);
    const steps = await killedAt(await scene(one), one.request, NEVER);
    for (let at = 1; at <= steps; at += 1) {
      const fake = await scene(one);
      await killedAt(fake, one.request, at);
      const found = [...fake.cloudflare.records.values()];
      const isStopped = fake.ledger.stopped() !== undefined;
      fake.unpublish(APP);
      for (let round = 0; round < 4; round += 1) {
        await started(fake);
        fake.at += 91_000;
      }
      const stays = isStopped ? found : found.filter((each) => !isOurs(each));
      expect([...fake.cloudflare.records.values()], `killed after step ${at} of ${steps}`).toEqual(stays);
    }
  });
});

test('an approval, killed at any write that follows it, lets its record go once and no other', async () => {
  const HELD = ['a.example.com', 'b.example.com', 'c.example.com'];
  for (let at = 1, steps = 1; at <= steps; at += 1) {
    const fake = new FakeWorld();
    fake.settings = { ...fake.settings, maxDeletes: 1 };
    fake.publish(ADDRESS, ...HELD);
    await started(fake);
    fake.unpublish(...HELD);
    for (let round = 0; round < 3; round += 1) {
      await started(fake);
      fake.at += 31_000;
    }
    const [first] = fake.ledger.claims();
    if (first?.state !== 'held') throw new Error('nothing is held');
    const { recordId, zoneId, name, type } = first;
    fake.openLedger.write((writer) =>
      writer.approve([{ recordId, zoneId, name, type, at: new Date(fake.at).toISOString() }]),
    );
    const { world, steps: taken } = mortal(fake, at);
    const doomed = await Passes.start(Object.create(fake, { world: { value: world } }));
    for (let round = 0; round < 2; round += 1) {
      await doomed.settle().catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
    }
    steps = Math.max(steps, taken());
    for (let round = 0; round < 4; round += 1) {
      await started(fake);
      fake.at += 91_000;
    }
    expect(fake.published(), `killed after step ${at} of ${steps}`).toEqual(
      HELD.slice(1).map((each) => `A ${each} ${ADDRESS}`),
    );
    expect(fake.ledger.claims().map(({ state }) => state)).toEqual(['held', 'held']);
    expect([...fake.ledger.approvals()]).toEqual([]);
  }
});
