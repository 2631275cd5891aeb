import { expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { openScene } from '../process/open-scene.ts';
import { HOME, TOKEN } from '../process/scene.ts';

test('a controller with PAGE shows what it manages', async ({ onTestFinished }) => {
  const scene = await openScene(onTestFinished);
  scene.route('web');
  const controller = await scene.run({ PAGE: 'true' });
  await scene.expectAt('web.example.com', [`A ${HOME}`]);
  await eventually(async () => {
    const records: unknown = JSON.parse((await controller.page('/api/records')).body);
    expect(records).toMatchObject([{ name: 'web.example.com', content: HOME, state: 'active' }]);
    const history: unknown = JSON.parse((await controller.page('/api/history')).body);
    expect(history).toMatchObject([{ action: 'create', name: 'web.example.com', outcome: 'done' }]);
  });
  const { status, body } = await controller.page('/');
  expect(status).toBe(200);
  expect(body).toContain(`${HOME}</code>`);
  expect(body).not.toContain(TOKEN);
});
