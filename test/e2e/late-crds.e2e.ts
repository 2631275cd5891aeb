import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, pause } from '../process/eventually.ts';
import type { Pod } from './cluster/kubelet.ts';
import { HOME, RELEASE, Scene } from './cluster/scene.ts';

/** A kind that is not served is asked for once a minute. */
const NOTICED_MS = 90_000;

describe('a cluster that gets the Gateway API after the controller', () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open({ gatewayApi: null });
    // Longer than it takes to ask whether a kind is still served, as the default is.
    await scene.install(scene.values({ deleteDelay: '10s' }));
    pod = await scene.startPod();
  });
  afterAll(() => scene.close());

  test('it waits, lives, and says on its own Pod which kinds are missing', async () => {
    await eventually(async () => {
      const events = await scene.kubectl('-n', RELEASE, 'get', 'events');
      expect(events).toMatch(/Warning\s+Pending\s+pod\/.*HTTPRoute .*install its CRD/);
      expect(events).toMatch(/Warning\s+Pending\s+pod\/.*Gateway .*install its CRD/);
    }, NOTICED_MS);
    expect((await pod.program.page('/healthz')).status).toBe(200);
    // A kind that is not served is nothing to wait for.
    await pod.program.ready();
  }, 120_000);

  test('the release before the newest is taken up without a restart, and so is the newest over it', async () => {
    await scene.installGatewayApi({ version: '1.6.3', channel: 'standard' });
    await scene.gateway();
    await scene.route('early');
    await scene.expectAt('early.example.com', [`A ${HOME}`], NOTICED_MS);
    await pod.program.ready();
    const kept = scene.cloudflare.records('example.com');
    await scene.installGatewayApi({ version: '1.7.0', channel: 'standard' });
    await scene.route('later');
    await scene.expectAt('later.example.com', [`A ${HOME}`], NOTICED_MS);
    expect(scene.cloudflare.records('example.com')).toEqual(expect.arrayContaining(kept));
  }, 240_000);

  test('a kind that is taken out of the cluster takes no record with it', async () => {
    const kept = scene.cloudflare.records('example.com');
    expect(kept.length).toBeGreaterThan(1);
    await scene.kubectl('delete', 'crd', 'httproutes.gateway.networking.k8s.io', '--wait=false');
    await eventually(async () => {
      const { body } = await pod.program.page('/metrics');
      expect(body).toMatch(/^routeflare_problems\{.*\} [1-9]/m);
    }, NOTICED_MS);
    // The server deletes the objects first, one by one, as if somebody had.
    await pause(12_000);
    expect(scene.cloudflare.records('example.com')).toEqual(kept);
  }, 120_000);
});
