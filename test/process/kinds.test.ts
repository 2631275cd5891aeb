import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectInput } from '../../src/sandbox/kubernetes-object.ts';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { annotations, gateway, listener } from './manifests.ts';
import { HOME, isBatch, Scene } from './scene.ts';

const TUNNEL = '00000000-0000-0000-0000-000000000000.cfargotunnel.com';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const toGateway = (name: string) => [{ name, namespace: 'infra' }];

function object(apiVersion: string, kind: string, name: string, keys: object, spec: object): ObjectInput {
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'apps', annotations: annotations(keys as Record<string, string>) },
    spec,
  };
}

describe('kinds of sources and parents', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open({
      settings: { SOURCES: 'httproute,grpcroute,tlsroute,ingress,service' },
    });
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  const annotated = (name: string, keys: Record<string, string>) => {
    const plain = gateway(name);
    scene.kubernetes.objects.apply({
      ...plain,
      metadata: { ...plain.metadata, annotations: annotations(keys) },
    });
  };

  test('a route that moves from the tunnel’s Gateway to the inner one moves from CNAME to A in one batch', async () => {
    scene.kubernetes.gatewayAddresses('infra', 'external', ['192.0.2.1']);
    scene.kubernetes.gatewayAddresses('infra', 'internal', ['192.0.2.2']);
    annotated('external', { 'content-mode': 'static', content: TUNNEL, proxied: 'true' });
    annotated('internal', { 'content-mode': 'gateway-address' });
    scene.route('pair', { keys: {}, parentRefs: toGateway('external') });
    await scene.expectAt('pair.example.com', [`CNAME ${TUNNEL}`]);
    expect(scene.recordsAt('pair.example.com')).toMatchObject([{ proxied: true }]);
    const before = scene.writesOf('pair.example.com').length;
    scene.route('pair', { keys: {}, parentRefs: toGateway('internal') });
    await scene.expectAt('pair.example.com', ['A 192.0.2.2']);
    expect(scene.recordsAt('pair.example.com')).toMatchObject([{ proxied: false }]);
    const moves = scene.writesOf('pair.example.com').slice(before);
    expect(moves).toHaveLength(1);
    expect(moves.every(isBatch)).toBe(true);
  });

  test('examples/two-gateways.yaml does what it says', async () => {
    const text = readFileSync(new URL('../../examples/two-gateways.yaml', import.meta.url), 'utf8');
    scene.kubernetes.gatewayAddresses('gateways', 'internal', ['192.168.1.20']);
    for (const document of parseAllDocuments(text)) {
      scene.kubernetes.objects.apply(document.toJS() as ObjectInput);
    }
    await scene.expectAt('wiki.example.com', [`CNAME ${TUNNEL}`]);
    await scene.expectAt('nas.example.com', ['A 192.168.1.20']);
    expect(scene.at('hidden.example.com')).toEqual([]);
    scene.kubernetes.objects.patch('HTTPRoute', 'home', 'wiki', {
      spec: { parentRefs: [{ name: 'internal', namespace: 'gateways' }] },
    });
    await scene.expectAt('wiki.example.com', ['A 192.168.1.20']);
  });

  test('a Gateway that gets a content-mode publishes the routes that were there, and a bad key of it freezes them', async () => {
    scene.kubernetes.gatewayAddresses('infra', 'later', ['192.0.2.3']);
    annotated('later', {});
    scene.route('later', { keys: {}, parentRefs: toGateway('later') });
    scene.route('out', { keys: { 'content-mode': 'none' }, parentRefs: toGateway('later') });
    await controller.check('example.com');
    expect(scene.at('later.example.com')).toEqual([]);
    annotated('later', { 'content-mode': 'gateway-address', ttl: '300' });
    await scene.expectAt('later.example.com', ['A 192.0.2.3']);
    expect(scene.recordsAt('later.example.com')).toMatchObject([{ ttl: 300 }]);
    expect(scene.at('out.example.com')).toEqual([]);
    annotated('later', { 'content-mode': 'gateway-address', ttl: 'soon' });
    await scene.expectEvent('later', 'InvalidAnnotation', /routeflare\/ttl of Gateway infra\/later: "soon"/);
    scene.kubernetes.gatewayAddresses('infra', 'later', ['192.0.2.4']);
    await controller.check('example.com');
    expect(scene.at('later.example.com')).toEqual(['A 192.0.2.3']);
    scene.kubernetes.objects.delete('Gateway', 'infra', 'later');
    await controller.check('example.com');
    await eventually(() => expect(scene.row('later.example.com')).toMatchObject({ state: 'pending' }));
    expect(scene.at('later.example.com')).toEqual(['A 192.0.2.3']);
    annotated('later', { 'content-mode': 'gateway-address' });
    await scene.expectAt('later.example.com', ['A 192.0.2.4']);
    annotated('later', {});
    await scene.expectAt('later.example.com', []);
  });

  test('suspend on a Gateway stops every write for its routes', async () => {
    scene.kubernetes.gatewayAddresses('infra', 'still', ['192.0.2.5']);
    annotated('still', { 'content-mode': 'gateway-address' });
    scene.route('still', { keys: {}, parentRefs: toGateway('still') });
    await scene.expectAt('still.example.com', ['A 192.0.2.5']);
    annotated('still', { 'content-mode': 'gateway-address', suspend: 'true' });
    await eventually(() => expect(scene.row('still.example.com')).toMatchObject({ state: 'suspended' }));
    scene.kubernetes.gatewayAddresses('infra', 'still', ['192.0.2.6']);
    await controller.check('example.com');
    expect(scene.at('still.example.com')).toEqual(['A 192.0.2.5']);
    annotated('still', { 'content-mode': 'gateway-address' });
    await scene.expectAt('still.example.com', ['A 192.0.2.6']);
  });

  test('S-56 a ListenerSet gives the address of its Gateway, while the Gateway allows it', async () => {
    const allowed = (from: string): ObjectInput => {
      const plain = gateway('host');
      return {
        ...plain,
        spec: { ...(plain['spec'] as object), allowedListeners: { namespaces: { from } } },
      };
    };
    scene.kubernetes.gatewayAddresses('infra', 'host', ['192.0.2.7']);
    scene.kubernetes.objects.apply(allowed('All'));
    scene.kubernetes.objects.apply(
      object(
        GATEWAY_API,
        'ListenerSet',
        'mine',
        {},
        {
          parentRef: { name: 'host', namespace: 'infra' },
          listeners: [listener({ name: 'wild', hostname: '*.set.example.com' })],
        },
      ),
    );
    scene.route('set', { hosts: ['a.set.example.com'], parentRefs: [{ kind: 'ListenerSet', name: 'mine' }] });
    await scene.expectAt('a.set.example.com', ['A 192.0.2.7']);
    scene.kubernetes.objects.apply(allowed('None'));
    await scene.expectAt('a.set.example.com', []);
    await eventually(() => expect(scene.row('a.set.example.com')).toBeUndefined());
  });

  test('a GRPCRoute and a TLSRoute are published like an HTTPRoute', async () => {
    scene.gateway(
      'many',
      ['192.0.2.8'],
      [listener(), listener({ name: 'tls', port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' } })],
    );
    for (const kind of ['GRPCRoute', 'TLSRoute']) {
      const name = kind.toLowerCase();
      scene.kubernetes.objects.apply(
        object(
          GATEWAY_API,
          kind,
          name,
          { 'content-mode': 'gateway-address' },
          {
            hostnames: [`${name}.example.com`],
            parentRefs: toGateway('many'),
          },
        ),
      );
      await scene.expectAt(`${name}.example.com`, ['A 192.0.2.8']);
      scene.kubernetes.objects.delete(kind, 'apps', name);
      await scene.expectAt(`${name}.example.com`, []);
      await eventually(() => expect(scene.row(`${name}.example.com`)).toBeUndefined());
    }
  });

  test('an Ingress is published by its rules’ hosts at its load balancer', async () => {
    scene.kubernetes.objects.apply(
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'web',
        { 'content-mode': 'gateway-address' },
        {
          ingressClassName: 'any',
          rules: [{ host: 'ing.example.com' }, { host: '*.ing.example.com' }],
        },
      ),
    );
    const older = object(
      'networking.k8s.io/v1',
      'Ingress',
      'older',
      {},
      { rules: [{ host: 'older.example.com' }] },
    );
    scene.kubernetes.objects.apply({
      ...older,
      metadata: {
        ...older.metadata,
        annotations: {
          'kubernetes.io/ingress.class': 'any',
          ...annotations({ 'content-mode': 'static', content: '192.0.2.12' }),
        },
      },
    });
    await scene.expectAt('older.example.com', ['A 192.0.2.12']);
    await scene.expectEvent('web', 'Pending', /no address/);
    const status = (ingress: object) =>
      scene.kubernetes.objects.setStatus('Ingress', 'apps', 'web', { loadBalancer: { ingress: [ingress] } });
    status({ ip: '192.0.2.9' });
    await scene.expectAt('ing.example.com', ['A 192.0.2.9']);
    await scene.expectAt('*.ing.example.com', ['A 192.0.2.9']);
    status({ hostname: 'lb.example.net' });
    await scene.expectAt('ing.example.com', ['CNAME lb.example.net']);
    scene.kubernetes.objects.delete('Ingress', 'apps', 'web');
    await scene.expectAt('ing.example.com', []);
    expect(scene.at('*.ing.example.com')).toEqual([]);
  });

  test('a Service of type LoadBalancer is published by its annotation’s hostnames', async () => {
    const service = (type: string, keys: Record<string, string>) =>
      object('v1', 'Service', 'mail', { 'content-mode': 'gateway-address', ...keys }, { type, ports: [] });
    scene.kubernetes.objects.apply(service('LoadBalancer', {}));
    await scene.expectEvent('mail', 'InvalidAnnotation', /routeflare\/hostnames is required/);
    scene.kubernetes.objects.setStatus('Service', 'apps', 'mail', {
      loadBalancer: { ingress: [{ ip: '192.0.2.10' }] },
    });
    scene.kubernetes.objects.apply(service('LoadBalancer', { hostnames: 'mail.example.com' }));
    await scene.expectAt('mail.example.com', ['A 192.0.2.10']);
    scene.kubernetes.objects.apply(service('ClusterIP', { hostnames: 'mail.example.com' }));
    await scene.expectEvent('mail', 'Pending', /type ClusterIP/);
    expect(scene.at('mail.example.com')).toEqual(['A 192.0.2.10']);
    scene.kubernetes.objects.delete('Service', 'apps', 'mail');
    await scene.expectAt('mail.example.com', []);
  });

  test('require-ready publishes only while a backend has a ready endpoint, and never flaps within its time', async () => {
    const slice = (ready: boolean): ObjectInput => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'app-1', namespace: 'apps', labels: { 'kubernetes.io/service-name': 'app' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
    });
    scene.kubernetes.objects.apply(
      object('v1', 'Service', 'app', {}, { ports: [{ name: 'http', port: 80 }] }),
    );
    scene.kubernetes.objects.apply(
      object(
        GATEWAY_API,
        'HTTPRoute',
        'ready',
        { 'content-mode': 'gateway-address', 'require-ready': '2s' },
        {
          hostnames: ['ready.example.com'],
          parentRefs: toGateway('home'),
          rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
        },
      ),
    );
    await scene.expectEvent('ready', 'NotReady', /Service apps\/app port 80 has no ready endpoint/);
    expect(scene.at('ready.example.com')).toEqual([]);
    scene.kubernetes.objects.apply(slice(true));
    await scene.expectAt('ready.example.com', [`A ${HOME}`]);
    const writes = scene.writesOf('ready.example.com').length;
    scene.kubernetes.objects.apply(slice(false));
    await scene.expectEvent('ready', 'NotReady', /goes when that lasts 2s/);
    scene.kubernetes.objects.apply(slice(true));
    await controller.check('example.com');
    expect(scene.writesOf('ready.example.com')).toHaveLength(writes);
    scene.kubernetes.objects.apply(slice(false));
    await scene.expectAt('ready.example.com', []);
    await scene.expectEvent('ready', 'RecordDeleted', /no ready endpoint/);
    scene.kubernetes.objects.apply(slice(true));
    await scene.expectAt('ready.example.com', [`A ${HOME}`]);
  });

  test('an Ingress takes a name over in place from the HTTPRoute that it replaces', async () => {
    scene.route('swap');
    await scene.expectAt('swap.example.com', [`A ${HOME}`]);
    const [record] = scene.recordsAt('swap.example.com');
    scene.kubernetes.objects.apply(
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'swap',
        { 'content-mode': 'static', content: HOME },
        {
          rules: [{ host: 'swap.example.com' }],
        },
      ),
    );
    await scene.expectEvent('swap', 'HostnameConflict', /HTTPRoute\/apps\/swap/);
    scene.unroute('swap');
    await eventually(() => expect(scene.row('swap.example.com')).toMatchObject({ holder_kind: 'Ingress' }));
    await controller.check('example.com');
    expect(scene.recordsAt('swap.example.com').map(({ id }) => id)).toEqual([record?.id]);
  });
});
