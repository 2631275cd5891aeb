import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { goValues, previousValues } from './chart-values.ts';
import { CHART } from './cluster/helm.ts';
import { HOME, RELEASE, Scene } from './cluster/scene.ts';

const GO_CHART = resolve(import.meta.dirname, 'go-chart');
const PREVIOUS = resolve(import.meta.dirname, 'previous-charts');
const on = ['--namespace', RELEASE];
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: RELEASE, name: RELEASE };

describe('helm upgrade', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ otherCharts: true });
    await scene.gateway();
  });
  afterAll(() => scene.close());
  afterEach(async () => {
    await scene.helm.must(['uninstall', RELEASE, ...on]);
    await scene.dropClaims();
    for (const { id } of scene.cloudflare.records('example.com')) scene.cloudflare.remove('example.com', id);
  });

  test('takes the place of the Go version with the same values, and its records over', async () => {
    const mine = { ...goValues, env: scene.values()['env'] };
    await scene.helm.must(['install', RELEASE, GO_CHART, ...on], mine);
    const before = await scene.api.get(deployment);
    const theirs = scene.cloudflare.create('example.com', {
      type: 'A',
      name: 'old.example.com',
      content: '203.0.113.99',
      comment: 'record-owner-id=routeflare',
    });
    await scene.route('old');
    await scene.helm.must(['upgrade', RELEASE, CHART, ...on], mine);
    const after = await scene.api.get(deployment);
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.spec?.['strategy']).toEqual({ type: 'Recreate' });
    const pod = await scene.startPod();
    await pod.program.ready();
    await scene.expectAt('old.example.com', [`A ${HOME}`]);
    const record = scene.cloudflare.record('example.com', 'old.example.com', 'A');
    expect(record?.id).toBe(theirs.id);
    expect(record?.comment).toMatch(/^record-owner-id=routeflare-[0-9a-f]{8} /);
    expect(await pod.stop()).toBe(0);
    await scene.unroute('old');
  });

  test.each(readdirSync(PREVIOUS).filter((name) => name.endsWith('.tgz')))(
    'from %s with the same values, and the ledger goes on',
    async (name) => {
      const mine = { ...scene.values(), ...previousValues };
      await scene.helm.must(['install', RELEASE, join(PREVIOUS, name), ...on], mine);
      const before = await scene.api.get(deployment);
      const first = await scene.startPod();
      await first.program.ready();
      await scene.route('kept');
      await scene.expectAt('kept.example.com', [`A ${HOME}`]);
      const kept = scene.cloudflare.records('example.com');
      // Recreate: the old Pod ends before the new one starts.
      expect(await first.stop()).toBe(0);
      await scene.helm.must(['upgrade', RELEASE, CHART, ...on], mine);
      const after = await scene.api.get(deployment);
      expect(after?.metadata.uid).toBe(before?.metadata.uid);
      scene.cloudflare.clearCalls();
      const second = await scene.startPod();
      expect(second.ledgerPath).toBe(first.ledgerPath);
      await second.program.ready();
      await scene.route('next');
      await scene.expectAt('next.example.com', [`A ${HOME}`]);
      expect(scene.cloudflare.records('example.com')).toEqual(expect.arrayContaining(kept));
      expect((await second.exec(['history', 'kept.example.com'])).output).toMatch(/create/);
      expect(await second.stop()).toBe(0);
      // And back: a person who does not like the new one.
      await scene.helm.must(['rollback', RELEASE, '1', ...on]);
      const third = await scene.startPod();
      await third.program.ready();
      expect(scene.cloudflare.records('example.com')).toEqual(expect.arrayContaining(kept));
      expect(await third.stop()).toBe(0);
      for (const route of ['kept', 'next']) await scene.unroute(route);
    },
  );
});
