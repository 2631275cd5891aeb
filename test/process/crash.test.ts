import { describe, expect, test } from 'vitest';
import type { RecordFields } from '../../src/sandbox/cloudflare-record.ts';
import type { Fault } from '../../src/sandbox/fault-queue.ts';
import type { Controller } from './controller.ts';
import { eventually, pause } from './eventually.ts';
import { HOME, isBatch, type Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const OTHER = '192.0.2.77';

type Harm = Pick<Fault, 'kind' | 'applied' | 'ms'>;

const HARMS: readonly (readonly [string, Harm])[] = [
  ['that never arrived', { kind: 'reset-before' }],
  ['that landed, unanswered', { kind: 'hang-headers', applied: true }],
  ['that landed, its answer cut off', { kind: 'reset-after' }],
  ['that hung and never landed', { kind: 'hang-headers' }],
];

describe.concurrent('killed between a write and its settling', () => {
  /** The next batch goes wrong in that way, and the controller dies with its intents open. */
  async function killedDuring(
    scene: Scene,
    controller: Controller,
    harm: Harm,
    act: () => void,
  ): Promise<void> {
    const before = scene.writes.length;
    scene.cloudflare.fault({ ...harm, match: isBatch });
    act();
    await eventually(() => expect(scene.writes.length).toBeGreaterThan(before));
    await controller.kill();
    scene.cloudflare.clearFaults();
    await eventually(() => expect(scene.ledger('SELECT 1 FROM intents')).not.toEqual([]));
  }

  /** As if it had stayed down for long: no request of before can land any more. */
  function longAfter(scene: Scene): void {
    scene.editLedger("UPDATE intents SET at = '2026-01-01T00:00:00.000Z'");
  }

  async function expectOneOfOurs(scene: Scene, name: string, content: string): Promise<void> {
    const host = `${name}.example.com`;
    await scene.expectAt(host, [`A ${content}`]);
    await eventually(() => {
      const [record] = scene.recordsAt(host);
      expect(record?.comment).toMatch(
        /^record-owner-id=routeflare-[0-9a-f]{8} [0-9a-f]{8}:HTTPRoute\/apps\//,
      );
      expect(scene.ledger('SELECT record_id, content, state FROM records WHERE name = ?', host)).toEqual([
        { record_id: record?.id, content, state: 'active' },
      ]);
      expect(scene.ledger('SELECT * FROM intents')).toEqual([]);
    });
  }

  test.concurrent.for(HARMS)(
    'S-25 a create, an update and a delete %s end in one record each, or none',
    async ([, harm], { onTestFinished }) => {
      const scene = await openScene(onTestFinished);
      scene.route('changed');
      scene.route('deleted');
      const first = await scene.run({ DELETE_DELAY: '0' });
      await scene.expectAt('changed.example.com', [`A ${HOME}`]);
      await scene.expectAt('deleted.example.com', [`A ${HOME}`]);
      await killedDuring(scene, first, harm, () => {
        scene.unroute('deleted');
        scene.home(OTHER);
        scene.route('created');
      });
      longAfter(scene);
      const controller = await scene.run();
      await expectOneOfOurs(scene, 'created', OTHER);
      await expectOneOfOurs(scene, 'changed', OTHER);
      await scene.expectAt('deleted.example.com', []);
      await eventually(() => expect(scene.row('deleted.example.com')).toBeUndefined());
      const writes = scene.writes.length;
      await controller.check('example.com');
      expect(scene.writes.length).toBe(writes);
    },
  );

  test.concurrent('a create that lands only after the next one has made its own still ends in one record', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await killedDuring(scene, await scene.run(), { kind: 'hang-headers' }, () => scene.route('web'));
    const { posts } = scene.writes.at(-1)!.body as { posts: RecordFields[] };
    scene.home(OTHER);
    const controller = await scene.run();
    await scene.expectAt('web.example.com', [`A ${OTHER}`]);
    scene.cloudflare.create('example.com', posts[0]!);
    await controller.kill();
    longAfter(scene);
    await scene.run();
    await expectOneOfOurs(scene, 'web', OTHER);
    expect(scene.cloudflare.records('example.com')).toHaveLength(1);
  });

  test.concurrent('an answer that is lost while it goes on running makes no second record', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await scene.run();
    scene.cloudflare.fault({ kind: 'reset-after', match: isBatch });
    scene.route('web');
    await eventually(() => expect(scene.row('web.example.com')).toMatchObject({ state: 'active' }));
    expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]);
    await pause(300);
    expect(scene.writesOf('web.example.com')).toHaveLength(1);
  });
});
