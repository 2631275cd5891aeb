import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { Api } from './cluster/api.ts';
import type { Pod } from './cluster/kubelet.ts';
import { HOME, RELEASE, Scene } from './cluster/scene.ts';

/** Longer than the program's own pauses between two tries. */
const BACK_MS = 45_000;

describe('what goes down comes back', () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    pod = await scene.run(scene.values({ maxDeletes: 'off' }));
  });
  // One test takes the rights away, and a server that has just started has not read its RBAC yet.
  afterAll(() =>
    scene.close(
      /^system:serviceaccount:routeflare:routeflare: (list|watch|create events|update leases|get leases)\b/,
    ),
  );

  test('a route that is deleted while the controller is down loses its record at the next start', async () => {
    await scene.route('gone');
    await scene.route('stays');
    await scene.expectAt('gone.example.com', [`A ${HOME}`]);
    await scene.expectAt('stays.example.com', [`A ${HOME}`]);
    const kept = scene.cloudflare.record('example.com', 'stays.example.com', 'A');
    expect(await pod.stop()).toBe(0);
    await scene.unroute('gone');
    await scene.route('new');
    pod = await scene.startPod();
    await pod.program.ready();
    await scene.expectAt('gone.example.com', []);
    await scene.expectAt('new.example.com', [`A ${HOME}`]);
    expect(scene.cloudflare.record('example.com', 'stays.example.com', 'A')).toEqual(kept);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'the API server, ended by %s and started again',
    async (signal) => {
      const name = `after-${signal.toLowerCase()}`;
      const before = scene.cloudflare.records('example.com');
      await scene.server.stop(signal);
      await eventually(async () => {
        const { body } = await pod.program.page('/metrics');
        expect(body).toContain('routeflare_');
      });
      expect((await pod.program.page('/healthz')).status).toBe(200);
      expect(scene.cloudflare.records('example.com')).toEqual(before);
      await scene.server.startAgain();
      await scene.route(name);
      await scene.expectAt(`${name}.example.com`, [`A ${HOME}`], BACK_MS);
      await scene.unroute(name);
      await scene.expectAt(`${name}.example.com`, [], BACK_MS);
      expect(scene.cloudflare.records('example.com')).toEqual(before);
    },
  );

  test('a version that the server no longer has (410) is answered by a fresh list', async () => {
    await scene.route('expired');
    await scene.expectAt('expired.example.com', [`A ${HOME}`]);
    pod.program.signal('SIGSTOP');
    await scene.server.stop('SIGKILL');
    await scene.server.startAgain();
    await scene.unroute('expired');
    await scene.route('missed');
    // The server's own memory of the last changes would still answer, and so would etcd.
    await scene.server.stop('SIGKILL');
    await scene.server.startAgain();
    await scene.server.compact();
    pod.program.signal('SIGCONT');
    await scene.expectAt('missed.example.com', [`A ${HOME}`], BACK_MS);
    await scene.expectAt('expired.example.com', [], BACK_MS);
    const troubles = pod.program.lines.map(({ trouble }) => trouble);
    expect(troubles).toContainEqual(
      expect.objectContaining({ verb: 'watch', error: expect.objectContaining({ status: 410 }) }),
    );
  });

  test('a token that is replaced, and whose predecessor is refused', async () => {
    const first = pod.readToken();
    await pod.rotateToken(scene.server);
    // A token that the server has checked is remembered for some seconds, and a watch that is open stays open.
    await scene.server.stop('SIGKILL');
    await scene.server.startAgain();
    const refused = new Api(scene.server.url, scene.server.ca, first);
    expect((await refused.ask('GET', '/apis')).status).toBe(401);
    refused.close();
    await scene.route('rotated');
    await scene.expectAt('rotated.example.com', [`A ${HOME}`], BACK_MS);
  });

  test('a Lease that somebody deletes is made again, and the work goes on', async () => {
    const where = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: RELEASE, name: RELEASE };
    const before = await scene.api.get(where);
    expect(before?.spec?.['holderIdentity']).toContain(pod.name);
    await scene.api.delete(where);
    await eventually(async () => {
      const after = await scene.api.get(where);
      expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
      expect(after?.spec?.['holderIdentity']).toContain(pod.name);
    }, BACK_MS);
    await scene.route('leased');
    await scene.expectAt('leased.example.com', [`A ${HOME}`], BACK_MS);
  });

  test('rights that are taken away and given back', async () => {
    const binding = 'routeflare:routeflare';
    const saved = await scene.kubectl('get', 'clusterrolebinding', binding, '-o', 'json');
    await scene.kubectl('delete', 'clusterrolebinding', binding);
    const before = scene.cloudflare.records('example.com');
    await scene.server.stop('SIGKILL');
    await scene.server.startAgain();
    await eventually(async () => {
      const { body } = await pod.program.page('/metrics');
      expect(body).toMatch(/^routeflare_problems\{.*\} [1-9]/m);
    }, BACK_MS);
    expect(scene.cloudflare.records('example.com')).toEqual(before);
    const { metadata, ...rest } = JSON.parse(saved) as { metadata: Record<string, unknown> };
    const { resourceVersion: _version, uid: _uid, managedFields: _fields, ...kept } = metadata;
    await scene.api.must('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      ...rest,
      metadata: kept,
    });
    await scene.route('again');
    await scene.expectAt('again.example.com', [`A ${HOME}`], 2 * BACK_MS);
  }, 120_000);
});
