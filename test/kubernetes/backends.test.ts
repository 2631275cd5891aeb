import { describe, expect, it } from 'vitest';
import { refuse, type FakeApiServer, type FakeObject } from './fake-apiserver.ts';
import { route, runCluster, until, type Running } from './cluster-fixture.ts';

const KEYS = { 'routeflare/content-mode': 'ddns', 'routeflare/require-ready': '1s' };
const NAMES = ['services', 'endpointslices', 'referencegrants'];

function asking(backend: object = { name: 'app', port: 80 }): FakeObject {
  return {
    ...route('a', { annotations: KEYS }),
    spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [backend] }] },
  };
}

function service(ports: readonly object[] = [{ port: 80, name: 'http' }], namespace = 'default'): FakeObject {
  return { metadata: { name: 'app', namespace }, spec: { type: 'ClusterIP', ports } };
}

function slice(
  endpoints: readonly object[],
  { name = 'app-1', port = 'http', namespace = 'default' } = {},
): FakeObject {
  const labels = { 'kubernetes.io/service-name': 'app' };
  return { metadata: { name, namespace, labels }, ports: [{ name: port }], endpoints };
}

const READY = [{ conditions: { ready: true } }];
const DOWN = [{ conditions: { ready: false, serving: true, terminating: true } }];

function serve(server: FakeApiServer): void {
  for (const name of NAMES) server.served.add(name);
}

const stateOf = ({ cluster }: Running) => cluster.snapshot().readiness?.get('HTTPRoute/default/a');
const watches = ({ server }: Running) =>
  server.calls.filter(({ verb, path }) => verb === 'watch' && NAMES.some((name) => path.endsWith(name)));

describe('backends', () => {
  it('are watched only while a source asks for it', async () => {
    await using running = await runCluster((server) => {
      serve(server);
      server.put('httproutes', route('a'));
      server.put('services', service());
      server.put('endpointslices', slice(READY));
    });
    await until(() => running.cluster.synced());
    expect(watches(running)).toEqual([]);
    expect(stateOf(running)).toBeUndefined();
    running.server.put('httproutes', asking());
    await until(() => stateOf(running)?.kind === 'ready');
    expect(watches(running).some(({ path }) => path.includes('referencegrants'))).toBe(false);
    await until(() => running.server.openWatches === 4);
    running.server.put('httproutes', route('a'));
    await until(() => running.server.openWatches === 2);
    expect(stateOf(running)).toBeUndefined();
  });

  it('are not ready when no endpoint is, and over only after the time since that was seen', async () => {
    let time = 1_000_000;
    // A clock that is set, as after the start of a machine that has none of its own, is no time that passed.
    let setForwardMs = 0;
    await using running = await runCluster(
      (server) => {
        serve(server);
        server.put('httproutes', asking());
        server.put('services', service());
        server.put('endpointslices', slice([]));
      },
      { now: () => time + setForwardMs, steady: () => time },
    );
    await until(() => stateOf(running)?.kind === 'unready');
    setForwardMs = 500_000;
    expect(stateOf(running)).toEqual({
      kind: 'unready',
      why: 'Service default/app port 80 has no ready endpoint',
      isOver: false,
    });
    time += 999;
    expect(stateOf(running)).toMatchObject({ isOver: false });
    // Ready once in between, and the time begins anew.
    running.server.put('endpointslices', slice(READY));
    await until(() => stateOf(running)?.kind === 'ready');
    running.server.put('endpointslices', slice(DOWN));
    await until(() => stateOf(running)?.kind === 'unready');
    time += 999;
    expect(stateOf(running)).toMatchObject({ isOver: false });
    time += 1;
    expect(stateOf(running)).toMatchObject({ isOver: true });
  });

  it('tell when one is ready that was not, and not while nothing is known', async () => {
    const told: string[] = [];
    await using running = await runCluster(
      (server) => {
        serve(server);
        server.put('httproutes', asking());
        server.put('services', service());
        server.put('endpointslices', slice(READY));
      },
      { onReady: ({ name }, note) => told.push(`${name}: ${note}`) },
    );
    await until(() => stateOf(running)?.kind === 'ready');
    expect(told).toEqual([]);
    running.server.put('endpointslices', slice(DOWN));
    await until(() => stateOf(running)?.kind === 'unready');
    running.server.put('endpointslices', slice(READY));
    await until(() => stateOf(running)?.kind === 'ready');
    expect(told).toEqual(['a: Service default/app port 80 has a ready endpoint again']);
    running.server.put('httproutes', route('a'));
    await until(() => running.server.openWatches === 2);
    expect(told).toHaveLength(1);
  });

  it('tell when the time is over, which nothing else tells', async () => {
    await using running = await runCluster((server) => {
      serve(server);
      server.put('httproutes', asking());
      server.put('services', service());
    });
    await until(() => stateOf(running)?.kind === 'unready');
    const told = running.changes();
    await until(() => running.changes() > told);
    expect(stateOf(running)).toMatchObject({ isOver: true });
  });

  it.each([
    ['an endpoint of another port', slice(READY, { port: 'metrics' }), undefined, 'unready'],
    ['an endpoint without the condition', slice([{ addresses: ['10.0.0.1'] }]), undefined, 'ready'],
    ['a port that the Service does not have', slice(READY), { name: 'app', port: 81 }, 'unready'],
    ['a backend of weight 0', slice(READY), { name: 'app', port: 80, weight: 0 }, 'unknown'],
    ['a backend that is no Service', slice(READY), { kind: 'Bucket', group: 'x.io', name: 'app' }, 'unknown'],
    ['a Service that is missing', slice(READY), { name: 'gone', port: 80 }, 'unready'],
  ])('with %s are judged', async (_, endpoints, backend, kind) => {
    await using running = await runCluster((server) => {
      serve(server);
      server.put('httproutes', asking(backend));
      server.put('services', service());
      server.put('endpointslices', endpoints);
    });
    await until(() => stateOf(running) !== undefined);
    await until(() => {
      const state = stateOf(running);
      return state?.kind === kind && !('why' in state && state.why.includes('not known'));
    });
    expect(stateOf(running)?.kind).toBe(kind);
  });

  it('of another namespace count only with a ReferenceGrant', async () => {
    await using running = await runCluster((server) => {
      serve(server);
      server.put('httproutes', asking({ name: 'app', namespace: 'other', port: 80 }));
      server.put('services', service(undefined, 'other'));
      server.put('endpointslices', slice(READY, { namespace: 'other' }));
    });
    await until(() => stateOf(running)?.kind === 'unready');
    expect(stateOf(running)).toMatchObject({ why: expect.stringContaining('no ReferenceGrant') });
    running.server.put('referencegrants', {
      metadata: { name: 'g', namespace: 'other' },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'default' }],
        to: [{ group: '', kind: 'Service' }],
      },
    });
    await until(() => stateOf(running)?.kind === 'ready');
    running.server.delete('referencegrants', 'other', 'g');
    await until(() => stateOf(running)?.kind === 'unready');
  });

  it('prove nothing while EndpointSlices may not be read', async () => {
    await using running = await runCluster((server) => {
      serve(server);
      server.put('httproutes', asking());
      server.put('services', service());
      server.fault = (call, response) => {
        if (!call.path.endsWith('/endpointslices')) return false;
        refuse(response, 403, 'no');
        return true;
      };
    });
    await until(() => running.cluster.problems().length === 1);
    expect(running.cluster.synced()).toBe(true);
    expect(stateOf(running)).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('EndpointSlices'),
    });
    expect(running.cluster.problems()[0]?.message).toContain('endpointslices.discovery.k8s.io');
  });
});
