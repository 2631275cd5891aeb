import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pod } from './cluster/kubelet.ts';
import { listener } from './cluster/manifests.ts';
import { EGRESS, HOME, Scene } from './cluster/scene.ts';

describe('annotate', () => {
  let scene: Scene;
  let pod: Pod;
  beforeAll(async () => {
    scene = await Scene.open();
    await scene.gateway();
    pod = await scene.run();
  });
  afterAll(() => scene.close());

  test('an annotation brings a record, its edit changes it, and its removal takes it away', async () => {
    await scene.route('app', { keys: {} });
    await scene.annotate('app', { 'content-mode': 'gateway-address' });
    await scene.expectAt('app.example.com', [`A ${HOME}`]);
    const created = scene.cloudflare.record('example.com', 'app.example.com', 'A');
    expect(created?.comment).toMatch(
      /^record-owner-id=routeflare-[0-9a-f]{8} [0-9a-f]{8}:HTTPRoute\/apps\/app$/,
    );
    await scene.annotate('app', { 'content-mode': 'static', content: '198.51.100.20' });
    await scene.expectAt('app.example.com', ['A 198.51.100.20']);
    expect(scene.cloudflare.record('example.com', 'app.example.com', 'A')?.id).toBe(created?.id);
    await scene.annotate('app', { 'content-mode': null, content: null });
    await scene.expectAt('app.example.com', []);
    expect(pod.program.lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test('an address that the implementation writes later, and then another, reaches the record', async () => {
    const gateway = await scene.gateway('late', []);
    await scene.route('late', { gateway: 'late' });
    await scene.implementation.program(gateway, ['203.0.113.20']);
    await scene.expectAt('late.example.com', ['A 203.0.113.20']);
    await scene.implementation.program(gateway, ['203.0.113.21']);
    await scene.expectAt('late.example.com', ['A 203.0.113.21']);
    await scene.implementation.program(gateway, []);
    await scene.route('after');
    await scene.expectAt('after.example.com', [`A ${HOME}`]);
    expect(scene.at('late.example.com')).toEqual(['A 203.0.113.21']);
  });

  test('a Gateway that is deleted takes no record with it', async () => {
    await scene.gateway('short', ['203.0.113.30']);
    await scene.route('stays', { gateway: 'short' });
    await scene.expectAt('stays.example.com', ['A 203.0.113.30']);
    await scene.kubectl('-n', 'infra', 'delete', 'gateway', 'short');
    await scene.route('witness');
    await scene.expectAt('witness.example.com', [`A ${HOME}`]);
    expect(scene.at('stays.example.com')).toEqual(['A 203.0.113.30']);
    await scene.unroute('stays');
    await scene.expectAt('stays.example.com', []);
  });

  test('a listener that selects Namespaces by a label takes the routes of those that bear it', async () => {
    const allowedRoutes = { namespaces: { from: 'Selector', selector: { matchLabels: { dns: 'yes' } } } };
    await scene.gateway('picky', ['203.0.113.40'], {}, [listener({ allowedRoutes })]);
    await scene.route('picked', { gateway: 'picky' });
    await scene.route('beside');
    await scene.expectAt('beside.example.com', [`A ${HOME}`]);
    expect(scene.at('picked.example.com')).toEqual([]);
    await scene.kubectl('label', 'namespace', 'apps', 'dns=yes');
    await scene.expectAt('picked.example.com', ['A 203.0.113.40']);
  });

  test('a Gateway sets the mode for its routes, and one of them opts out', async () => {
    await scene.gateway('default', ['203.0.113.50'], { 'content-mode': 'gateway-address', ttl: '300' });
    await scene.route('in', { gateway: 'default', keys: {} });
    await scene.route('out', { gateway: 'default', keys: { 'content-mode': 'none' } });
    await scene.expectAt('in.example.com', ['A 203.0.113.50']);
    expect(scene.cloudflare.record('example.com', 'in.example.com', 'A')?.ttl).toBe(300);
    expect(scene.at('out.example.com')).toEqual([]);
  });

  test('routes of the other kinds have records too', async () => {
    await scene.route('rpc', { kind: 'GRPCRoute' });
    await scene.expectAt('rpc.example.com', [`A ${HOME}`]);
    await scene.gateway('tls', ['203.0.113.60'], {}, [
      listener({ protocol: 'TLS', port: 443, tls: { mode: 'Passthrough' } }),
    ]);
    await scene.route('sni', { kind: 'TLSRoute', gateway: 'tls' });
    await scene.expectAt('sni.example.com', ['A 203.0.113.60']);
    expect(scene.cloudflare.record('example.com', 'sni.example.com', 'A')?.comment).toContain(
      'TLSRoute/apps/sni',
    );
  });

  test('the egress address, in mode ddns', async () => {
    await scene.route('home', { keys: { 'content-mode': 'ddns' } });
    await scene.expectAt('home.example.com', [`A ${EGRESS}`]);
    expect(scene.cloudflare.record('example.com', 'home.example.com', 'A')?.proxied).toBe(false);
  });
});
