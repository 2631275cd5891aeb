import { expect, it } from 'vitest';
import { FakeWorld, Passes } from './fake-world.ts';

it('an approval is over once its record is asked for again, frozen or not', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `n${index}.example.com`);
  const states = () => new Set(fake.ledger.claims().map(({ state }) => state));
  const fake = new FakeWorld();
  fake.publish('203.0.113.7', ...names);
  const passes = await Passes.start(fake);
  await passes.settle();
  const { routes } = fake;
  fake.routes = [];
  await passes.settle();
  expect(states()).toEqual(new Set(['held']));
  fake.openLedger.write((writer) => {
    const at = new Date(fake.at).toISOString();
    writer.approve(
      fake.ledger.claims().map(({ recordId, zoneId, name, type }) => ({ recordId, zoneId, name, type, at })),
    );
  });
  // The routes are back in the same moment, with a key that cannot be used.
  fake.routes = routes.map((each) => ({ ...each, annotations: { ...each.annotations, ttl: 'soon' } }));
  await passes.settle();
  expect(states()).toEqual(new Set(['frozen']));
  fake.at += 90 * 86_400_000;
  fake.routes = [];
  await passes.settle();
  fake.at += 60_000;
  await passes.settle();
  expect(fake.published()).toHaveLength(6);
  expect(states()).toEqual(new Set(['held']));
});
