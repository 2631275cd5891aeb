import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { endpoints, grant, service } from './cluster/manifests.ts';
import { HOME, Scene } from './cluster/scene.ts';

const keys = { 'content-mode': 'gateway-address', 'require-ready': '2s' };

describe('require-ready', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    await scene.run();
  });
  afterAll(() => scene.close());

  test('a record comes with the first ready endpoint, goes when there has been none for the time, and comes again', async () => {
    await scene.api.apply(service('app', 'apps'));
    await scene.api.apply(endpoints('app', 'apps', false));
    await scene.route('app', { keys, backend: { name: 'app' } });
    await eventually(async () => {
      const told = await scene.kubectl('-n', 'apps', 'get', 'events');
      expect(told).toMatch(/Warning\s+NotReady\s+httproute\/app\s/);
    });
    expect(scene.at('app.example.com')).toEqual([]);
    await scene.api.apply(endpoints('app', 'apps', true));
    await scene.expectAt('app.example.com', [`A ${HOME}`]);
    await scene.api.apply(endpoints('app', 'apps', false));
    await scene.expectAt('app.example.com', []);
    await scene.api.apply(endpoints('app', 'apps', true));
    await scene.expectAt('app.example.com', [`A ${HOME}`]);
  });

  test('a Service in another namespace counts once a ReferenceGrant lets the route refer to it', async () => {
    await scene.api.apply(service('far', 'infra'));
    await scene.api.apply(endpoints('far', 'infra', true));
    await scene.route('far', { keys, backend: { name: 'far', namespace: 'infra' } });
    await eventually(async () => {
      const told = await scene.kubectl('-n', 'apps', 'get', 'events');
      expect(told).toMatch(/Warning\s+NotReady\s+httproute\/far\s/);
    });
    expect(scene.at('far.example.com')).toEqual([]);
    await scene.api.apply(grant('apps', 'infra'));
    await scene.expectAt('far.example.com', [`A ${HOME}`]);
  });
});
