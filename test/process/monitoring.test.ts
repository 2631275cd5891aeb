import { describe, expect, test, type TestContext } from 'vitest';
import { Monitor } from '../telemetry/monitor.ts';
import { eventually, pause } from './eventually.ts';
import { openScene } from './open-scene.ts';
import { HOME, TOKEN } from './scene.ts';

/** Of the address of a monitor; must be nowhere but in what is sent. */
const SECRET = '5c0f5c0f-1111-2222-3333-444455556666';

async function openMonitor(onTestFinished: TestContext['onTestFinished']): Promise<Monitor> {
  const monitor = await Monitor.start();
  onTestFinished(() => monitor.close());
  return monitor;
}

describe.concurrent('heartbeats', () => {
  test.concurrent('come while all is well, say when the token is refused for long, and end with the process', async ({
    onTestFinished,
  }) => {
    const monitor = await openMonitor(onTestFinished);
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const controller = await scene.run({
      HEARTBEAT_URL: `${monitor.url}/${SECRET}`,
      HEARTBEAT_INTERVAL: '1s',
      DRIFT_SCHEDULE: '* * * * * *',
    });
    const well = () => monitor.heard.filter(({ method, path }) => method === 'POST' && path === `/${SECRET}`);
    await eventually(() => expect(well().length).toBeGreaterThan(1));
    scene.cloudflare.revokeToken(TOKEN);
    await eventually(() => {
      expect(monitor.heard.at(-1)?.path).toBe(`/${SECRET}/fail`);
      expect(monitor.heard.at(-1)?.body).toContain('token accepted: Cloudflare refuses the token');
    });
    const pages = await Promise.all(['/metrics', '/readyz'].map((path) => controller.page(path)));
    await controller.kill();
    const count = monitor.heard.length;
    await pause(2500);
    expect(monitor.heard).toHaveLength(count);
    for (const text of [controller.output, ...pages.map(({ body }) => body)])
      expect(text).not.toContain(SECRET);
  });

  test.concurrent('that nobody answers hold up nothing, and their failing is logged once without the address', async ({
    onTestFinished,
  }) => {
    const monitor = await openMonitor(onTestFinished);
    monitor.status = 500;
    const scene = await openScene(onTestFinished);
    const controller = await scene.run({
      HEARTBEAT_URL: `${monitor.url}/api/push/${SECRET}?status=up`,
      HEARTBEAT_FORMAT: 'uptime-kuma',
      HEARTBEAT_INTERVAL: '1s',
    });
    await eventually(() => expect(monitor.heard.length).toBeGreaterThan(1));
    expect(monitor.heard[0]).toMatchObject({ method: 'GET', path: `/api/push/${SECRET}?status=up&msg=OK` });
    monitor.status = undefined;
    const count = monitor.heard.length;
    await eventually(() => expect(monitor.heard.length).toBeGreaterThan(count));
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    const failures = controller.lines.filter((line) => line.msg === 'monitor not reached');
    expect(failures).toMatchObject([{ what: 'heartbeat', why: 'it was answered with HTTP 500' }]);
    expect((await controller.stop()).code).toBe(0);
    expect(controller.output).not.toContain(SECRET);
  });

  test.concurrent('are not sent with DRY_RUN', async ({ onTestFinished }) => {
    const monitor = await openMonitor(onTestFinished);
    const scene = await openScene(onTestFinished);
    const controller = await scene.run({
      HEARTBEAT_URL: monitor.url,
      HEARTBEAT_INTERVAL: '1s',
      DRY_RUN: 'true',
    });
    await pause(3000);
    expect(monitor.heard).toEqual([]);
    expect(controller.lines).toContainEqual(
      expect.objectContaining({ msg: 'setting in doubt', setting: 'HEARTBEAT_URL' }),
    );
  });
});

test('a held deletion and an orphan are told once each, over many passes', async ({ onTestFinished }) => {
  const monitor = await openMonitor(onTestFinished);
  const scene = await openScene(onTestFinished);
  scene.route('web');
  scene.route('gone');
  const controller = await scene.run({
    NOTICE_URL: `${monitor.url}/${SECRET}`,
    MAX_DELETES: '0',
    DRIFT_SCHEDULE: '* * * * * *',
  });
  await scene.expectAt('gone.example.com', [`A ${HOME}`]);
  scene.unroute('gone');
  await eventually(() => expect(monitor.heard).toHaveLength(1));
  expect(monitor.heard[0]).toMatchObject({
    method: 'POST',
    path: `/${SECRET}`,
    body: expect.stringMatching(/^1 deletion is held back: gone\.example\.com A\..*\n.*routeflare approve$/),
  });
  const owner = String(controller.lines.find((line) => line.msg === 'owner')?.['owner']);
  scene.cloudflare.create('example.com', {
    type: 'A',
    name: 'stray.example.com',
    content: '192.0.2.1',
    comment: `record-owner-id=${owner} 99999999:httproute/apps/stray`,
  });
  await eventually(() => expect(monitor.heard).toHaveLength(2));
  expect(monitor.heard[1]?.body).toMatch(/^1 orphan is left as found: stray\.example\.com A\./);
  await pause(4500);
  expect(monitor.heard).toHaveLength(2);
  expect(controller.output).not.toContain(SECRET);
});
