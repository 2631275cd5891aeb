import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxKubernetes } from '../../src/sandbox/sandbox-kubernetes.ts';
import { ask, type HttpAnswer, type HttpQuestion } from './http-client.ts';
import { gatewayGroup, httpRoute } from './manifests.ts';

let sandbox: SandboxKubernetes;
const routes = `${gatewayGroup}/namespaces/apps/httproutes`;

beforeEach(async () => {
  sandbox = await SandboxKubernetes.start({ now: () => new Date('2026-03-01T10:00:00.123Z') });
  sandbox.objects.namespace('apps');
});
afterEach(async () => sandbox.close());

async function api(method: string, path: string, body?: unknown, type?: string): Promise<HttpAnswer> {
  const headers: HttpQuestion['headers'] = type === undefined ? {} : { 'content-type': type };
  return ask(sandbox.url + path, { method, body, headers });
}

describe('an object', () => {
  it('is created with metadata of the server, its status left out', async () => {
    const { status, json } = await api('POST', routes, { ...httpRoute('web'), status: { parents: ['x'] } });
    expect(status).toBe(201);
    expect(json).toEqual({
      ...httpRoute('web'),
      metadata: {
        name: 'web',
        namespace: 'apps',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        generation: 1,
        creationTimestamp: '2026-03-01T10:00:00Z',
      },
    });
    expect((await api('GET', `${routes}/web`)).json).toEqual(json);
  });

  it('is refused twice, in a missing namespace, or as another kind', async () => {
    await api('POST', routes, httpRoute('web'));
    const again = await api('POST', routes, httpRoute('web'));
    expect([again.status, again.json.reason]).toEqual([409, 'AlreadyExists']);
    const lost = await api(
      'POST',
      `${gatewayGroup}/namespaces/nowhere/httproutes`,
      httpRoute('web', 'nowhere'),
    );
    expect([lost.status, lost.json.message]).toEqual([404, 'namespaces "nowhere" not found']);
    expect((await api('POST', `${gatewayGroup}/namespaces/apps/grpcroutes`, httpRoute('web'))).status).toBe(
      400,
    );
    expect((await api('POST', routes, httpRoute('Not_a_name'))).status).toBe(422);
  });

  it('counts generations for its spec alone', async () => {
    sandbox.objects.apply(httpRoute('web'));
    const merge = 'application/merge-patch+json';
    const annotated = await api('PATCH', `${routes}/web`, { metadata: { annotations: { a: 'b' } } }, merge);
    expect(annotated.json.metadata.generation).toBe(1);
    const status = await api('PATCH', `${routes}/web/status`, { status: { parents: [] }, spec: {} }, merge);
    expect(status.json).toMatchObject({ metadata: { generation: 1 }, status: { parents: [] } });
    const changed = await api('PATCH', `${routes}/web`, { spec: { hostnames: [] }, status: null }, merge);
    expect(changed.json).toMatchObject({ metadata: { generation: 2 }, status: { parents: [] } });
  });

  it('keeps its resourceVersion in a write that changes nothing', async () => {
    const { metadata } = sandbox.objects.apply(httpRoute('web'));
    const patch = { spec: { hostnames: ['web.example.com'] } };
    const { json } = await api('PATCH', `${routes}/web`, patch, 'application/merge-patch+json');
    expect(json.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it('is replaced only from its latest version', async () => {
    const old = sandbox.objects.apply(httpRoute('web'));
    sandbox.objects.annotate('HTTPRoute', 'apps', 'web', { a: 'b' });
    const { status, json } = await api('PUT', `${routes}/web`, old);
    expect([status, json.reason]).toEqual([409, 'Conflict']);
    const latest = sandbox.objects.get('HTTPRoute', 'apps', 'web');
    expect((await api('PUT', `${routes}/web`, latest)).status).toBe(200);
    expect((await api('PUT', `${routes}/web`, httpRoute('web'))).status).toBe(422);
  });

  it('takes JSON patches, with their tests', async () => {
    sandbox.objects.apply(httpRoute('web'));
    const type = 'application/json-patch+json';
    const { json } = await api(
      'PATCH',
      `${routes}/web`,
      [
        { op: 'test', path: '/spec/hostnames/0', value: 'web.example.com' },
        { op: 'add', path: '/spec/hostnames/-', value: 'two.example.com' },
        { op: 'add', path: '/metadata/annotations', value: { 'a/b': 'c' } },
        { op: 'remove', path: '/spec/hostnames/0' },
        { op: 'replace', path: '/metadata/annotations/a~1b', value: 'd' },
      ],
      type,
    );
    expect(json).toMatchObject({
      spec: { hostnames: ['two.example.com'] },
      metadata: { annotations: { 'a/b': 'd' } },
    });
    const failed = await api('PATCH', `${routes}/web`, [{ op: 'test', path: '/kind', value: 'x' }], type);
    expect(failed.status).toBe(422);
    expect((await api('PATCH', `${routes}/web`, {}, 'application/json')).status).toBe(415);
  });

  it('is created by a server-side apply, and merged by the next', async () => {
    const type = 'application/apply-patch+yaml';
    expect((await api('PATCH', `${routes}/web`, httpRoute('web'), type)).status).toBe(400);
    const path = `${routes}/web?fieldManager=me&force=true`;
    expect((await api('PATCH', path, httpRoute('web'), type)).status).toBe(201);
    const { status, json } = await api('PATCH', path, httpRoute('web', 'apps', 'new.example.com'), type);
    expect([status, json.metadata.generation, json.spec.hostnames]).toEqual([200, 2, ['new.example.com']]);
  });

  it('waits for its finalizers', async () => {
    const route = httpRoute('web');
    sandbox.objects.apply({ ...route, metadata: { ...route.metadata, finalizers: ['a/b'] } });
    const marked = await api('DELETE', `${routes}/web`);
    expect(marked.json.metadata.deletionTimestamp).toBe('2026-03-01T10:00:00Z');
    const type = 'application/merge-patch+json';
    await api('PATCH', `${routes}/web`, { metadata: { finalizers: null } }, type);
    expect((await api('GET', `${routes}/web`)).status).toBe(404);
  });

  it('is deleted only under the uid that was asked for', async () => {
    const { metadata } = sandbox.objects.apply(httpRoute('web'));
    const wrong = await api('DELETE', `${routes}/web`, { preconditions: { uid: 'other' } });
    expect(wrong.status).toBe(409);
    const right = await api('DELETE', `${routes}/web`, { preconditions: { uid: metadata.uid } });
    expect(right.json).toMatchObject({ kind: 'Status', status: 'Success' });
  });

  it('goes with its namespace', async () => {
    sandbox.objects.apply(httpRoute('web'));
    expect((await api('DELETE', '/api/v1/namespaces/apps')).status).toBe(200);
    expect(sandbox.objects.list('HTTPRoute')).toEqual([]);
    expect(sandbox.objects.get('Namespace', '', 'apps')).toBeUndefined();
  });
});

describe('Events and Leases', () => {
  const event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'apps' },
    regarding: { kind: 'HTTPRoute', namespace: 'apps', name: 'web' },
    reason: 'RecordCreated',
    note: 'A',
    type: 'Normal',
    action: 'Create',
    eventTime: '2026-03-01T10:00:00.000000Z',
    reportingController: 'example.com/controller',
    reportingInstance: 'pod',
  };
  const events = '/apis/events.k8s.io/v1/namespaces/apps/events';

  it('are one storage, shown in either shape', async () => {
    expect((await api('POST', events, event)).status).toBe(201);
    const core = await api('GET', '/api/v1/namespaces/apps/events?fieldSelector=involvedObject.name=web');
    expect(core.json.items).toMatchObject([{ involvedObject: { name: 'web' }, message: 'A' }]);
    expect((await api('GET', `${events}/web.1`)).json).toMatchObject({ note: 'A', kind: 'Event' });
  });

  it.each([
    ['eventTime', '2026-03-01T10:00:00.000Z', 400],
    ['action', '', 422],
    ['type', 'Info', 422],
    ['note', 'x'.repeat(1025), 422],
    ['regarding', { namespace: 'other' }, 422],
    ['series', { count: 1, lastObservedTime: '2026-03-01T10:00:00.000000Z' }, 422],
  ])('refuse a wrong %s', async (member, value, status) => {
    expect((await api('POST', events, { ...event, [member]: value })).status).toBe(status);
  });

  it('change only in their series', async () => {
    await api('POST', events, event);
    const merge = 'application/merge-patch+json';
    const series = { count: 2, lastObservedTime: '2026-03-01T10:00:01.000000Z' };
    expect((await api('PATCH', `${events}/web.1`, { series }, merge)).json.series).toEqual(series);
    expect((await api('PATCH', `${events}/web.1`, { note: 'B' }, merge)).status).toBe(422);
  });

  it('want six digits in a Lease’s times', async () => {
    const lease = (renewTime: string) => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'one', namespace: 'apps' },
      spec: { holderIdentity: 'me', renewTime },
    });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/apps/leases';
    expect((await api('POST', leases, lease('2026-03-01T10:00:00.000Z'))).status).toBe(400);
    expect((await api('POST', leases, lease('2026-03-01T10:00:00.000000Z'))).status).toBe(201);
  });
});

describe('discovery', () => {
  it('tells groups, versions and resources', async () => {
    const groups = await api('GET', '/apis');
    expect(groups.json.groups.map((group: { name: string }) => group.name)).toContain(
      'gateway.networking.k8s.io',
    );
    const group = await api('GET', '/apis/gateway.networking.k8s.io');
    expect(group.json).toMatchObject({ preferredVersion: { version: 'v1' } });
    const { json } = await api('GET', gatewayGroup);
    expect(json.resources.map((resource: { name: string }) => resource.name)).toEqual(
      expect.arrayContaining(['httproutes', 'httproutes/status', 'tlsroutes', 'gateways']),
    );
    expect((await api('GET', '/version')).json.major).toBe('1');
    expect((await api('GET', '/readyz')).text).toBe('ok');
  });

  it('follows kinds that come and go', async () => {
    sandbox.objects.apply({ ...httpRoute('t'), kind: 'TLSRoute' });
    const tls = `${gatewayGroup}/tlsroutes`;
    sandbox.serve('TLSRoute', []);
    const missing = await api('GET', tls);
    expect([missing.status, missing.text]).toEqual([404, '404 page not found\n']);
    expect((await api('GET', gatewayGroup)).text).not.toContain('tlsroutes');
    sandbox.serve('TLSRoute', ['v1alpha2']);
    expect((await api('GET', tls)).status).toBe(404);
    const older = await api('GET', tls.replace('/v1/', '/v1alpha2/'));
    expect(older.json.items).toMatchObject([{ apiVersion: 'gateway.networking.k8s.io/v1alpha2' }]);
  });
});
