import { describe, expect, it } from 'vitest';
import type { FakeApiServer, FakeObject } from './fake-apiserver.ts';
import { refuse } from './fake-apiserver.ts';
import { gateway, route, runCluster, tick, until } from './cluster-fixture.ts';

const OURS = { 'routeflare/content-mode': 'gateway-address' };
const edge = (annotations: Readonly<Record<string, string>> = {}) =>
  gateway('edge', undefined, { namespace: 'default', annotations });
const bare = (name: string) => route(name, { annotations: {} });

function listenerSet(name: string, annotations: Readonly<Record<string, string>> = {}): FakeObject {
  return {
    metadata: { name, namespace: 'default', annotations },
    spec: {
      parentRef: { name: 'edge' },
      listeners: [{ name: 'web', port: 80, protocol: 'HTTP' }],
    },
    status: {
      conditions: [{ type: 'Accepted', status: 'True' }],
      listeners: [{ name: 'web', conditions: [{ type: 'Accepted', status: 'True' }] }],
    },
  };
}

const toSet = (name: string): FakeObject => ({
  ...bare(name),
  spec: { hostnames: ['x.example.com'], parentRefs: [{ kind: 'ListenerSet', name: 'more' }] },
});

describe('routes without annotations', () => {
  it('are kept whole once their Gateway has some, and let go when it has none', async () => {
    await using running = await runCluster((server) => {
      server.put('httproutes', bare('a'));
      server.put('httproutes', { ...bare('b'), spec: { parentRefs: [{ name: 'other' }] } });
      server.put('gateways', gateway('other', undefined, { namespace: 'default' }));
    });
    await until(() => running.cluster.synced());
    expect(running.routes().objects.size).toBe(0);
    expect(running.routes().present('default/a')).toBe(true);
    const lists = running.server.callsOf('list', 'httproutes').length;

    running.server.put('gateways', edge(OURS));
    await until(() => running.routes().objects.has('default/a'));
    expect([...running.routes().objects.keys()]).toEqual(['default/a']);
    expect(running.server.callsOf('list', 'httproutes').length).toBe(lists + 1);
    running.server.put('httproutes', bare('c'));
    await until(() => running.routes().objects.has('default/c'));

    running.server.put('gateways', edge());
    await until(() => running.routes().objects.size === 0);
    expect(running.routes().present('default/a')).toBe(true);
    expect(running.routes().trust.kind).toBe('current');
  });

  it('are kept from the start where their Gateway has some', async () => {
    await using running = await runCluster((server) => {
      server.put('httproutes', { ...bare('a'), spec: { parentRefs: [{ name: 'g', namespace: 'infra' }] } });
      server.put('gateways', gateway('g', undefined, { annotations: OURS }));
    });
    await until(() => running.cluster.synced());
    expect(running.routes().objects.has('default/a')).toBe(true);
    expect(running.server.callsOf('list', 'httproutes').length).toBe(1);
  });

  it('are kept while their Gateway is missing, since nobody knows what it set', async () => {
    await using running = await runCluster((server) => server.put('httproutes', bare('a')));
    await until(() => running.cluster.synced());
    running.server.put('gateways', edge(OURS));
    await until(() => running.routes().objects.has('default/a'));
    running.server.delete('gateways', 'default', 'edge');
    await until(() => !running.cluster.snapshot().gateways.present('default/edge'));
    await tick(20);
    expect(running.routes().objects.has('default/a')).toBe(true);
    running.server.put('gateways', edge());
    await until(() => running.routes().objects.size === 0);
  });

  it('are not lost by a relist that fails at first', async () => {
    let refused = 0;
    await using running = await runCluster((server) => server.put('httproutes', bare('a')));
    await until(() => running.cluster.synced());
    running.server.fault = (call, response) => {
      if (call.verb !== 'list' || !call.path.endsWith('/httproutes') || refused > 1) return false;
      refused += 1;
      refuse(response, 500, 'later');
      return true;
    };
    running.server.put('gateways', edge(OURS));
    await until(() => running.routes().objects.has('default/a'));
    expect(refused).toBe(2);
    running.server.put('httproutes', route('b'));
    await until(() => running.routes().objects.has('default/b'));
  });
});

describe('ListenerSets', () => {
  it('are read, and give their own annotations and those of their Gateway to routes', async () => {
    await using running = await runCluster((server) => {
      server.served.add('listenersets');
      server.put('listenersets', listenerSet('more'));
      server.put('httproutes', toSet('a'));
    });
    await until(() => running.cluster.synced());
    expect(running.cluster.snapshot().listenerSets?.objects.get('default/more')).toMatchObject({
      gateway: { namespace: 'default', name: 'edge' },
      accepted: true,
      acceptedListeners: ['web'],
      listeners: [{ name: 'web', allowedNamespaces: { from: 'Same' } }],
    });
    expect(running.routes().objects.size).toBe(0);
    running.server.put('listenersets', listenerSet('more', OURS));
    await until(() => running.routes().objects.has('default/a'));
    running.server.put('listenersets', listenerSet('more'));
    await until(() => running.routes().objects.size === 0);
    running.server.put('gateways', edge(OURS));
    await until(() => running.routes().objects.has('default/a'));
  });

  it('are missed by nobody where the cluster does not serve them, or forbids them', async () => {
    await using running = await runCluster();
    await until(() => running.cluster.synced());
    expect(running.cluster.snapshot().listenerSets?.trust.kind).toBe('unlisted');
    expect(running.cluster.problems()).toEqual([]);
    await using forbidden = await runCluster((server) => {
      server.fault = (call, response) => {
        if (!call.path.endsWith('/listenersets')) return false;
        refuse(response, 403, 'no');
        return true;
      };
    });
    await until(() => forbidden.cluster.synced());
    expect(forbidden.cluster.problems().map(({ message }) => message)).toEqual([
      expect.stringContaining('forbids "list" on listenersets'),
    ]);
  });
});

describe('TLSRoutes', () => {
  const kinds = new Set(['TLSRoute'] as const);
  const watched = ({ server }: { readonly server: FakeApiServer }) =>
    server.callsOf('watch', 'tlsroutes').map(({ path }) => path.split('/')[3]);

  it('are read in the newest version that the cluster serves', async () => {
    let newest = 'v1alpha3';
    await using running = await runCluster(
      (server) => {
        server.put('tlsroutes', route('tls', { annotations: OURS }));
        server.fault = ({ path }, response) => {
          if (!path.endsWith('/tlsroutes') || path.includes(`/${newest}/`)) return false;
          refuse(response, 404, 'the server could not find the requested resource');
          return true;
        };
      },
      { kinds },
    );
    const view = () => running.cluster.snapshot().sources.TLSRoute;
    await until(() => view()?.objects.has('default/tls') === true);
    await until(() => watched(running).length > 0);
    expect(watched(running)).toEqual(['v1alpha3']);
    newest = 'v1';
    running.server.cut('tlsroutes', 'end');
    await until(() => watched(running).includes('v1'));
    await until(() => view()?.trust.kind === 'current');
    expect(view()?.objects.has('default/tls')).toBe(true);
  });

  it('that no version is served of are missed by nobody, and looked for again', async () => {
    await using running = await runCluster((server) => void server.served.delete('tlsroutes'), { kinds });
    await until(() => running.cluster.synced());
    expect(running.cluster.problems()).toEqual([]);
    running.server.served.add('tlsroutes');
    running.server.put('tlsroutes', route('tls', { annotations: OURS }));
    await until(() => running.cluster.snapshot().sources.TLSRoute?.objects.has('default/tls') === true);
    await until(() => watched(running).length > 0);
    expect(watched(running)).toEqual(['v1']);
  });
});

describe('Ingresses and Services', () => {
  const balanced = (spec: unknown, status: unknown): FakeObject => ({
    metadata: { name: 'a', namespace: 'default', annotations: OURS },
    spec,
    status,
  });

  it('are watched only where they are sources', async () => {
    await using running = await runCluster();
    await until(() => running.cluster.synced());
    expect(running.cluster.snapshot().sources.Ingress).toBeUndefined();
    expect(running.server.calls.filter(({ path }) => /ingresses|services/.test(path))).toEqual([]);
  });

  it('are read: hosts of rules, load balancer addresses, and the type of a Service', async () => {
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.5' }, { hostname: 'lb.example.net' }] } };
    const rules = [{ host: 'a.example.com' }, { host: '*.b.example.com' }, { host: 'a.example.com' }, {}];
    await using running = await runCluster(
      (server) => {
        server.put('ingresses', balanced({ ingressClassName: 'nginx', rules }, status));
        server.put('services', balanced({ type: 'LoadBalancer' }, status));
        server.put('services', {
          ...balanced({}, {}),
          metadata: { name: 'inner', namespace: 'default', annotations: OURS },
        });
      },
      { kinds: new Set(['Ingress', 'Service']) },
    );
    await until(() => running.cluster.synced());
    const { sources } = running.cluster.snapshot();
    const addresses = [
      { type: 'IPAddress', value: '203.0.113.5' },
      { type: 'Hostname', value: 'lb.example.net' },
    ];
    expect(sources.Ingress?.objects.get('default/a')).toMatchObject({
      hostnames: ['a.example.com', '*.b.example.com'],
      parentRefs: [],
      addresses,
    });
    expect(sources.Service?.objects.get('default/a')).toMatchObject({ hostnames: [], addresses });
    expect(sources.Service?.objects.get('default/a')?.unfit).toBeUndefined();
    expect(sources.Service?.objects.get('default/inner')?.unfit).toContain('type ClusterIP');
  });
});
