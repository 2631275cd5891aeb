import { describe, expect, test } from 'vitest';
import { route } from '../desired/builders.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const BOTH = ['A app.example.com 203.0.113.7', 'A app.example.com 203.0.113.8'];

function staticRoute(content: string) {
  const annotations = { 'content-mode': 'static', addresses: 'all', content };
  return route({ namespace: 'web', name: 'app', hostnames: ['app.example.com'], annotations });
}

/** Two addresses were published, then the source takes one away under `stop`. */
async function shrunk(stop: (fake: FakeWorld) => void) {
  const fake = new FakeWorld();
  fake.routes = [staticRoute('203.0.113.7,203.0.113.8')];
  await (await Passes.start(fake)).settle();
  expect(fake.published()).toEqual(BOTH);
  stop(fake);
  fake.routes = [staticRoute('203.0.113.7')];
  const passes = await Passes.start(fake);
  await passes.settle();
  return { fake, passes };
}

describe.each([
  ['MAX_DELETES=0', (fake: FakeWorld) => void (fake.settings = { ...fake.settings, maxDeletes: 0 })],
  ['a ledger of another cluster', (fake: FakeWorld) => void (fake.otherCluster = '22222222')],
])('%s holds one address of a set', (_, stop) => {
  test('until it is approved', async () => {
    const { fake, passes } = await shrunk(stop);
    expect(fake.published()).toEqual(BOTH);
    const held = fake.ledger.claims().filter(({ state }) => state === 'held');
    expect(held).toMatchObject([{ content: '203.0.113.8' }]);
    expect(fake.problems.get('brake')).toMatchObject([{ reason: 'DeletionsHeld', detail: '1 now' }]);
    const at = new Date(fake.at).toISOString();
    for (const { recordId, zoneId, name, type } of held) {
      fake.openLedger.write((writer) => writer.approve([{ recordId, zoneId, name, type, at }]));
    }
    await passes.settle();
    expect(fake.published()).toEqual([BOTH[0]]);
    expect(fake.reasons('brake')).toEqual([]);
  });

  test('and the source that wants it again has it back', async () => {
    const { fake, passes } = await shrunk(stop);
    fake.routes = [staticRoute('203.0.113.7,203.0.113.8')];
    await passes.settle();
    expect(fake.published()).toEqual(BOTH);
    expect(fake.ledger.claims().map(({ state }) => state)).toEqual(['active', 'active']);
  });
});
