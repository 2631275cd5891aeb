import { expect, test } from 'vitest';
import type { ActualRecord } from '../../src/domain/record.ts';
import { host } from '../plan/fixture.ts';
import { carriedOut, passes as passing } from './acting.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const APP = 'app.example.com';

/** A Cloudflare that takes every write and does some of it. */
function stubborn(does: (record: ActualRecord) => ActualRecord): FakeWorld {
  const fake = new FakeWorld();
  const batch = fake.cloudflare.batch.bind(fake.cloudflare);
  fake.cloudflare.batch = (zoneId, writes) => {
    const answer = batch(zoneId, writes);
    if (!answer.ok) return answer;
    const value = { updated: answer.value.updated.map(does), created: answer.value.created.map(does) };
    for (const record of [...value.updated, ...value.created]) fake.cloudflare.put(record);
    return { ok: true, value };
  };
  return fake;
}

test('what Cloudflare leaves out of a write is told, and not asked for again before the next look', async () => {
  const fake = stubborn((record) => ({ ...record, proxied: false }));
  fake.publish('203.0.113.7', APP, 'b.example.com');
  fake.routes = fake.routes.map((route) => ({
    ...route,
    annotations: { ...route.annotations, proxied: 'true' },
  }));
  const passes = await Passes.start(fake);
  await passes.settle();
  const batches = () => fake.takeCalls().filter((call) => call.startsWith('batch'));
  expect(batches()).toEqual(['batch z1 2']);
  expect(fake.reasons()).toEqual([`WriteRefused ${APP}`, 'WriteRefused b.example.com']);
  // Once more in place, at the next occasion: what a name is remembered by is its row, which is new.
  await passes.settle();
  expect(batches()).toEqual(['batch z1 2']);
  for (let n = 0; n < 3; n += 1) await passes.settle();
  expect(batches()).toEqual([]);
  expect(fake.reasons()).toEqual([`WriteRefused ${APP}`, 'WriteRefused b.example.com']);
  await passes.drift();
  expect(batches()).toEqual(['batch z1 2']);
  expect(fake.ledger.claims().map(({ state, proxied }) => [state, proxied])).toEqual([
    ['active', false],
    ['active', false],
  ]);
});

test('a record that bears no marker after a write that sent one is told, since nothing else proves it ours', async () => {
  const fake = stubborn((record) => ({ ...record, comment: '' }));
  fake.publish('203.0.113.7', APP);
  const passes = await Passes.start(fake);
  await passes.settle();
  expect(fake.reasons()).toEqual([`WriteRefused ${APP}`]);
  fake.takeCalls();
  for (let n = 0; n < 3; n += 1) await passes.drift();
  expect(fake.takeCalls().filter((call) => call.startsWith('batch'))).toHaveLength(3);
  expect(fake.reasons()).toEqual([`WriteRefused ${APP}`]);
});

test('a release that left the marker is not done, and the row stays', async () => {
  const marker = 'record-owner-id=me 11111111:HTTPRoute/web/app';
  const fake = stubborn((record) => ({ ...record, comment: marker }));
  fake.publish('203.0.113.7', APP);
  await passing(fake, async (loop) => {
    const report = await carriedOut(fake, loop, { kind: 'release', name: host(APP), restore: false });
    expect(report).toMatchObject({
      done: [],
      failed: [{ name: APP, why: expect.stringMatching(/carried out, but/) }],
    });
  });
  expect(fake.ledger.claims()).toMatchObject([{ name: APP }]);
});

test('a record that a person renamed meanwhile is read and put back at once, not taken for done', async () => {
  const fake = new FakeWorld();
  fake.publish('203.0.113.7', APP);
  const passes = await Passes.start(fake);
  await passes.settle();
  const [mine] = fake.cloudflare.zone('z1');
  if (mine === undefined) throw new Error('no record');
  fake.cloudflare.put({ ...mine, name: 'renamed.example.com' });
  fake.publish('203.0.113.8', APP);
  await passes.settle();
  expect(fake.published()).toEqual([`A ${APP} 203.0.113.8`]);
  expect(fake.reasons()).toEqual([]);
});
