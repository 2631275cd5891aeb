import { expect, test } from 'vitest';
import { previewAct } from '../../src/controller/act.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { host, SUBZONE } from '../plan/fixture.ts';
import { passes } from './acting.ts';
import { FakeWorld } from './fake-world.ts';

const APP = 'app.example.com';

test.each<[string, ActRequest]>([
  ['release', { kind: 'release', name: host(APP), restore: false }],
  ['import --undo', { kind: 'import-undo', name: host(APP) }],
  ['import --undo of all', { kind: 'import-undo' }],
  ['uninstall', { kind: 'uninstall', keepRecords: false }],
])('%s says of records of ours that their zone is not seen any more', async (_, request) => {
  const fake = new FakeWorld();
  fake.publish('203.0.113.7', APP);
  await passes(fake);
  const [claim] = fake.ledger.claims();
  if (claim === undefined) throw new Error('nothing is published');
  fake.openLedger.write((writer) => writer.putClaim({ ...claim, adopted: true }));
  fake.zones = [SUBZONE];
  await passes(fake, async (loop) => {
    const preview = await previewAct(loop, fake.world, request);
    expect(preview).toMatchObject({ ok: true, value: { lines: [] } });
    expect(preview.ok && preview.value.notes).toEqual([
      'zone example.com is not visible (token, or ZONES): its records stay as they are',
    ]);
  });
});
