import { expect, onTestFinished, test, vi } from 'vitest';
import { Loop } from '../../src/controller/loop.ts';
import { SUBZONE, ZONE } from '../plan/fixture.ts';
import { FakeWorld } from './fake-world.ts';

const ONE = '203.0.113.7';
const TWO = '203.0.113.8';
const APP = 'app.example.com';
const SUB = 'x.sub.example.com';
const THIRD = { id: 'z3', name: 'example.org', status: 'active' };

/** A running loop over real time, at rest, with what it called at the start taken away. */
async function running(prepare: (fake: FakeWorld) => void = () => {}): Promise<{
  readonly fake: FakeWorld;
  readonly loop: Loop;
  readonly started: readonly string[];
}> {
  const fake = new FakeWorld([], Date.now);
  fake.zones = [ZONE, SUBZONE, THIRD];
  prepare(fake);
  const loop = new Loop(fake.world);
  onTestFinished(() => loop.close());
  loop.start();
  expect(await loop.settled(10_000)).toBe(true);
  return { fake, loop, started: fake.takeCalls() };
}

async function look(loop: Loop): Promise<void> {
  loop.changed();
  expect(await loop.settled(10_000)).toBe(true);
}

async function drift(loop: Loop): Promise<void> {
  loop.drift();
  expect(await loop.settled(10_000)).toBe(true);
}

test('a start lists the zones and then each of them once', async () => {
  const { started } = await running((fake) => fake.publish(ONE, APP));
  expect(started.toSorted()).toEqual(['batch z1 1', 'list z1', 'list z2', 'list z3', 'zones']);
});

test('a change is written by one batch, and changes that come together are one look', async () => {
  const { fake, loop } = await running((each) => each.publish(ONE, APP));
  fake.publish(TWO, APP);
  for (let i = 0; i < 20; i += 1) loop.changed();
  await look(loop);
  expect(fake.takeCalls()).toEqual(['batch z1 1']);
});

test('a change that comes again and again is looked at all the same', async () => {
  const { fake, loop } = await running();
  fake.publish(ONE, APP);
  const busy = setInterval(() => loop.changed(), 5);
  onTestFinished(() => clearInterval(busy));
  await vi.waitFor(() => expect(fake.published()).toHaveLength(1), { timeout: 5_000 });
});

test('a drift check: the zones, and one list for each zone where something is owned or wanted', async () => {
  const { fake, loop } = await running((each) => each.publish(ONE, APP, SUB));
  await drift(loop);
  expect(fake.takeCalls().toSorted()).toEqual(['list z1', 'list z2', 'zones']);
});

test('at rest nothing is called', async () => {
  const { fake, loop } = await running((each) => each.publish(ONE, APP));
  await look(loop);
  await look(loop);
  expect(fake.takeCalls()).toEqual([]);
});

test('a broken zone stops no other, and waits its backoff', async () => {
  const { fake, loop } = await running((each) => {
    each.publish(ONE, APP);
    each.fault = (call) => (call.includes('z1') ? { kind: 'unavailable' } : undefined);
  });
  fake.publish(ONE, SUB);
  await look(loop);
  expect(fake.takeCalls()).toEqual(['list z2', 'batch z2 1']);
  expect(fake.published()).toEqual([`A ${SUB} ${ONE}`]);
});

test('a zone that comes into sight takes its names: there first, then gone from the old one', async () => {
  const { fake, loop } = await running((each) => {
    each.zones = [ZONE];
    each.settings = { ...each.settings, deleteDelayMs: 100 };
    each.publish(ONE, SUB);
  });
  expect(fake.cloudflare.zone('z1')).toHaveLength(1);
  fake.zones = [ZONE, SUBZONE];
  await drift(loop);
  await vi.waitFor(() => expect(fake.cloudflare.zone('z1')).toEqual([]), { timeout: 5_000 });
  expect(fake.cloudflare.zone('z2')).toHaveLength(1);
});

test('a zone that goes out of sight keeps its records', async () => {
  const { fake, loop } = await running((each) => each.publish(ONE, SUB));
  fake.zones = [THIRD];
  await drift(loop);
  fake.publish(TWO, SUB);
  await look(loop);
  expect(fake.published()).toEqual([`A ${SUB} ${ONE}`]);
});

test('zones that cannot be listed are tried again, and nothing is written meanwhile', async () => {
  const fake = new FakeWorld([], Date.now);
  fake.publish(ONE, APP);
  let refuse = true;
  fake.fault = (call) => (call === 'zones' && refuse ? { kind: 'unavailable' } : undefined);
  const loop = new Loop(fake.world);
  onTestFinished(() => loop.close());
  loop.start();
  loop.changed();
  await vi.waitFor(() => expect(fake.calls).toEqual(['zones']));
  refuse = false;
  await vi.waitFor(() => expect(fake.published()).toHaveLength(1), { timeout: 5_000 });
});

test('closing waits for the write in flight', async () => {
  const { fake, loop } = await running();
  fake.publish(ONE, APP);
  loop.changed();
  await vi.waitFor(() => expect(fake.calls.length).toBeGreaterThan(0));
  await loop.close();
  expect(fake.ledger.intents()).toEqual([]);
  const after = fake.calls.length;
  loop.changed();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(fake.calls).toHaveLength(after);
});

test('what failed and is tried again is told until it went well', async () => {
  let broken = true;
  const { fake, loop } = await running((each) => {
    each.publish(ONE, APP);
    each.fault = (call) => (broken && call.includes('z1') ? { kind: 'unavailable' } : undefined);
  });
  expect(loop.trouble()).toMatch(/^zone example\.com: /);
  broken = false;
  await vi.waitFor(() => expect(loop.trouble()).toBeUndefined(), { timeout: 5_000 });
  fake.fault = (call) => (call === 'zones' ? { kind: 'token-refused' } : undefined);
  loop.drift();
  await vi.waitFor(() => expect(loop.trouble()).toMatch(/^the zones could not be listed: /));
});

test('a failing zone that goes out of sight is no trouble any more', async () => {
  const { fake, loop } = await running((each) => {
    each.publish(ONE, APP);
    each.fault = (call) => (call.includes('z1') ? { kind: 'unavailable' } : undefined);
  });
  expect(loop.trouble()).toBeDefined();
  fake.zones = [THIRD];
  await drift(loop);
  expect(loop.trouble()).toBeUndefined();
});

test('who may write nothing reads no zone; once it may, every zone is listed before anything is written', async () => {
  const fake = new FakeWorld([], Date.now);
  fake.zones = [ZONE, SUBZONE, THIRD];
  fake.publish(ONE, APP);
  fake.permit = { kind: 'none', why: 'somebody else writes' };
  const loop = new Loop(fake.world);
  onTestFinished(() => loop.close());
  loop.start();
  loop.changed();
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(fake.takeCalls()).toEqual(['zones']);
  fake.permit = { kind: 'all' };
  loop.permitChanged();
  expect(await loop.settled(10_000)).toBe(true);
  expect(fake.takeCalls().toSorted()).toEqual(['batch z1 1', 'list z1', 'list z2', 'list z3']);
  // Somebody else wrote in between: a person's name, taken meanwhile, is seen before it is written to.
  fake.permit = { kind: 'none', why: 'somebody else writes' };
  loop.permitChanged();
  fake.publish(TWO, APP);
  await look(loop);
  expect(fake.takeCalls()).toEqual([]);
  fake.permit = { kind: 'all' };
  loop.permitChanged();
  expect(await loop.settled(10_000)).toBe(true);
  expect(fake.takeCalls().toSorted()).toEqual(['batch z1 1', 'list z1', 'list z2', 'list z3']);
  expect(fake.published()).toEqual([`A ${APP} ${TWO}`]);
  // The same tenure: nobody wrote in between, and what is known still holds.
  fake.permit = { kind: 'all', tenure: 1 };
  loop.permitChanged();
  expect(await loop.settled(10_000)).toBe(true);
  fake.takeCalls();
  for (const permit of [
    { kind: 'none', why: 'not renewed' },
    { kind: 'all', tenure: 1 },
  ] as const) {
    fake.permit = permit;
    loop.permitChanged();
  }
  fake.publish(ONE, APP);
  await look(loop);
  expect(fake.takeCalls()).toEqual(['batch z1 1']);
});
