import { expect, test } from 'vitest';
import { FakeWorld, Passes } from './fake-world.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const APP = 'app.example.com';

/** A world at rest whose next write waits its turn, has no answer by its deadline, and lands when it is told to. */
async function lost(waitedMs: number): Promise<{ fake: FakeWorld; passes: Passes; land: () => void }> {
  const fake = new FakeWorld();
  fake.publish(ONE, 'b.example.com');
  const passes = await Passes.start(fake);
  await passes.settle();
  let land = (): void => {};
  fake.fault = (call, writes) => {
    if (!call.startsWith('batch')) return undefined;
    fake.at += waitedMs + fake.settings.callDeadlineMs;
    land = () => void fake.cloudflare.batch('z1', writes);
    return { kind: 'in-doubt' };
  };
  fake.publish(ONE, APP, 'b.example.com');
  await passes.pass();
  fake.fault = () => undefined;
  return { fake, passes, land: () => land() };
}

test.each([0, 29_000])(
  'a write that waited %d ms for its turn can land until long after',
  async (waitedMs) => {
    const { fake, passes, land } = await lost(waitedMs);
    fake.publish(TWO, APP, 'b.example.com');
    fake.at += 1_000;
    await passes.settle();
    fake.at += 28_000;
    land();
    expect(fake.published().filter((each) => each.includes(APP))).toHaveLength(2);
    expect(fake.ledger.intents()).toHaveLength(1);
    fake.at += 31_000;
    await passes.settle();
    expect(fake.ledger.intents()).toEqual([]);
    expect(fake.published()).toEqual([`A ${APP} ${TWO}`, `A b.example.com ${TWO}`]);
  },
);

test('one of an earlier life is waited for as long, though nobody knows when it left', async () => {
  const { fake, land } = await lost(29_000);
  fake.publish(TWO, APP, 'b.example.com');
  const again = await Passes.start(fake);
  fake.at += 2_000;
  await again.settle();
  fake.at += 26_000;
  land();
  fake.at += 31_000;
  await again.settle();
  expect(fake.ledger.intents()).toEqual([]);
  expect(fake.published()).toEqual([`A ${APP} ${TWO}`, `A b.example.com ${TWO}`]);
});
