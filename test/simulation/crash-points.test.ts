import { afterAll, expect, it } from 'vitest';
import { SimDisk } from './disk.ts';
import { Stage } from './stage.ts';

const disk = new SimDisk();
afterAll(() => disk.remove());

/** A creation, changes in place, a change of type and a deletion, each with time to settle. */
async function script(stage: Stage): Promise<void> {
  stage.route('shop/a', 'a.example.com');
  stage.route('shop/b', 'b.example.com', { 'content-mode': 'static', content: '192.0.2.9' });
  stage.route('shop/c', 'c.example.org');
  await stage.minutes(1);
  stage.gateway('192.0.2.2');
  stage.route('shop/b', 'b.example.com', { 'content-mode': 'static', content: 'one.example.net' });
  await stage.minutes(1);
  stage.lab.cluster.removeRoute('shop/a');
  await stage.minutes(3);
}

const AT_THE_END = ['A c.example.org 192.0.2.2', 'CNAME b.example.com one.example.net'];

it(
  'killed at every call and every statement of the ledger, it ends in the same records',
  { timeout: 300_000 },
  async () => {
    let points = 0;
    await Stage.play(disk, {}, async (stage) => {
      await script(stage);
      points = stage.lab.fuse.passed;
      expect(stage.names(true)).toEqual(AT_THE_END);
    });
    expect(points).toBeGreaterThan(60);
    for (let point = 1; point <= points; point += 1) {
      await Stage.play(disk, {}, async (stage) => {
        stage.lab.fuse.armAt(point);
        await script(stage);
        await stage.minutes(8);
        expect({ point, names: stage.names(true), intents: stage.intents() }).toEqual({
          point,
          names: AT_THE_END,
          intents: 0,
        });
      });
    }
  },
);
