import { expect, test } from 'vitest';
import { carryOut, previewAct } from '../../src/controller/act.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { host } from '../plan/fixture.ts';
import { FakeWorld } from './fake-world.ts';

const APP = 'app.example.com';
const RELEASE: ActRequest = { kind: 'release', name: host(APP), restore: false };

async function passes(fake: FakeWorld, act?: (loop: Loop) => Promise<void>): Promise<void> {
  const loop = new Loop(fake.world);
  try {
    loop.start();
    loop.changed();
    // The clock of this world stands still, so the end of the wait is the test's own.
    await loop.settled(1);
    await act?.(loop);
  } finally {
    await loop.close();
  }
}

test('a record that a person released does not go with its source, though the answer to the release was lost', async () => {
  const fake = new FakeWorld();
  fake.publish('203.0.113.7', APP);
  await passes(fake, async (loop) => {
    const preview = await previewAct(loop, fake.world, RELEASE);
    if (!preview.ok) throw new Error(preview.error);
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
    await carryOut(loop, fake.world, RELEASE, new Set(preview.value.lines.map(({ key }) => key)));
  });
  fake.fault = () => undefined;
  fake.unpublish(APP);
  for (let round = 0; round < 4; round += 1) {
    await passes(fake);
    fake.at += 31_000;
  }
  expect([...fake.cloudflare.records.values()]).toMatchObject([{ name: APP, comment: '' }]);
  expect(fake.ledger.claims()).toEqual([]);
});
