import { expect, onTestFinished, test, vi } from 'vitest';
import { Loop } from '../../src/controller/loop.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const APP = 'app.example.com';
const OTHER = 'b.example.com';
const HOURS_MS = 2 * 3_600_000;
const DELAY_MS = 30_000;

/** Sets the wall clock; no time passes by that. */
function set(fake: FakeWorld, byMs: number): void {
  fake.at += byMs;
  fake.setBackMs -= byMs;
}

async function givenUp(): Promise<{ readonly fake: FakeWorld; readonly passes: Passes }> {
  const fake = new FakeWorld();
  fake.publish(ONE, APP, OTHER);
  const passes = await Passes.start(fake);
  await passes.settle();
  fake.unpublish(APP);
  await passes.settle();
  return { fake, passes };
}

test.each([-HOURS_MS, HOURS_MS])(
  'a clock set by %i ms neither cuts DELETE_DELAY short nor draws it out',
  async (by) => {
    const { fake, passes } = await givenUp();
    set(fake, by);
    await passes.settle();
    fake.at += DELAY_MS - 1;
    await passes.settle();
    expect(fake.published()).toHaveLength(2);
    fake.at += DELAY_MS;
    await passes.settle();
    expect(fake.published()).toEqual([`A ${OTHER} ${ONE}`]);
  },
);

test.each([-HOURS_MS, HOURS_MS])(
  'a write in doubt is settled when it can land no more, though the clock is set by %i ms',
  async (by) => {
    const fake = new FakeWorld();
    fake.publish(ONE, APP);
    const passes = await Passes.start(fake);
    await passes.settle();
    fake.publish(TWO, APP);
    fake.fault = (call) => {
      if (!call.startsWith('batch')) return undefined;
      // While the call is on its way.
      set(fake, by);
      return { kind: 'in-doubt', lands: true };
    };
    await passes.pass();
    fake.fault = () => undefined;
    await passes.settle();
    fake.at += 2 * fake.settings.callDeadlineMs - 1;
    await passes.drift();
    expect(fake.ledger.intents()).toHaveLength(1);
    fake.at += 1;
    await passes.drift();
    expect(fake.ledger.intents()).toEqual([]);
  },
);

test('a clock that is set back holds no try back', async () => {
  let setBackMs = 0;
  const fake = new FakeWorld([], () => Date.now() - setBackMs);
  fake.publish(ONE, APP);
  let refused = 0;
  fake.fault = (call) => {
    if (!call.startsWith('list') || refused > 0) return undefined;
    refused += 1;
    return { kind: 'unavailable' };
  };
  const loop = new Loop(fake.world);
  onTestFinished(() => loop.close());
  loop.start();
  await vi.waitFor(() => expect(loop.trouble()).toBeDefined());
  setBackMs = HOURS_MS;
  fake.setBackMs = HOURS_MS;
  await vi.waitFor(() => expect(fake.published()).toEqual([`A ${APP} ${ONE}`]), { timeout: 5_000 });
});
