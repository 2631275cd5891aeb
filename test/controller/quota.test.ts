import { expect, test } from 'vitest';
import { ZONE } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`);
const ADDRESS = '203.0.113.7';

/** A zone with room for two records, and six that are wanted there. */
async function full() {
  const fake = new FakeWorld();
  fake.settings = { ...fake.settings, deleteDelayMs: 0 };
  fake.cloudflare.quota = 2;
  fake.publish(ADDRESS, ...NAMES);
  const passes = await Passes.start(fake);
  await passes.settle();
  return { fake, passes };
}

const quotaReached = (fake: FakeWorld) =>
  fake.reasons().filter((reason) => reason.startsWith('QuotaReached'));

test('a full zone takes what fits; the others are told, each once, and not tried again on every pass', async () => {
  const { fake, passes } = await full();
  expect(fake.published()).toHaveLength(2);
  expect(quotaReached(fake)).toHaveLength(4);
  fake.takeCalls();
  for (let n = 0; n < 10; n += 1) await passes.pass();
  expect(fake.takeCalls()).toEqual([]);
  expect(quotaReached(fake)).toHaveLength(4);
});

test('what is there already is changed all the same', async () => {
  const { fake, passes } = await full();
  fake.publish('203.0.113.8', ...NAMES);
  await passes.settle();
  expect(fake.published().every((line) => line.endsWith('203.0.113.8'))).toBe(true);
  expect(fake.published()).toHaveLength(2);
});

test('a deletion makes room, and the next one is tried at once', async () => {
  const { fake, passes } = await full();
  const [gone = ''] = fake.published().map((line) => line.split(' ')[1] ?? '');
  fake.unpublish(gone);
  await passes.settle();
  expect(fake.published()).toHaveLength(2);
  expect(fake.published().join()).not.toContain(gone);
  expect(quotaReached(fake)).toHaveLength(3);
});

test('it is tried again on the drift schedule, and goes through when the plan of the zone grew', async () => {
  const { fake, passes } = await full();
  fake.takeCalls();
  await passes.drift();
  expect(fake.takeCalls().filter((call) => call.startsWith('batch')).length).toBeLessThanOrEqual(4);
  expect(quotaReached(fake)).toHaveLength(4);
  fake.cloudflare.quota = 100;
  await passes.drift();
  expect(fake.published()).toHaveLength(6);
  expect(fake.reasons(`zone ${ZONE.id}`)).toEqual([]);
});
