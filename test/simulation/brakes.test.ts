import { afterAll, describe, expect, it } from 'vitest';
import { SimDisk } from './disk.ts';
import { REBUILT_CLUSTER, TOKENS } from './names.ts';
import { Stage } from './stage.ts';

const disk = new SimDisk();
afterAll(() => disk.remove());

const WEEK_MS = 7 * 24 * 3_600_000;

const SLOW = { timeout: 60_000 };

/** Twelve names: ten of one namespace, two of another. */
async function settled(stage: Stage): Promise<readonly string[]> {
  stage.routes('shop', 10);
  stage.routes('web', 2);
  await stage.minutes(2);
  expect(stage.names()).toHaveLength(12);
  return stage.names(true);
}

describe('a deletion of many', () => {
  it('is held when a namespace is deleted, and approved by its ids', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      await settled(stage);
      stage.takeAway('shop');
      await stage.minutes(20);
      expect(stage.names()).toHaveLength(12);
      expect(stage.held()).toBe(10);
      expect(stage.told('DeletionsHeld')).toBe(true);
      expect(stage.approve()).toBe(true);
      await stage.minutes(6);
      expect(stage.names()).toEqual(['web-0.example.com', 'web-1.example.com']);
    }),
  );

  it('is none where it is not more than half', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      await settled(stage);
      stage.takeAway('web');
      await stage.minutes(6);
      expect(stage.names()).toHaveLength(10);
      expect(stage.told('DeletionsHeld')).toBe(false);
    }),
  );

  it('is no more when the routes come back while it is held', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      const before = await settled(stage);
      const gone = stage.takeAway('shop');
      await stage.minutes(10);
      expect(stage.held()).toBe(10);
      const writes = stage.writes;
      for (const route of gone.slice(0, 3)) stage.lab.cluster.putRoute(route);
      await stage.minutes(10);
      expect(stage.held()).toBe(7);
      for (const route of gone.slice(3)) stage.lab.cluster.putRoute(route);
      await stage.minutes(20);
      expect(stage.names(true)).toEqual(before);
      expect(stage.held()).toBe(0);
      expect(stage.writes).toBe(writes);
    }),
  );

  it('goes on without a person where most routes come back and the others stay away', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      await settled(stage);
      const gone = stage.takeAway('shop');
      await stage.minutes(10);
      for (const route of gone.slice(0, 7)) stage.lab.cluster.putRoute(route);
      await stage.minutes(10);
      expect(stage.names()).toHaveLength(9);
    }),
  );

  it('waits for a person each time with MAX_DELETES 0', SLOW, () =>
    Stage.play(disk, { maxDeletes: 0 }, async (stage) => {
      await settled(stage);
      stage.takeAway('web');
      await stage.minutes(20);
      expect(stage.names()).toHaveLength(12);
      stage.approve();
      await stage.minutes(6);
      expect(stage.names()).toHaveLength(10);
    }),
  );

  it('is not held with MAX_DELETES off, and is still delayed', SLOW, () =>
    Stage.play(disk, { maxDeletes: 'off' }, async (stage) => {
      await settled(stage);
      stage.takeAway();
      await stage.minutes(0.4);
      expect(stage.names()).toHaveLength(12);
      await stage.minutes(1);
      expect(stage.names()).toEqual([]);
    }),
  );

  it('is left undone by upsert-only, whatever is approved', SLOW, () =>
    Stage.play(disk, { strategy: 'upsert-only' }, async (stage) => {
      const before = await settled(stage);
      stage.takeAway('shop');
      await stage.minutes(10);
      stage.approve();
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
    }),
  );
});

describe('nothing is deleted', () => {
  it('when the CRDs are deleted and installed again, routes and all', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      const before = await settled(stage);
      const writes = stage.writes;
      const { cluster, clock } = stage.lab;
      const gone = stage.takeAway();
      const [gateway] = cluster.truth.gateways.values();
      for (const key of cluster.truth.gateways.keys()) cluster.removeGateway(key);
      cluster.served = false;
      stage.lab.crdsGoneAt = clock.elapsed;
      await stage.minutes(30);
      expect(stage.names(true)).toEqual(before);
      cluster.served = true;
      await stage.minutes(3);
      if (gateway !== undefined) cluster.putGateway(gateway);
      for (const route of gone) cluster.putRoute(route);
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
      expect(stage.writes).toBe(writes);
    }),
  );

  it('when the KUBECONFIG names another cluster', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      const before = await settled(stage);
      const writes = stage.writes;
      await stage.restart(() => (stage.lab.isElsewhere = true));
      await stage.minutes(30);
      expect(stage.names(true)).toEqual(before);
      expect(stage.told('DeletionsHeld')).toBe(true);
      await stage.restart(() => (stage.lab.isElsewhere = false));
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
      expect(stage.held()).toBe(0);
      expect(stage.writes).toBe(writes);
    }),
  );

  it('when the API server is restored from a snapshot of before the routes', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      stage.lab.cluster.takeSnapshot();
      const before = await settled(stage);
      const routes = [...stage.lab.cluster.truth.routes.values()];
      stage.lab.cluster.restoreSnapshot();
      await stage.minutes(20);
      expect(stage.names(true)).toEqual(before);
      expect(stage.held()).toBe(12);
      for (const route of routes) stage.lab.cluster.putRoute(route);
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
    }),
  );

  it('when a GitOps rebuild stops half way and goes on an hour later', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      const before = await settled(stage);
      const gone = stage.takeAway();
      for (const route of gone.slice(0, 4)) {
        await stage.minutes(0.05);
        stage.lab.cluster.putRoute(route);
      }
      await stage.minutes(60);
      expect(stage.names(true)).toEqual(before);
      expect(stage.held()).toBe(8);
      for (const route of gone.slice(4)) stage.lab.cluster.putRoute(route);
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
      expect(stage.held()).toBe(0);
    }),
  );

  it("by another cluster's ledger, until a person approves", SLOW, () =>
    Stage.play(disk, { maxDeletes: 'off' }, async (stage) => {
      const before = await settled(stage);
      await stage.restart(() => (stage.lab.clusterId = REBUILT_CLUSTER));
      stage.takeAway('web');
      await stage.minutes(20);
      expect(stage.names(true)).toEqual(before);
      stage.approve();
      await stage.minutes(6);
      expect(stage.names()).toHaveLength(10);
    }),
  );
});

describe('the ledger', () => {
  it('that was lost is made again from the markers, without a write', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      const before = await settled(stage);
      const writes = stage.writes;
      await stage.restart(() => {
        stage.lab.disk.lose();
        stage.lab.ledgerBrokenAt = stage.lab.clock.elapsed;
      });
      await stage.minutes(10);
      expect(stage.names(true)).toEqual(before);
      expect(stage.writes).toBe(writes);
      stage.takeAway('web');
      await stage.minutes(6);
      expect(stage.names()).toHaveLength(10);
    }),
  );

  it('of a week ago undoes nothing of that week', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      await settled(stage);
      stage.lab.disk.backUp();
      stage.route('shop/r0', 'shop-new.example.com');
      stage.route('web/r9', 'web-9.example.com');
      const [gone] = stage.takeAway('web').slice(0, 1);
      for (const key of ['web/r1', 'web/r9']) stage.route(key, `${key.replace('/r', '-')}.example.com`);
      expect(gone?.name).toBe('r0');
      await stage.minutes(3);
      stage.gateway('192.0.2.2');
      await stage.minutes(60);
      stage.lab.clock.jump(WEEK_MS);
      await stage.minutes(60);
      const before = stage.names(true);
      expect(before).toHaveLength(12);
      await stage.restart(() => {
        stage.lab.disk.restore();
        stage.lab.ledgerBrokenAt = stage.lab.clock.elapsed;
      });
      await stage.minutes(20);
      expect(stage.names(true)).toEqual(before);
      stage.gateway('192.0.2.3');
      await stage.minutes(2);
      expect(stage.names(true)).toEqual(before.map((line) => line.replace('192.0.2.2', '192.0.2.3')));
    }),
  );
});

describe('a zone that is full', () => {
  it('is said to be, is not asked again and again, and is filled when there is room', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      stage.lab.cloudflare.quota = 8;
      stage.routes('shop', 12);
      await stage.minutes(5);
      expect(stage.told('QuotaReached')).toBe(true);
      const { calls, writes } = stage;
      await stage.minutes(60);
      expect(stage.writes - writes).toBeLessThanOrEqual(12 * 8);
      expect(stage.calls - calls).toBeLessThan(150);
      stage.lab.cloudflare.quota = 200;
      await stage.minutes(10);
      expect(stage.names()).toHaveLength(12);
    }),
  );
});

describe('a token that is refused', () => {
  it('stops all writing and nearly all reading, until there is another', SLOW, () =>
    Stage.play(disk, {}, async (stage) => {
      await settled(stage);
      stage.lab.token.valid = TOKENS[1];
      stage.route('web/new', 'new.example.com');
      await stage.minutes(10);
      const { calls, writes } = stage;
      stage.gateway('192.0.2.2');
      await stage.minutes(120);
      expect(stage.writes).toBe(writes);
      expect(stage.calls - calls).toBeLessThan(100);
      expect(stage.lab.coverage.counts.has('token: refused')).toBe(true);
      stage.lab.token.given = TOKENS[1];
      await stage.minutes(2);
      expect(stage.names(true)).toHaveLength(13);
      expect(stage.names(true).every((line) => line.endsWith('192.0.2.2'))).toBe(true);
    }),
  );
});
