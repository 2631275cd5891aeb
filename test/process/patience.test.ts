import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { HOME, isBatch, Scene } from './scene.ts';

/** What takes the program's own long waits to see; each has a scene of its own, and all wait at the same time. */
let crds: Scene;
let hanging: Scene;
beforeAll(async () => {
  [crds, hanging] = await Promise.all([Scene.open(), Scene.open()]);
});
afterAll(() => Promise.all([crds.close(), hanging.close()]));

test.concurrent('S-58 a CRD that is not installed is named, looked for again, and nothing is concluded from its absence', async () => {
  crds.route('web');
  const before = await crds.run();
  await crds.expectAt('web.example.com', [`A ${HOME}`]);
  await before.stop();
  crds.kubernetes.serve('HTTPRoute', []);
  const controller = await crds.run();
  await eventually(() =>
    expect(controller.lines).toContainEqual(
      expect.objectContaining({ reason: 'Pending', message: expect.stringContaining('install its CRD') }),
    ),
  );
  crds.route('later');
  await controller.check('example.com');
  expect(crds.at('web.example.com')).toEqual([`A ${HOME}`]);
  crds.kubernetes.serve('HTTPRoute', ['v1']);
  await eventually(() => expect(crds.at('later.example.com')).toEqual([`A ${HOME}`]), 65_000);
  expect(crds.at('web.example.com')).toEqual([`A ${HOME}`]);
}, 90_000);

test.concurrent('S-73 a write that hangs ends at its deadline, and its record comes all the same, once', async () => {
  await hanging.run();
  hanging.cloudflare.fault({ kind: 'hang-headers', match: isBatch });
  hanging.route('web');
  await eventually(() => expect(hanging.at('web.example.com')).toEqual([`A ${HOME}`]), 50_000);
  expect(hanging.writes).toHaveLength(2);
  expect(hanging.row('web.example.com')).toMatchObject({ state: 'active' });
}, 60_000);
