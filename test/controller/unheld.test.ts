import { expect, it } from 'vitest';
import { approvables } from '../../src/controller/approvables.ts';
import { record } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const SHORTENED = 'record-owner-id=me 11111111:HTTPRoute/web/a~';
const lostLedger = () => new FakeWorld([record('r1', '203.0.113.7', { comment: SHORTENED })]);
const offered = ({ ledger }: FakeWorld) =>
  approvables(ledger.claims(), []).map(({ kind, recordId }) => `${kind} ${recordId}`);

it('a record found again whose marker was too short to name its holder waits for a person', async () => {
  const fake = lostLedger();
  const passes = await Passes.start(fake);
  await passes.settle();
  expect(offered(fake)).toEqual(['left r1']);
  fake.at += 86_400_000;
  await passes.drift();
  expect(fake.published()).toEqual(['A app.example.com 203.0.113.7']);

  const at = new Date(fake.at).toISOString();
  fake.openLedger.write((writer) =>
    writer.approve([{ recordId: 'r1', zoneId: 'z1', name: 'app.example.com', type: 'A', at }]),
  );
  await passes.drift();
  expect(fake.published()).toEqual([]);
});

it('is not offered while the sources are not all known', async () => {
  const fake = lostLedger();
  fake.trust = { kind: 'stale', why: 'no progress' };
  await (await Passes.start(fake)).settle();
  expect(fake.ledger.claims()).toMatchObject([{ recordId: 'r1', state: 'pending' }]);
  expect(offered(fake)).toEqual([]);
});

it('is taken by a source that asks for the name', async () => {
  const fake = lostLedger();
  const passes = await Passes.start(fake);
  await passes.settle();
  fake.publish('203.0.113.9', 'app.example.com');
  await passes.settle();
  expect(fake.published()).toEqual(['A app.example.com 203.0.113.9']);
  expect(fake.ledger.claims()).toMatchObject([{ recordId: 'r1', state: 'active' }]);
});
