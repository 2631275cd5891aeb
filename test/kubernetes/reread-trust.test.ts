import { expect, it } from 'vitest';
import type { Claim } from '../../src/domain/claim.ts';
import { known } from '../../src/domain/observation.ts';
import { deriveDesired } from '../../src/desired/desired.ts';
import { claim, ZONE } from '../desired/builders.ts';
import { refuse } from './fake-apiserver.ts';
import { gateway, route, runCluster, tick, until, type Running } from './cluster-fixture.ts';

const OURS = { 'routeflare/content-mode': 'gateway-address' };
const edge = (annotations: Readonly<Record<string, string>> = {}) =>
  gateway('edge', undefined, { namespace: 'default', annotations });
const bare = (name: string) => route(name, { annotations: {} });

const HELD: Claim = claim({
  name: 'a.example.com',
  holder: { kind: 'HTTPRoute', namespace: 'default', name: 'a' },
  via: { kind: 'Gateway', namespace: 'default', name: 'edge' },
});

function fateIn({ cluster }: Running): string | undefined {
  const { fates } = deriveDesired({
    cluster: cluster.snapshot(),
    egress: new Map(),
    zones: known([ZONE]),
    claims: [HELD],
    protectedNames: [],
    watchedKinds: new Set(['HTTPRoute']),
  });
  return fates.get('record-1')?.kind;
}

/** From now on every list of a kind is refused. @returns how often it was. */
function refuseLists({ server }: Running, plural: string, status: number): () => number {
  let refused = 0;
  server.fault = (call, response) => {
    if (call.verb !== 'list' || !call.path.endsWith(`/${plural}`)) return false;
    refused += 1;
    refuse(response, status, 'no');
    return true;
  };
  return () => refused;
}

function gatewayIsAnnotated({ cluster }: Running): boolean {
  const seen = cluster.snapshot().gateways.objects.get('default/edge');
  return Object.keys(seen?.annotations ?? {}).length > 0;
}

it('a Gateway annotated again dooms no record of its routes while their relist fails', async () => {
  await using running = await runCluster((server) => server.put('httproutes', bare('a')));
  await until(() => running.cluster.synced());
  running.server.put('gateways', edge(OURS));
  await until(() => running.routes().objects.has('default/a'));
  running.server.put('gateways', edge());
  await until(() => running.routes().objects.size === 0);
  expect(fateIn(running)).toBe('doomed');
  const refused = refuseLists(running, 'httproutes', 500);
  running.server.put('gateways', edge(OURS));
  await until(() => gatewayIsAnnotated(running) && refused() > 0);
  expect(running.routes().trust.kind).toBe('stale');
  expect(fateIn(running)).toBe('kept');
  running.server.fault = () => false;
  await until(() => running.routes().objects.has('default/a'));
  expect(running.routes().trust.kind).toBe('current');
});

it('annotations moved from a route to its Gateway doom nothing while the relist fails', async () => {
  await using running = await runCluster((server) =>
    server.put('httproutes', route('a', { annotations: OURS })),
  );
  await until(() => running.cluster.synced() && running.routes().objects.has('default/a'));
  running.server.put('httproutes', bare('a'));
  await until(() => running.routes().objects.size === 0);
  const refused = refuseLists(running, 'httproutes', 500);
  running.server.put('gateways', edge(OURS));
  await until(() => gatewayIsAnnotated(running) && refused() > 0);
  expect(fateIn(running)).toBe('kept');
});

it('annotations moved to a Gateway that may not be read any more doom nothing', async () => {
  await using running = await runCluster((server) =>
    server.put('httproutes', route('a', { annotations: OURS })),
  );
  await until(() => running.cluster.synced() && running.routes().objects.has('default/a'));
  running.server.fault = (call, response) => {
    if (!call.path.endsWith('/gateways')) return false;
    refuse(response, 403, 'no');
    return true;
  };
  running.server.cut('gateways', 'reset');
  await until(() => running.cluster.snapshot().gateways.trust.kind === 'stale');
  running.server.put('gateways', edge(OURS));
  running.server.put('httproutes', bare('a'));
  await until(() => running.routes().objects.get('default/a')?.annotations['content-mode'] === undefined);
  await tick(20);
  expect(fateIn(running)).not.toBe('doomed');
});

it.each([500, 403])('what changes is seen while a list that was asked for fails with %i', async (status) => {
  await using running = await runCluster((server) => server.put('httproutes', route('a')));
  await until(() => running.cluster.synced());
  const refused = refuseLists(running, 'httproutes', status);
  running.server.put('gateways', edge(OURS));
  await until(() => refused() > 1);
  running.server.put('httproutes', route('b'));
  running.server.delete('httproutes', 'default', 'a');
  await until(() => running.routes().objects.has('default/b') && !running.routes().present('default/a'));
  expect(running.routes().trust.kind).toBe('stale');
  const before = refused();
  await until(() => refused() > before);
  running.server.fault = () => false;
  await until(() => running.routes().trust.kind === 'current');
  running.server.put('httproutes', route('c'));
  await until(() => running.routes().objects.has('default/c'));
  await until(() => running.server.openWatches === 2);
});

it.each(['asks in vain', 'is cut off'])(
  'a deletion proves nothing where the watch that saw it %s whether the kind is still served',
  async (how) => {
    await using running = await runCluster((server) =>
      server.put('httproutes', route('a', { annotations: OURS })),
    );
    await until(() => running.cluster.synced() && running.routes().objects.has('default/a'));
    const refused = refuseLists(running, 'httproutes', 500);
    running.server.delete('httproutes', 'default', 'a');
    await until(() => !running.routes().present('default/a'));
    if (how === 'is cut off') running.server.cut('httproutes', 'reset');
    await until(() => refused() > 0 && running.routes().trust.kind === 'stale');
    expect(fateIn(running)).toBe('kept');
    running.server.fault = () => false;
    await until(() => running.routes().trust.kind === 'current');
    expect(fateIn(running)).toBe('doomed');
  },
);

it('a kind that is not served proves nothing while the server fails to answer for it', async () => {
  await using running = await runCluster((server) =>
    server.put('httproutes', route('a', { annotations: OURS })),
  );
  await until(() => running.cluster.synced() && running.routes().objects.has('default/a'));
  refuseLists(running, 'httproutes', 404);
  running.server.delete('httproutes', 'default', 'a');
  await until(() => !running.routes().present('default/a') && running.routes().trust.kind === 'stale');
  const refused = refuseLists(running, 'httproutes', 500);
  await until(() => refused() > 1);
  expect(running.routes().trust.kind).toBe('stale');
  expect(fateIn(running)).toBe('kept');
  running.server.fault = () => false;
  await until(() => running.routes().trust.kind === 'current');
});
