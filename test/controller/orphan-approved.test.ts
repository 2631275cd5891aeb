import { expect, it } from 'vitest';
import { record, ZONE } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const OF_ANOTHER_CLUSTER = 'record-owner-id=me 99999999:HTTPRoute/web/a';

it('an orphan that a person let go is offered no more, before the zone is listed again', async () => {
  const fake = new FakeWorld([
    record('r1', '203.0.113.7', { comment: OF_ANOTHER_CLUSTER }),
    record('r2', '203.0.113.8', { comment: OF_ANOTHER_CLUSTER }),
  ]);
  const passes = await Passes.start(fake);
  const offered = () => passes.memoryOf(ZONE).orphans.map((each) => each.record.id);
  await passes.settle();
  expect(offered()).toEqual(['r1', 'r2']);

  const at = new Date(fake.at).toISOString();
  fake.openLedger.write((writer) =>
    writer.approve([{ recordId: 'r1', zoneId: 'z1', name: 'app.example.com', type: 'A', at }]),
  );
  await passes.drift();
  expect(fake.published()).toEqual(['A app.example.com 203.0.113.8']);
  expect(offered()).toEqual(['r2']);
  expect(fake.reasons()).toEqual(['Orphan app.example.com']);
});

it('an orphan whose deletion Cloudflare refused stays one', async () => {
  const fake = new FakeWorld([record('r1', '203.0.113.7', { comment: OF_ANOTHER_CLUSTER })]);
  const passes = await Passes.start(fake);
  await passes.settle();
  const at = new Date(fake.at).toISOString();
  fake.openLedger.write((writer) =>
    writer.approve([{ recordId: 'r1', zoneId: 'z1', name: 'app.example.com', type: 'A', at }]),
  );
  fake.fault = (call) => (call.startsWith('batch') ? { kind: 'invalid' } : undefined);
  await passes.drift();
  expect(passes.memoryOf(ZONE).orphans.map((each) => each.record.id)).toEqual(['r1']);
});
