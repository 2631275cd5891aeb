import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { listener, route } from './cluster/manifests.ts';
import { HOME, Scene } from './cluster/scene.ts';

const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tlsroutes.gateway.networking.k8s.io';
const GROUP = 'gateway.networking.k8s.io';

/** A kind that is not served is asked for once a minute; before that a watch on it ends within minutes. */
const NOTICED_MS = 90_000;

describe('TLSRoutes where the cluster serves them in a version of before', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await serve('v1alpha3');
    const tls = listener({ protocol: 'TLS', port: 443, tls: { mode: 'Passthrough' } });
    await scene.gateway('tls', [HOME], {}, [tls]);
    await scene.run();
  });
  afterAll(() => scene.close());

  /** Has the cluster serve the kind in one version alone, as an older or a newer release does. */
  async function serve(version: string): Promise<void> {
    const crd = await scene.api.must('GET', CRD);
    const spec = crd['spec'] as { readonly versions: readonly { readonly name: string }[] };
    const versions = spec.versions.map((each) => ({ ...each, served: each.name === version }));
    await scene.api.must('PUT', CRD, { ...crd, spec: { ...spec, versions } });
    await eventually(() => scene.api.must('GET', `/apis/${GROUP}/${version}/tlsroutes`));
  }

  async function tlsRoute(name: string, version: string): Promise<void> {
    const made = route(name, { kind: 'TLSRoute', gateway: 'tls' });
    const applied = await scene.api.apply({ ...made, apiVersion: `${GROUP}/${version}` });
    await scene.implementation.accept(applied);
  }

  test('they are published, and go on being so over the release that serves v1', async () => {
    await tlsRoute('older', 'v1alpha3');
    await scene.expectAt('older.example.com', [`A ${HOME}`], NOTICED_MS);
    const kept = scene.cloudflare.records('example.com');
    await serve('v1');
    await tlsRoute('newer', 'v1');
    await scene.expectAt('newer.example.com', [`A ${HOME}`], NOTICED_MS);
    expect(scene.cloudflare.records('example.com')).toEqual(expect.arrayContaining(kept));
  }, 240_000);
});
