import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxKubernetes } from '../../src/sandbox/sandbox-kubernetes.ts';
import { ask, type HttpAnswer } from './http-client.ts';
import { gatewayGroup, httpRoute } from './manifests.ts';

let sandbox: SandboxKubernetes;
const routes = `${gatewayGroup}/httproutes`;

beforeEach(async () => {
  sandbox = await SandboxKubernetes.start();
});
afterEach(async () => sandbox.close());

async function get(path: string): Promise<HttpAnswer> {
  return ask(sandbox.url + path);
}

function names(answer: HttpAnswer): string[] {
  return answer.json.items.map((item: { metadata: { name: string } }) => item.metadata.name);
}

describe('a list', () => {
  it('spans namespaces, or shows one', async () => {
    sandbox.objects.apply(httpRoute('b', 'two'));
    sandbox.objects.apply(httpRoute('a', 'one'));
    const all = await get(routes);
    expect(names(all)).toEqual(['a', 'b']);
    expect(all.json).toMatchObject({ kind: 'HTTPRouteList', apiVersion: 'gateway.networking.k8s.io/v1' });
    expect(all.json.items[0].kind).toBe('HTTPRoute');
    expect(names(await get(`${gatewayGroup}/namespaces/two/httproutes`))).toEqual(['b']);
  });

  it('shows items of built-in kinds without their type', async () => {
    const { json } = await get('/api/v1/namespaces');
    expect(json.items.map((item: object) => 'kind' in item)).toEqual([false, false]);
    expect(names(await get('/api/v1/namespaces'))).toEqual(['default', 'kube-system']);
  });

  it.each([
    ['labelSelector', 'app=x', ['a', 'b']],
    ['labelSelector', 'app!=x', ['c']],
    ['labelSelector', 'app,tier', ['b']],
    ['labelSelector', '!tier', ['a', 'c']],
    ['labelSelector', 'app in (x,y),tier notin (front)', ['a']],
    ['fieldSelector', 'metadata.name=b', ['b']],
    ['fieldSelector', 'metadata.namespace!=one,metadata.name=b', []],
  ])('is narrowed by %s %s', async (key, selector, expected) => {
    const labelled = { a: { app: 'x' }, b: { app: 'x', tier: 'front' }, c: {} };
    for (const [name, labels] of Object.entries(labelled)) {
      const route = httpRoute(name, 'one');
      sandbox.objects.apply({ ...route, metadata: { ...route.metadata, labels } });
    }
    expect(names(await get(`${routes}?${key}=${encodeURIComponent(selector)}`))).toEqual(expected);
  });

  it('in pages of any size is the whole list, as it was at the first page', async () => {
    for (let index = 0; index < 25; index += 1) sandbox.objects.apply(httpRoute(`r${String(index)}`));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (limit) => {
        const whole = await get(routes);
        const seen: string[] = [];
        const versions = new Set<string>();
        let token = '';
        do {
          const page = await get(`${routes}?limit=${String(limit)}&continue=${token}`);
          sandbox.objects.annotate('HTTPRoute', 'apps', 'r0', { touched: String(seen.length + limit) });
          seen.push(...names(page));
          versions.add(page.json.metadata.resourceVersion);
          token = page.json.metadata.continue ?? '';
          expect(page.json.metadata.remainingItemCount ?? 0).toBe(25 - seen.length);
        } while (token !== '');
        expect(seen).toEqual(names(whole));
        expect([...versions]).toEqual([whole.json.metadata.resourceVersion]);
      }),
      { numRuns: 10 },
    );
  });

  it('is a table for kubectl', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    const { json } = await ask(sandbox.url + routes, { headers });
    expect(json).toMatchObject({ kind: 'Table', metadata: { resourceVersion: expect.any(String) } });
    expect(json.columnDefinitions.map((column: { name: string }) => column.name)).toEqual([
      'Name',
      'Hostnames',
      'Age',
    ]);
    expect(json.rows).toMatchObject([
      {
        cells: ['a', '["a.example.com"]', expect.any(String)],
        object: { metadata: { name: 'a', namespace: 'apps' } },
      },
    ]);
  });

  it('ignores a limit when it may come from the cache', async () => {
    for (const name of ['a', 'b', 'c']) sandbox.objects.apply(httpRoute(name));
    expect(names(await get(`${routes}?limit=1&resourceVersion=0`))).toHaveLength(3);
  });

  it('half read is too old after a compaction', async () => {
    for (const name of ['a', 'b']) sandbox.objects.apply(httpRoute(name));
    const { json } = await get(`${routes}?limit=1`);
    sandbox.compact();
    const refused = await get(`${routes}?limit=1&continue=${json.metadata.continue}`);
    expect([refused.status, refused.json.reason]).toEqual([410, 'Expired']);
    expect((await get(`${routes}?limit=1&continue=junk`)).status).toBe(400);
  });
});

describe('access', () => {
  it('is refused in the words of the API server, and allowed again', async () => {
    const back = sandbox.forbid({ verb: 'list', resource: 'httproutes', namespace: '' });
    const refused = await get(routes);
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'httproutes.gateway.networking.k8s.io is forbidden: User "system:serviceaccount:routeflare:routeflare" cannot list resource "httproutes" in API group "gateway.networking.k8s.io" at the cluster scope',
    });
    expect((await get(`${gatewayGroup}/namespaces/default/httproutes`)).status).toBe(200);
    back();
    expect((await get(routes)).status).toBe(200);
  });

  it('is told by a review, by the same refusals or by a test’s own rule', async () => {
    const review = async (verb: string): Promise<boolean> => {
      const resourceAttributes = { verb, group: '', resource: 'services', namespace: 'apps' };
      const answer = await ask(`${sandbox.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
        method: 'POST',
        body: { spec: { resourceAttributes } },
      });
      expect(answer.status).toBe(201);
      return answer.json.status.allowed;
    };
    sandbox.forbid({ verb: 'delete', resource: 'services' });
    expect([await review('delete'), await review('get')]).toEqual([false, true]);
    sandbox.review = ({ verb }) => verb === 'delete';
    expect([await review('delete'), await review('get')]).toEqual([true, false]);
  });

  it('needs the token of the moment, but not to see health and version', async () => {
    sandbox.rotateToken('old');
    expect((await ask(sandbox.url + routes, { token: 'old' })).status).toBe(200);
    sandbox.rotateToken('new');
    expect((await ask(sandbox.url + routes, { token: 'old' })).json.reason).toBe('Unauthorized');
    expect((await ask(sandbox.url + routes, { token: 'new' })).status).toBe(200);
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/version')).status).toBe(200);
  });
});
