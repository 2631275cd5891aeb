import { afterEach, describe, expect, test } from 'vitest';
import { carryOut, previewAct } from '../../src/controller/act.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { ActRequest } from '../../src/plan/act-plan.ts';
import { record } from '../plan/fixture.ts';
import { FakeWorld } from './fake-world.ts';

const APP = 'app.example.com';
const registry = { owner: 'default', prefix: '', suffix: '', wildcard: '' };
const IMPORT: ActRequest = { kind: 'import', registry };
const UNDO: ActRequest = { kind: 'import-undo' };

let loop: Loop | undefined;
afterEach(() => loop?.close());

const HERITAGE = '"heritage=external-dns,external-dns/owner=default"';
const OURS = [`A ${APP} 192.0.2.1`];
const BEFORE = [`A ${APP} 192.0.2.9`, `TXT a-${APP} ${HERITAGE}`, `TXT ${APP} ${HERITAGE}`];

function theirs(): FakeWorld {
  const heritage = { type: 'TXT', comment: '', content: HERITAGE };
  const fake = new FakeWorld([
    record('r1', '192.0.2.9', { comment: '' }),
    record('t1', heritage.content, { ...heritage, name: `a-${APP}` }),
    record('t2', heritage.content, { ...heritage, name: APP }),
  ]);
  fake.publish('192.0.2.1', APP);
  return fake;
}

/** A controller that starts on what is there, and has made its passes. */
async function started(fake: FakeWorld) {
  await loop?.close();
  const { world } = fake;
  loop = new Loop(world);
  loop.start();
  loop.changed();
  // The clock of this world stands still, so the end of the wait is the test's own.
  await loop.settled(1);
  return { loop, world };
}

async function act(fake: FakeWorld, request: ActRequest) {
  const at = await started(fake);
  const preview = await previewAct(at.loop, at.world, request);
  if (!preview.ok) throw new Error(preview.error);
  const keys = new Set(preview.value.lines.map(({ key }) => key));
  const report = await carryOut(at.loop, at.world, request, keys);
  if (!report.ok) throw new Error(report.error);
  return report.value;
}

describe('an import of which', () => {
  test('nothing is lost comes to one of two states, and back', async () => {
    const fake = theirs();
    expect((await act(fake, IMPORT)).done).toHaveLength(3);
    expect(fake.published()).toEqual(OURS);
    expect((await act(fake, UNDO)).done).toHaveLength(3);
    expect(fake.published()).toEqual(BEFORE);
    await started(fake);
    expect(fake.published()).toEqual(BEFORE);
    expect(fake.ledger.claims()).toEqual([]);
  });

  test('the write is refused leaves all to external-dns', async () => {
    const fake = theirs();
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'unavailable' } : undefined);
    expect((await act(fake, IMPORT)).failed).toHaveLength(3);
    expect(fake.published()).toEqual(BEFORE);
  });

  test('the answer is lost and which landed is ours, adopted, and can be undone after the next start', async () => {
    const fake = theirs();
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
    expect((await act(fake, IMPORT)).failed).toHaveLength(3);
    fake.fault = () => undefined;
    fake.at += 3 * fake.settings.callDeadlineMs;
    await started(fake);
    expect(fake.published()).toEqual(OURS);
    expect(fake.ledger.claims()).toMatchObject([{ recordId: 'r1', adopted: true, state: 'active' }]);
    await act(fake, UNDO);
    expect(fake.published()).toEqual(BEFORE);
  });

  test('the answer is lost and which did not land stays external-dns’s, and can be had again', async () => {
    const fake = theirs();
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt' } : undefined);
    await act(fake, IMPORT);
    fake.fault = () => undefined;
    fake.at += 3 * fake.settings.callDeadlineMs;
    await started(fake);
    expect(fake.published()).toEqual(BEFORE);
    await act(fake, IMPORT);
    expect(fake.published()).toEqual(OURS);
  });

  test('the way back has no answer and landed is external-dns’s from then on', async () => {
    const fake = theirs();
    await act(fake, IMPORT);
    fake.fault = (call) => (call.startsWith('batch') ? { kind: 'in-doubt', lands: true } : undefined);
    expect((await act(fake, UNDO)).failed).toHaveLength(3);
    expect(fake.published()).toEqual(BEFORE);
    fake.fault = () => undefined;
    await started(fake);
    expect(fake.published()).toEqual(BEFORE);
    expect(fake.cloudflare.records.get('r1')?.comment).toBe('');
    fake.at += 3 * fake.settings.callDeadlineMs;
    await started(fake);
    expect(fake.published()).toEqual(BEFORE);
    expect([fake.ledger.claims(), fake.ledger.intents()]).toEqual([[], []]);
  });

  test.each(['unavailable', 'in-doubt'] as const)(
    'the way back is %s and did not land can be asked for again',
    async (kind) => {
      const fake = theirs();
      await act(fake, IMPORT);
      fake.fault = (call) => (call.startsWith('batch') ? { kind } : undefined);
      expect((await act(fake, UNDO)).failed).toHaveLength(3);
      fake.fault = () => undefined;
      fake.at += 3 * fake.settings.callDeadlineMs;
      await started(fake);
      expect(fake.published()).toEqual(OURS);
      await act(fake, UNDO);
      expect(fake.published()).toEqual(BEFORE);
    },
  );

  test('a TXT record came between plan and act leaves the name alone', async () => {
    const fake = theirs();
    const at = await started(fake);
    const preview = await previewAct(at.loop, at.world, IMPORT);
    if (!preview.ok) throw new Error(preview.error);
    const keys = new Set(preview.value.lines.map(({ key }) => key));
    const late = record('t3', HERITAGE, {
      type: 'TXT',
      comment: '',
      name: APP,
    });
    fake.cloudflare.put(late);
    const report = await carryOut(at.loop, at.world, IMPORT, keys);
    expect(report).toMatchObject({
      ok: true,
      value: { done: [], notes: [expect.stringContaining('changed')] },
    });
    expect(fake.cloudflare.records.has('t3')).toBe(true);
    expect(fake.cloudflare.records.size).toBe(4);
  });

  test('upsert-only forbids the deletions is refused', async () => {
    const fake = theirs();
    fake.settings = { ...fake.settings, strategy: 'upsert-only' };
    const at = await started(fake);
    expect(await previewAct(at.loop, at.world, IMPORT)).toMatchObject({
      ok: false,
      error: expect.stringContaining('upsert-only'),
    });
  });
});
