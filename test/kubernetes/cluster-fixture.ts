import { Cluster, type ClusterOptions } from '../../src/kubernetes/cluster.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { fixedEndpoint } from '../../src/kubernetes/endpoint.ts';
import type { Timings } from '../../src/kubernetes/timings.ts';
import type { KindView, SourceObject } from '../../src/domain/cluster.ts';
import { FakeApiServer, type FakeObject } from './fake-apiserver.ts';

/** Fast enough for tests, slow enough to tell the parts from each other. */
const FAST: Timings = {
  pageSize: 2,
  headerTimeoutMs: 300,
  listBodyTimeoutMs: 300,
  watchSeconds: [240, 300],
  idleMs: 60_000,
  backoffBaseMs: 5,
  backoffMaxMs: 20,
  healthyMs: 10_000,
  refusedMs: 20,
  forbiddenMs: 20,
  absentMs: 20,
  servedCheckMs: [10, 20],
  relistMs: [3_600_000, 3_600_000],
};

export interface Running extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly cluster: Cluster;
  readonly connection: Connection;
  /** How often `onChange` was called. */
  readonly changes: () => number;
  readonly routes: () => KindView<SourceObject>;
}

/** A cluster that runs against a fake API server, both closed with it. */
export async function runCluster(
  prepare: (server: FakeApiServer) => void = () => undefined,
  options: Partial<ClusterOptions> = {},
): Promise<Running> {
  const server = new FakeApiServer();
  await server.listen();
  prepare(server);
  // The parent of the routes below, which sets nothing for them.
  server.put('gateways', gateway('edge', undefined, { namespace: 'default' }));
  const connection = new Connection(fixedEndpoint(server.url));
  let changes = 0;
  const cluster = new Cluster({
    connection,
    kinds: new Set(['HTTPRoute']),
    now: Date.now,
    steady: options.now ?? Date.now,
    random: () => 0.5,
    onChange: () => void (changes += 1),
    ...options,
    timings: { ...FAST, ...options.timings },
  });
  cluster.start();
  return {
    server,
    cluster,
    connection,
    changes: () => changes,
    routes: () => cluster.snapshot().sources.HTTPRoute!,
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      connection[Symbol.dispose]();
      await server.close();
    },
  };
}

export interface RouteOptions {
  readonly namespace?: string;
  readonly hostnames?: unknown;
  readonly annotations?: Record<string, unknown>;
  readonly status?: unknown;
  readonly labels?: Record<string, string>;
}

export function route(name: string, options: RouteOptions = {}): FakeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: options.namespace ?? 'default',
      generation: 1,
      labels: options.labels ?? {},
      annotations: options.annotations ?? { 'routeflare/content-mode': 'ddns' },
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: { hostnames: options.hostnames ?? [`${name}.example.com`], parentRefs: [{ name: 'edge' }] },
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}

export function gateway(
  name: string,
  from?: string,
  metadata: Readonly<Record<string, unknown>> = {},
): FakeObject {
  return {
    metadata: { name, namespace: 'infra', ...metadata },
    spec: {
      listeners: [
        {
          name: 'web',
          port: 443,
          protocol: 'HTTPS',
          ...(from === undefined
            ? {}
            : { allowedRoutes: { namespaces: { from, selector: { matchLabels: { a: 'b' } } } } }),
        },
      ],
    },
    status: { addresses: [{ value: '203.0.113.7' }] },
  };
}

/** Resolves once `holds` is true; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await tick();
}

export async function tick(ms = 2): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
