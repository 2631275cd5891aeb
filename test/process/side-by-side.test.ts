import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Controller, Env } from './controller.ts';
import { eventually } from './eventually.ts';
import { openScene } from './open-scene.ts';
import { HOME, type Scene } from './scene.ts';

const NAMES = ['one', 'two', 'three'];

/** An installation of its own in the cluster and zone of the scene. */
function install(scene: Scene, owner: string, more: Env): Promise<Controller> {
  return scene.run({ RECORD_OWNER_ID: owner, LEDGER_PATH: join(scene.dir, `${owner}.db`), ...more });
}

const ownerAt = (scene: Scene, name: string) =>
  scene.recordsAt(name).map(({ comment }) => /record-owner-id=(\S+)/.exec(comment ?? '')?.[1]);

describe('two installations with owner ids of their own in one cluster and one zone', () => {
  test.for([
    ['SOURCE_SELECTOR', { SOURCE_SELECTOR: 'team=blue' }, { SOURCE_SELECTOR: 'team=green' }],
    [
      'WATCH_NAMESPACES, with Roles alone,',
      { WATCH_NAMESPACES: 'blue,infra' },
      { WATCH_NAMESPACES: 'green,infra' },
    ],
  ] as const)('told apart by %s do not disturb each other', async ([, ours, theirs], { onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    if ('WATCH_NAMESPACES' in ours) scene.kubernetes.forbid({ namespace: '' });
    const route = (team: string, name: string) =>
      scene.route(`${team}-${name}`, { namespace: team, metadata: { labels: { team } } });
    for (const name of NAMES) for (const team of ['blue', 'green']) route(team, name);
    const both = await Promise.all([install(scene, 'blue', ours), install(scene, 'green', theirs)]);
    for (const name of NAMES) {
      for (const team of ['blue', 'green']) {
        await scene.expectAt(`${team}-${name}.example.com`, [`A ${HOME}`]);
        expect(ownerAt(scene, `${team}-${name}.example.com`)).toEqual([team]);
      }
    }
    const green = NAMES.flatMap((name) => scene.recordsAt(`green-${name}.example.com`));
    scene.unroute('blue-one', 'blue');
    await scene.expectAt('blue-one.example.com', []);
    for (const controller of both) await controller.check('example.com');
    expect(NAMES.flatMap((name) => scene.recordsAt(`green-${name}.example.com`))).toEqual(green);
    const writes = scene.writes.length;
    for (const controller of both) {
      await controller.check('example.com');
      for (const reason of ['RecordConflict', 'HostnameConflict', 'Orphan']) {
        expect(await controller.metric(`problems{reason="${reason}"}`)).toBe(0);
      }
    }
    expect(scene.writes).toHaveLength(writes);
  });

  test('that overlap by mistake: each name has one owner, the other is told of it, and nothing goes back and forth', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (const name of NAMES) scene.route(name);
    const [blue, green] = await Promise.all([install(scene, 'blue', {}), install(scene, 'green', {})]);
    for (const name of NAMES) {
      await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
      await scene.expectEvent(name, 'RecordConflict', /marked (?:blue|green) of cluster/);
    }
    await blue.check('example.com');
    await green.check('example.com');
    const before = NAMES.flatMap((name) => scene.recordsAt(`${name}.example.com`));
    const writes = scene.writes.length;
    for (let n = 0; n < 2; n += 1) {
      await blue.check('example.com');
      await green.check('example.com');
    }
    expect(scene.writes).toHaveLength(writes);
    expect(NAMES.flatMap((name) => scene.recordsAt(`${name}.example.com`))).toEqual(before);
    // A source that changes is followed by its owner alone, and a name that is freed is anybody's.
    scene.annotate('one', { 'content-mode': 'static', content: '192.0.2.1' });
    await scene.expectAt('one.example.com', ['A 192.0.2.1']);
    scene.unroute('two');
    await scene.expectAt('two.example.com', []);
    await blue.check('example.com');
    await green.check('example.com');
    expect(scene.recordsAt('three.example.com')).toEqual([before[2]]);
    expect(scene.at('one.example.com')).toEqual(['A 192.0.2.1']);
    expect(scene.at('two.example.com')).toEqual([]);
  });

  test('that overlapped: once the owner lets go of the name, the other one has it', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('app');
    const blue = await install(scene, 'blue', {});
    await scene.expectAt('app.example.com', [`A ${HOME}`]);
    const green = await install(scene, 'green', {});
    await scene.expectEvent('app', 'RecordConflict', /marked blue of cluster/);
    await blue.stop();
    const letGo = await scene.command(['uninstall', '--yes'], {
      RECORD_OWNER_ID: 'blue',
      LEDGER_PATH: join(scene.dir, 'blue.db'),
    });
    expect(letGo.code).toBe(0);
    await green.check('example.com');
    await eventually(() => expect(ownerAt(scene, 'app.example.com')).toEqual(['green']));
  });
});
