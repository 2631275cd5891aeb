import { expect, test } from 'vitest';
import type { World } from '../../src/controller/ports.ts';
import { carryOut, previewAct } from '../../src/controller/act.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { host } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const APP = 'app.example.com';

/** A world whose lists, complete as they look, lack a record that is there: pages that shifted, a copy that lags. */
function shortSighted({ world, cloudflare }: FakeWorld): World {
  const records: World['records'] = {
    ...world.records,
    listZone: (zone) =>
      Promise.resolve({ ok: true, value: cloudflare.zone(zone.id).filter(({ name }) => name !== APP) }),
  };
  return { ...world, records };
}

test.each<[string, ActRequest, readonly object[]]>([
  ['uninstall', { kind: 'uninstall', keepRecords: false }, []],
  ['uninstall --keep-records', { kind: 'uninstall', keepRecords: true }, [{ comment: '' }]],
  ['release', { kind: 'release', name: host(APP), restore: false }, [{ comment: '' }]],
])('%s finds a record of ours that the list lacks', async (_, request, left) => {
  const fake = new FakeWorld();
  fake.publish('203.0.113.7', APP);
  await (await Passes.start(fake)).settle();
  const world = shortSighted(fake);
  const loop = new Loop(world, true);
  loop.start();
  await loop.settled(1);
  const preview = await previewAct(loop, world, request);
  if (!preview.ok) throw new Error(preview.error);
  const keys = new Set(preview.value.lines.map(({ key }) => key));
  const report = await carryOut(loop, world, request, keys);
  await loop.close();
  expect(report).toMatchObject({ ok: true, value: { done: [{ name: APP }], failed: [] } });
  expect([...fake.cloudflare.records.values()]).toMatchObject(left);
});
