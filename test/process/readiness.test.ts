import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectInput } from '../../src/sandbox/kubernetes-object.ts';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { httpRoute } from './manifests.ts';
import { HOME, Scene } from './scene.ts';

const NAME = 'ready.example.com';

/** A pod behind the Service: ready, on its way up, or on its way down. */
type Pod = 'ready' | 'starting' | 'terminating';

const CONDITIONS: Readonly<Record<Pod, object>> = {
  ready: { ready: true, serving: true, terminating: false },
  starting: { ready: false, serving: false, terminating: false },
  terminating: { ready: false, serving: true, terminating: true },
};

describe('require-ready', () => {
  let scene: Scene;
  let controller: Controller;
  const watched = () => {
    const { services = 0, endpointslices = 0, referencegrants = 0 } = scene.kubernetes.watches.count;
    return { services, endpointslices, referencegrants };
  };

  const slice = (name: string, ...pods: readonly Pod[]): ObjectInput => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'apps', labels: { 'kubernetes.io/service-name': 'app' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080 }],
    endpoints: pods.map((pod, n) => ({ addresses: [`10.0.0.${n}`], conditions: CONDITIONS[pod] })),
  });
  const pods = (...states: readonly Pod[]) => scene.kubernetes.objects.apply(slice('app-1', ...states));
  const service = (namespace: string): ObjectInput => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app', namespace },
    spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] },
  });
  const ask = (name: string, grace: string, backend: object = { name: 'app', port: 80 }) => {
    const route = httpRoute(name, { keys: { 'content-mode': 'gateway-address', 'require-ready': grace } });
    const spec = { ...(route['spec'] as object), rules: [{ backendRefs: [backend] }] };
    scene.kubernetes.objects.apply({ ...route, spec });
  };
  const told = (reason: string, on = 'ready') =>
    scene.events(on).filter((event) => event.reason === reason).length;

  beforeAll(async () => {
    scene = await Scene.open();
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  test('watches Services and EndpointSlices while a source asks for it, and not before or after', async () => {
    scene.route('plain');
    await scene.expectAt('plain.example.com', [`A ${HOME}`]);
    expect(watched()).toEqual({ services: 0, endpointslices: 0, referencegrants: 0 });
    scene.annotate('plain', { 'require-ready': 'true' });
    await eventually(() => expect(watched()).toEqual({ services: 1, endpointslices: 1, referencegrants: 0 }));
    scene.annotate('plain', { 'require-ready': null });
    await eventually(() => expect(watched()).toEqual({ services: 0, endpointslices: 0, referencegrants: 0 }));
    expect(scene.at('plain.example.com')).toEqual([`A ${HOME}`]);
  });

  test('a rolling restart is nothing: no write, no Event', async () => {
    scene.kubernetes.objects.apply(service('apps'));
    pods('ready', 'ready');
    ask('ready', '1m');
    await scene.expectAt(NAME, [`A ${HOME}`]);
    await scene.expectEvent('ready', 'RecordCreated');
    const events = scene.events('ready').length;
    const writes = scene.writesOf(NAME).length;
    const roll: readonly (readonly Pod[])[] = [
      ['ready', 'ready', 'starting'],
      ['ready', 'terminating', 'ready'],
      ['ready', 'ready', 'starting'],
      ['terminating', 'ready', 'ready'],
      ['ready', 'ready'],
    ];
    for (const step of roll) {
      pods(...step);
      await controller.check('example.com');
    }
    expect(scene.events('ready')).toHaveLength(events);
    expect(scene.writesOf(NAME)).toHaveLength(writes);
  });

  test('a node drain that takes the last pod for less than the time is told, and so is its end; nothing is written', async () => {
    const writes = scene.writesOf(NAME).length;
    pods('terminating');
    await scene.expectEvent('ready', 'NotReady', /Service apps\/app port 80 has no ready endpoint.*1m/);
    scene.kubernetes.objects.delete('EndpointSlice', 'apps', 'app-1');
    await controller.check('example.com');
    scene.kubernetes.objects.apply(slice('app-2', 'starting'));
    await controller.check('example.com');
    expect(told('Ready')).toBe(0);
    scene.kubernetes.objects.apply(slice('app-2', 'ready'));
    await scene.expectEvent('ready', 'Ready', /^Service apps\/app port 80 has a ready endpoint again$/);
    await controller.check('example.com');
    expect([told('NotReady'), told('Ready')]).toEqual([1, 1]);
    expect(scene.writesOf(NAME)).toHaveLength(writes);
    expect(scene.at(NAME)).toEqual([`A ${HOME}`]);
  });

  test('a loss that lasts takes the record away, and its end brings it back, each told', async () => {
    ask('ready', '1s');
    scene.kubernetes.objects.apply(slice('app-2', 'starting'));
    await scene.expectAt(NAME, []);
    await scene.expectEvent('ready', 'RecordDeleted', /no ready endpoint/);
    scene.kubernetes.objects.apply(slice('app-2', 'ready'));
    await scene.expectAt(NAME, [`A ${HOME}`]);
    await eventually(() => expect(told('Ready')).toBe(1));
    expect(told('RecordCreated')).toBe(1);
  });

  test('a Service of another namespace counts with a ReferenceGrant alone', async () => {
    scene.kubernetes.objects.apply(service('shared'));
    const there = slice('app-1', 'ready');
    scene.kubernetes.objects.apply({ ...there, metadata: { ...there.metadata, namespace: 'shared' } });
    ask('abroad', '1s', { name: 'app', namespace: 'shared', port: 80 });
    await scene.expectEvent('abroad', 'NotReady', /no ReferenceGrant lets it use Service shared\/app/);
    expect(scene.at('abroad.example.com')).toEqual([]);
    scene.kubernetes.objects.apply({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'apps', namespace: 'shared' },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'apps' }],
        to: [{ group: '', kind: 'Service', name: 'app' }],
      },
    });
    await scene.expectAt('abroad.example.com', [`A ${HOME}`]);
    scene.unroute('abroad');
    await scene.expectAt('abroad.example.com', []);
    await eventually(() => expect(watched().referencegrants).toBe(0));
  });
});
