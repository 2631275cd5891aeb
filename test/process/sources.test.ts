import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { listener } from './manifests.ts';
import { eventually } from './eventually.ts';
import { HOME, Scene } from './scene.ts';

const inCloud = (name: string) => [{ name, namespace: 'infra' }];

describe('routes and their Gateways', () => {
  let scene: Scene;
  let controller: Controller;
  let days = 0;
  /** What is created from now on is younger, also by Kubernetes' clock of whole seconds. */
  const dayLater = () => (days += 1);
  beforeAll(async () => {
    scene = await Scene.open({
      zones: ['example.com', 'xn--bcher-kva.example'],
      kubernetes: {
        now: () => new Date(Date.now() + days * 86_400_000),
        gateways: {
          accepts: ({ metadata }) => metadata.namespace !== 'evil' || 'NotAllowedByListeners',
        },
      },
    });
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  test('S-27 of two routes with one hostname either may go without a gap', async () => {
    scene.route('redirect', { hosts: ['s27.example.com'] });
    await scene.expectAt('s27.example.com', [`A ${HOME}`]);
    dayLater();
    scene.route('https', { hosts: ['s27.example.com'] });
    await scene.expectEvent('https', 'HostnameConflict', /HTTPRoute\/apps\/redirect/);
    const [record] = scene.recordsAt('s27.example.com');
    scene.unroute('redirect');
    await eventually(() => expect(scene.row('s27.example.com')?.['holder_name']).toBe('https'));
    await controller.check('example.com');
    expect(scene.recordsAt('s27.example.com')).toMatchObject([{ id: record!.id, content: HOME }]);
    expect(
      scene.writesOf('s27.example.com').filter(({ body }) => JSON.stringify(body).includes('deletes')),
    ).toEqual([]);
    const deleted = scene.ledger(
      "SELECT 1 FROM history WHERE name = 's27.example.com' AND action = 'delete'",
    );
    expect(deleted).toEqual([]);
  });

  test('S-28 of two routes that disagree the oldest wins, every time, and the other is told', async () => {
    const keys = (ttl: string) => ({ keys: { 'content-mode': 'gateway-address', ttl } });
    const hosts = ['s28.example.com'];
    scene.route('older', { hosts, ...keys('600') });
    dayLater();
    scene.route('latest', { hosts, ...keys('120') });
    await scene.expectEvent('latest', 'HostnameConflict', /HTTPRoute\/apps\/older/);
    await eventually(() => expect(scene.recordsAt('s28.example.com')).toMatchObject([{ ttl: 600 }]));
    const writes = scene.writes.length;
    await controller.check('example.com');
    await controller.check('example.com');
    expect(scene.writes.length).toBe(writes);
  });

  test('S-29 a route that the Gateway does not accept, or may not, gets no name', async () => {
    scene.gateway('closed', [HOME], [listener({ allowedRoutes: { namespaces: { from: 'Same' } } })]);
    scene.route('grab', { namespace: 'evil', hosts: ['s29.example.com'] });
    scene.route('reach', { hosts: ['s29b.example.com'], parentRefs: inCloud('closed') });
    await scene.expectEvent('grab', 'Pending', /NotAllowedByListeners/);
    await scene.expectEvent('reach', 'Pending', /Same|namespace/);
    await controller.check();
    expect([...scene.at('s29.example.com'), ...scene.at('s29b.example.com')]).toEqual([]);
  });

  test('S-29 and one that is accepted elsewhere cannot take a held name', async () => {
    scene.route('thief', {
      namespace: 'other',
      hosts: ['elsewhere.example.com'],
      keys: { 'content-mode': 'static', content: '198.51.100.9' },
    });
    dayLater();
    scene.route('held');
    await scene.expectAt('held.example.com', [`A ${HOME}`]);
    scene.kubernetes.objects.patch('HTTPRoute', 'other', 'thief', {
      spec: { hostnames: ['held.example.com'] },
    });
    await scene.expectEvent('thief', 'HostnameConflict', /holds it/);
    expect(scene.at('held.example.com')).toEqual([`A ${HOME}`]);
  });

  test('S-30 every hostname gets its record', async () => {
    const hosts = ['a.s30.example.com', 'b.s30.example.com', 'c.s30.example.com'];
    scene.route('s30', { hosts });
    for (const host of hosts) await scene.expectAt(host, [`A ${HOME}`]);
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM records WHERE holder_name = 's30'")).toHaveLength(3),
    );
  });

  test('S-30b a route without hostnames takes the listener’s, but never its wildcard', async () => {
    scene.gateway(
      'named',
      [HOME],
      [
        listener({ name: 'exact', hostname: 's30b.example.com' }),
        listener({ name: 'wide', hostname: '*.wide.example.com' }),
      ],
    );
    scene.route('s30b', { hosts: [], parentRefs: inCloud('named') });
    await scene.expectAt('s30b.example.com', [`A ${HOME}`]);
    expect(scene.at('*.wide.example.com')).toEqual([]);
  });

  test('a wildcard hostname is published as one, and a name in Unicode by its A-label', async () => {
    scene.route('wild', { hosts: ['*.wild.example.com'] });
    scene.route('book', {
      hosts: ['www.xn--bcher-kva.example'],
      keys: { 'content-mode': 'gateway-address' },
    });
    scene.route('umlaut', {
      hosts: ['x.example.com'],
      keys: { 'content-mode': 'gateway-address', hostnames: 'täst.example.com' },
    });
    await scene.expectAt('*.wild.example.com', [`A ${HOME}`]);
    await scene.expectAt('www.xn--bcher-kva.example', [`A ${HOME}`]);
    await scene.expectAt('xn--tst-qla.example.com', [`A ${HOME}`]);
    const writes = scene.writes.length;
    await controller.check('example.com', 'xn--bcher-kva.example');
    expect(scene.writes.length).toBe(writes);
    scene.unroute('wild');
    await scene.expectAt('*.wild.example.com', []);
  });

  test('S-52, S-53 an address that a Gateway gets later, or changes, is followed at once', async () => {
    scene.gateway('late', []);
    scene.route('s52', { parentRefs: inCloud('late') });
    await scene.expectEvent('s52', 'Pending', /no address/);
    scene.kubernetes.gatewayAddresses('infra', 'late', ['192.0.2.52']);
    await scene.expectAt('s52.example.com', ['A 192.0.2.52']);
    scene.kubernetes.gatewayAddresses('infra', 'late', ['192.0.2.53']);
    await scene.expectAt('s52.example.com', ['A 192.0.2.53']);
    scene.kubernetes.gatewayAddresses('infra', 'late', ['192.0.2.54', '192.0.2.53']);
    await controller.check('example.com');
    expect(scene.at('s52.example.com')).toEqual(['A 192.0.2.53']);
  });

  test('S-54 a parent that is no Gateway is passed over', async () => {
    scene.route('s54', {
      parentRefs: [{ group: '', kind: 'Service', name: 'mesh' }, ...inCloud('home')],
    });
    await scene.expectAt('s54.example.com', [`A ${HOME}`]);
    await eventually(() =>
      expect(scene.row('s54.example.com')).toMatchObject({ via_kind: 'Gateway', via_name: 'home' }),
    );
  });

  test('S-55 of two parents the first that yields content counts, and stays', async () => {
    scene.gateway('dry', []);
    scene.route('s55', { parentRefs: [...inCloud('dry'), ...inCloud('home')] });
    await scene.expectAt('s55.example.com', [`A ${HOME}`]);
    scene.kubernetes.gatewayAddresses('infra', 'dry', ['192.0.2.55']);
    await controller.check('example.com');
    expect(scene.at('s55.example.com')).toEqual([`A ${HOME}`]);
    scene.annotate('s55', { gateway: 'infra/dry' });
    await scene.expectAt('s55.example.com', ['A 192.0.2.55']);
  });

  test('S-56 nothing is concluded from a ListenerSet that is not there', async () => {
    scene.route('s56');
    await scene.expectAt('s56.example.com', [`A ${HOME}`]);
    scene.route('s56', { parentRefs: [{ kind: 'ListenerSet', name: 'more', namespace: 'infra' }] });
    await scene.expectEvent('s56', 'Pending', /ListenerSet/);
    await controller.check('example.com');
    expect(scene.at('s56.example.com')).toEqual([`A ${HOME}`]);
  });

  test('S-57 a Gateway with a hostname alone gives a CNAME', async () => {
    scene.gateway('elb', ['lb-1.elb.example.net']);
    scene.route('s57', { parentRefs: inCloud('elb') });
    await scene.expectAt('s57.example.com', ['CNAME lb-1.elb.example.net']);
    expect(scene.writesOf('s57.example.com')).toHaveLength(1);
  });

  test('S-71 status written again and again costs no call to Cloudflare', async () => {
    scene.route('s71');
    await scene.expectAt('s71.example.com', [`A ${HOME}`]);
    await controller.check('example.com');
    const calls = scene.cloudflare.calls.length;
    for (let n = 0; n < 20; n += 1) {
      const status = scene.kubernetes.objects.get('Gateway', 'infra', 'home')?.['status'];
      const listeners = [{ name: 'web', attachedRoutes: n, supportedKinds: [], conditions: [] }];
      scene.kubernetes.objects.setStatus('Gateway', 'infra', 'home', { ...(status as object), listeners });
    }
    scene.route('s71', { keys: { 'content-mode': 'gateway-address', 'unheard-of': 'x' } });
    await scene.expectEvent('s71', 'InvalidAnnotation', /unheard-of/);
    expect(scene.cloudflare.calls.length).toBe(calls);
  });
});
