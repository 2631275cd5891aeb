import { expect, test } from 'vitest';
import { FakeWorld, Passes } from './fake-world.ts';

const ADDRESS = '203.0.113.7';
const FIRST = 'first.example.com';
const SECOND = 'second.example.com';

test('a deletion that was planned before somebody else held the Lease is planned again, by what is so since', async () => {
  const fake = new FakeWorld();
  fake.settings = { ...fake.settings, batchLimit: 1, maxDeletes: 'off' };
  fake.permit = { kind: 'all', tenure: 1 };
  fake.publish(ADDRESS, FIRST, SECOND);
  const passes = await Passes.start(fake);
  await passes.settle();
  fake.unpublish(FIRST, SECOND);
  await passes.settle();
  fake.at += 31_000;
  // While the first deletion is on its way the Lease is lost, another controller sees one route come back, and ends.
  fake.fault = (call) => {
    if (!call.startsWith('batch') || fake.permit.kind !== 'all' || fake.permit.tenure !== 1) return undefined;
    fake.permit = { kind: 'all', tenure: 2 };
    fake.publish(ADDRESS, SECOND);
    return undefined;
  };
  await passes.pass();
  expect(fake.published()).toEqual([`A ${SECOND} ${ADDRESS}`]);
  await passes.settle();
  expect(fake.published()).toEqual([`A ${SECOND} ${ADDRESS}`]);
  expect(fake.ledger.claims().map(({ name, state }) => [name, state])).toEqual([[SECOND, 'active']]);
});
