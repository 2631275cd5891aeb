import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import type { Pod } from './cluster/kubelet.ts';
import { GATEWAY_API_V1 } from './cluster/manifests.ts';
import { HOME, Scene } from './cluster/scene.ts';

const ROUTES = 1000;

describe(`${ROUTES} routes`, () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open({ zones: [{ name: 'example.com', plan: 'pro' }] });
    await scene.gateway();
    await parallel(ROUTES, (index) => scene.route(`r${index}`));
  });
  afterAll(() => scene.close());

  test('are published with one list and five batches', async () => {
    const from = performance.now();
    // Longer than the server takes to delete them all, so that they fall due together.
    pod = await scene.run(scene.values({ deleteDelay: '20s' }));
    await eventually(() => expect(scene.cloudflare.records('example.com')).toHaveLength(ROUTES), 60_000);
    const took = performance.now() - from;
    const writes = scene.cloudflare.calls.filter(({ method }) => method !== 'GET');
    expect(writes).toHaveLength(5);
    process.stdout.write(
      `1,000 routes: published ${(took / 1000).toFixed(1)} s after helm install began, ${(await pod.program.residentMiB()).toFixed(0)} MiB resident\n`,
    );
  });

  test('the next route and the next address are written at once', async () => {
    await scene.route('late');
    await scene.expectAt('late.example.com', [`A ${HOME}`]);
    const gateway = await scene.gateway('home', ['203.0.113.77']);
    expect(gateway.metadata.name).toBe('home');
    await eventually(() => {
      const contents = new Set(scene.cloudflare.records('example.com').map(({ content }) => content));
      expect([...contents]).toEqual(['203.0.113.77']);
    }, 60_000);
  });

  test('that vanish together are held until somebody approves', async () => {
    const path = `/apis/${GATEWAY_API_V1}/namespaces/apps/httproutes`;
    // A busy server needs longer than a request may take, and has deleted some by then.
    await eventually(() => scene.api.must('DELETE', path));
    await eventually(async () => {
      const { body } = await pod.program.page('/metrics');
      expect(/^routeflare_held_deletions (\d+)$/m.exec(body)?.[1]).toBe(String(ROUTES + 1));
    }, 60_000);
    expect(scene.cloudflare.records('example.com')).toHaveLength(ROUTES + 1);
    const { code, output } = await pod.exec(['approve', '--yes']);
    expect({ code, output }).toMatchObject({ code: 0 });
    await eventually(() => expect(scene.cloudflare.records('example.com')).toEqual([]), 60_000);
  }, 150_000);
});

/** Eight at a time, as the tests' client keeps as many connections. */
async function parallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next; index < count; index = next) {
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
