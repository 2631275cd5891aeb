import { expect, it } from 'vitest';
import type { SourceObject } from '../../src/domain/cluster.ts';
import { route } from '../desired/builders.ts';
import { SUBZONE, ZONE } from '../plan/fixture.ts';
import { FakeWorld, Passes } from './fake-world.ts';

const THIRD = { id: 'z3', name: 'example.org', status: 'active' } as const;

function published(name: string, content: string): SourceObject {
  const annotations = { 'content-mode': 'static', content };
  return route({ namespace: 'web', name: 'app', hostnames: [name], annotations });
}

function zonesOf({ cloudflare }: FakeWorld): string[] {
  return [...cloudflare.records.values()].map(({ zoneId }) => zoneId).sort();
}

/** A record in z1 whose name belongs to z2 since that zone is seen; both hold it, and z1's may not go. */
async function heldMove(fake: FakeWorld, seenLater: FakeWorld['zones']): Promise<void> {
  fake.routes = [published('app.sub.example.com', '203.0.113.7')];
  await (await Passes.start(fake)).settle();
  fake.zones = seenLater;
  const passes = await Passes.start(fake);
  await passes.settle();
  fake.at += 60_000;
  await passes.settle();
  expect(zonesOf(fake)).toEqual(['z1', 'z2']);
  expect(fake.ledger.claims().find(({ zoneId }) => zoneId === 'z1')?.state).toBe('held');
}

it('a change of type in another cluster is held before every zone was read, too', async () => {
  const fake = new FakeWorld();
  fake.routes = [published('app.example.com', 'target.example.net')];
  await (await Passes.start(fake)).settle();
  fake.otherCluster = '22222222';
  fake.routes = [published('app.example.com', '203.0.113.7')];
  await (await Passes.start(fake)).pass(ZONE);
  expect(fake.published()).toEqual(['CNAME app.example.com target.example.net']);
});

it('MAX_DELETES 0 holds a move before every zone was read, too', async () => {
  const fake = new FakeWorld();
  fake.settings = { ...fake.settings, maxDeletes: 0 };
  fake.zones = [ZONE, THIRD];
  await heldMove(fake, [ZONE, SUBZONE, THIRD]);
  await (await Passes.start(fake)).pass(ZONE);
  expect(zonesOf(fake)).toEqual(['z1', 'z2']);
});

it('a ledger of another cluster holds a move before every zone was read, too', async () => {
  const fake = new FakeWorld();
  fake.zones = [ZONE];
  fake.routes = [published('app.sub.example.com', '203.0.113.7')];
  await (await Passes.start(fake)).settle();
  fake.otherCluster = '22222222';
  await heldMove(fake, [ZONE, SUBZONE]);
  await (await Passes.start(fake)).pass(ZONE);
  expect(zonesOf(fake)).toEqual(['z1', 'z2']);
});
