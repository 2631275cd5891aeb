import { expect, test } from 'vitest';
import { route, runCluster, until } from './cluster-fixture.ts';
import { FakeApiServer } from './fake-apiserver.ts';

const OURS = '0a1b2c3d';

/** The API server of another cluster, empty, where ours answered: a cluster that was built anew with its keys kept. */
async function another(port: number): Promise<FakeApiServer> {
  const server = new FakeApiServer();
  server.systemUid = 'ffffffff-1111-2222-3333-444455556666';
  // Further on than ours ever was, so that no watch can go on from there.
  for (let n = 0; n < 100; n += 1) server.compact();
  await server.listen(port);
  return server;
}

test('what another cluster lacks is not gone from ours, which is waited for', async () => {
  await using run = await runCluster((server) => void server.put('httproutes', route('app')), {
    clusterId: OURS,
  });
  const { server, cluster, routes } = run;
  await until(() => routes().trust.kind === 'current');
  const { port } = server;
  await server.close();
  await using other = await another(port);
  await until(() => other.callsOf('list', 'httproutes').length > 2);
  expect([...routes().objects.keys()]).toEqual(['default/app']);
  expect(routes().trust).toMatchObject({ kind: 'stale', why: expect.stringMatching(/ffffffff.*0a1b2c3d/) });
  expect(cluster.problems()).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/another cluster/) }),
  );
  await other.close();
  await server.listen(port);
  await until(() => routes().trust.kind === 'current' && cluster.problems().length === 0);
});

test('nor is what its watch says was deleted there', async () => {
  await using run = await runCluster((server) => void server.put('httproutes', route('app')), {
    clusterId: OURS,
  });
  const { server, routes } = run;
  await until(() => routes().trust.kind === 'current' && server.openWatches > 1);
  server.systemUid = 'ffffffff-1111-2222-3333-444455556666';
  server.delete('httproutes', 'default', 'app');
  await until(() => routes().trust.kind === 'stale');
  expect(server.callsOf('list', 'httproutes').length).toBeGreaterThan(1);
});

test('a cluster whose id cannot be had for a moment is read again, and nothing is concluded meanwhile', async () => {
  await using run = await runCluster((server) => void server.put('httproutes', route('app')), {
    clusterId: OURS,
  });
  const { server, routes } = run;
  await until(() => routes().trust.kind === 'current');
  server.fault = (call, response) => {
    if (!call.path.endsWith('/kube-system')) return false;
    response.writeHead(503).end();
    return true;
  };
  const before = server.callsOf('list', 'httproutes').length;
  server.compact();
  for (const plural of ['httproutes', 'gateways']) server.cut(plural, 'end');
  await until(() => server.callsOf('list', 'httproutes').length > before + 2);
  expect([...routes().objects.keys()]).toEqual(['default/app']);
  server.fault = undefined;
  server.put('httproutes', route('next'));
  await until(() => routes().objects.has('default/next'));
  expect(routes().trust.kind).toBe('current');
});
