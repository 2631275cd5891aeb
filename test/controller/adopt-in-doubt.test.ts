import { expect, test } from 'vitest';
import type { Loop } from '../../src/controller/loop.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { host, record } from '../plan/fixture.ts';
import { carriedOut, passes } from './acting.ts';
import { FakeWorld, type Fault } from './fake-world.ts';

const APP = 'app.example.com';
const ADOPT: ActRequest = { kind: 'adopt', name: host(APP) };
const RESTORE: ActRequest = { kind: 'release', name: host(APP), restore: true };

/** A person's own record, and a source that wants its name. */
function found(content: string): FakeWorld {
  const fake = new FakeWorld([record('r1', content, { comment: 'mine' })]);
  fake.publish('203.0.113.7', APP);
  return fake;
}

async function adoptWithoutAnswer(fake: FakeWorld, loop: Loop, lands: boolean): Promise<void> {
  const lost = (call: string): Fault | undefined =>
    call.startsWith('batch') ? { kind: 'in-doubt', lands } : undefined;
  fake.fault = lost;
  await carriedOut(fake, loop, ADOPT);
  fake.fault = () => undefined;
}

function outcomes(fake: FakeWorld): readonly string[] {
  const settled = fake.ledger.history(APP).filter(({ action }) => action === 'settle');
  return settled.map(({ outcome }) => outcome);
}

async function restored(fake: FakeWorld) {
  await passes(fake, async (loop) => {
    await carriedOut(fake, loop, RESTORE);
  });
  return [...fake.cloudflare.records.values()].map(({ content, comment }) => ({ content, comment }));
}

test('an adoption that never arrived did not land, though the record holds already what is wanted', async () => {
  const fake = found('203.0.113.7');
  await passes(fake, (loop) => adoptWithoutAnswer(fake, loop, false));
  fake.at += 91_000;
  await passes(fake);
  expect(outcomes(fake)).toEqual(['did not land']);
});

test('what adopt found is put back where the first try never arrived and a second one did', async () => {
  const fake = found('192.0.2.1');
  await passes(fake, async (loop) => {
    await adoptWithoutAnswer(fake, loop, false);
    await carriedOut(fake, loop, ADOPT);
  });
  fake.at += 91_000;
  await passes(fake);
  expect(await restored(fake)).toEqual([{ content: '192.0.2.1', comment: 'mine' }]);
});

test.each([
  ['', 'landed'],
  [', and that answer was lost, too', 'landed,landed'],
])('what adopt found is put back where its answer was lost, the address changed%s', async (more, settled) => {
  const fake = found('192.0.2.1');
  await passes(fake, (loop) => adoptWithoutAnswer(fake, loop, true));
  fake.publish('203.0.113.8', APP);
  if (more !== '')
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
  await passes(fake);
  fake.fault = () => undefined;
  expect(fake.published()).toEqual([`A ${APP} 203.0.113.8`]);
  fake.at += 91_000;
  await passes(fake);
  expect(outcomes(fake).join(',')).toBe(settled);
  expect(await restored(fake)).toEqual([{ content: '192.0.2.1', comment: 'mine' }]);
});

test('what adopt found is put back where the answer to a change of type was lost since', async () => {
  const fake = found('192.0.2.1');
  await passes(fake, async (loop) => {
    await carriedOut(fake, loop, ADOPT);
  });
  fake.publish('target.example.net', APP);
  fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
  await passes(fake);
  fake.fault = () => undefined;
  await passes(fake);
  fake.at += 91_000;
  await passes(fake);
  expect(fake.published()).toEqual([`CNAME ${APP} target.example.net`]);
  expect(await restored(fake)).toEqual([{ content: '192.0.2.1', comment: 'mine' }]);
});
