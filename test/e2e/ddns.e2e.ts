import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, pause } from '../process/eventually.ts';
import { EGRESS, Scene } from './cluster/scene.ts';

const NEXT = '198.41.0.77';
const SCHEDULE_MS = 40_000;

describe('DDNS on schedule', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    const ipv4Voters = scene.echo.voters('ipv4');
    const ddns = { schedule: '* * * * * *', confirmDelay: '200ms', ipv4Voters };
    await scene.run(scene.values({ ddns }));
  });
  afterAll(() => scene.close());

  test('nobody is asked while nothing uses it, and then everything follows the address', async () => {
    await pause(2500);
    expect(scene.echo.calls).toEqual([]);
    await scene.route('one', { keys: { 'content-mode': 'ddns' } });
    await scene.route('two', { keys: { 'content-mode': 'ddns', proxied: 'true' } });
    await scene.expectAt('one.example.com', [`A ${EGRESS}`], SCHEDULE_MS);
    await scene.expectAt('two.example.com', [`A ${EGRESS}`]);
    scene.echo.setAddress('ipv4', NEXT);
    await scene.expectAt('one.example.com', [`A ${NEXT}`], SCHEDULE_MS);
    await scene.expectAt('two.example.com', [`A ${NEXT}`]);
    expect(scene.cloudflare.record('example.com', 'two.example.com', 'A')?.proxied).toBe(true);
  });

  test('voters that fall silent change nothing', async () => {
    scene.echo.setAddress('ipv4', undefined);
    const from = scene.echo.calls.length;
    await eventually(() => expect(scene.echo.calls.length).toBeGreaterThan(from + 3), SCHEDULE_MS);
    expect(scene.at('one.example.com')).toEqual([`A ${NEXT}`]);
  });
});
