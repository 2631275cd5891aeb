import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxKubernetes } from '../../src/sandbox/sandbox-kubernetes.ts';
import { ask } from './http-client.ts';
import { gatewayGroup, httpRoute } from './manifests.ts';
import { watch, type WatchClient } from './watch-client.ts';

let sandbox: SandboxKubernetes;
const routes = `${gatewayGroup}/httproutes`;
const open: WatchClient[] = [];

beforeEach(async () => {
  sandbox = await SandboxKubernetes.start({ bookmarkMs: 20, historySize: 4 });
});
afterEach(async () => {
  for (const client of open.splice(0)) client.close();
  await sandbox.close();
});

function follow(query: string, path = routes): WatchClient {
  const client = watch(`${sandbox.url}${path}?watch=true&${query}`);
  open.push(client);
  return client;
}

async function version(): Promise<string> {
  return (await ask(sandbox.url + routes)).json.metadata.resourceVersion;
}

function story(client: WatchClient): string[] {
  return client.events().map(({ type, object }) => `${type} ${object.metadata.name}`);
}

async function opened(): Promise<void> {
  await expect.poll(() => sandbox.watches.count['httproutes']).toBe(1);
}

describe('a watch', () => {
  it('without a version starts with what is there, then goes on', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const client = follow('');
    await client.atLeast(1);
    sandbox.objects.annotate('HTTPRoute', 'apps', 'a', { x: 'y' });
    sandbox.objects.delete('HTTPRoute', 'apps', 'a');
    await client.atLeast(3);
    expect(story(client)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('resumes after its version', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const since = await version();
    sandbox.objects.apply(httpRoute('b'));
    const client = follow(`resourceVersion=${since}`);
    await client.atLeast(1);
    expect(story(client)).toEqual(['ADDED b']);
  });

  it('sees an object leave and enter its selector', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const client = follow(`labelSelector=on&resourceVersion=${await version()}`);
    await opened();
    for (const labels of [{ on: '' }, { on: 'still' }, { on: null }]) {
      sandbox.objects.patch('HTTPRoute', 'apps', 'a', { metadata: { labels } });
    }
    await client.atLeast(3);
    expect(story(client)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('shows one namespace where it is asked to', async () => {
    const client = follow('', `${gatewayGroup}/namespaces/two/httproutes`);
    await opened();
    sandbox.objects.apply(httpRoute('a', 'one'));
    sandbox.objects.apply(httpRoute('b', 'two'));
    await client.atLeast(1);
    expect(story(client)).toEqual(['ADDED b']);
  });

  it('has bookmarks only where they are allowed, and marks the end of what was there', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const client = follow(
      'allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
    );
    await client.atLeast(3);
    const [added, initial, bookmark] = client.events();
    expect([added!.type, initial!.type, bookmark!.type]).toEqual(['ADDED', 'BOOKMARK', 'BOOKMARK']);
    expect(initial!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(bookmark!.object.metadata.resourceVersion).toBe(await version());
  });

  it('ends in order after its timeout', async () => {
    const client = follow('timeoutSeconds=0.03');
    expect(await client.ended).toBe('end');
    expect(sandbox.watches.count).toEqual({});
  });

  it('from before history is 410, as an event or as a status', async () => {
    const since = await version();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) sandbox.objects.apply(httpRoute(name));
    const event = follow(`resourceVersion=${since}`);
    expect(await event.ended).toBe('end');
    expect(event.events()).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    sandbox.goneAs = 'http';
    const refused = await ask(`${sandbox.url}${routes}?watch=true&resourceVersion=${since}`);
    expect([refused.status, refused.json.reason]).toEqual([410, 'Expired']);
    const recent = await version();
    sandbox.compact();
    expect((await ask(`${sandbox.url}${routes}?watch=true&resourceVersion=${recent}`)).status).toBe(410);
    const later = follow(`resourceVersion=${await version()}`);
    await opened();
    sandbox.objects.apply(httpRoute('j'));
    await later.atLeast(1);
    expect(story(later)).toEqual(['ADDED j']);
  });
});

describe('watches', () => {
  it.each([
    ['drop', 'reset'],
    ['end', 'end'],
    ['expire', 'end'],
  ] as const)('%s: %s', async (act, how) => {
    const client = follow('');
    await opened();
    sandbox.watches[act]('httproutes');
    expect(await client.ended).toBe(how);
    expect(client.lines.length).toBe(act === 'expire' ? 1 : 0);
  });

  it('carry a line that is no JSON', async () => {
    const client = follow('');
    await opened();
    sandbox.watches.garble();
    await client.atLeast(1);
    expect(() => client.events()).toThrow(SyntaxError);
  });

  it('fall silent while stalled, new ones without even a head, and go on after', async () => {
    const client = follow('allowWatchBookmarks=true');
    await client.atLeast(1);
    sandbox.watches.stall();
    const late = follow('');
    await expect.poll(() => sandbox.watches.count['httproutes']).toBe(2);
    const before = client.lines.length;
    sandbox.objects.apply(httpRoute('a'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(client.lines.length - before).toBeLessThanOrEqual(1);
    expect(late.status()).toBeUndefined();
    expect(story(client)).not.toContain('ADDED a');
    sandbox.watches.resume();
    await late.atLeast(1);
    expect(story(late)).toEqual(['ADDED a']);
    await expect.poll(() => story(client)).toContain('ADDED a');
  });

  it('end with their kind', async () => {
    const client = follow('', `${gatewayGroup}/tlsroutes`);
    await expect.poll(() => sandbox.watches.count['tlsroutes']).toBe(1);
    sandbox.serve('TLSRoute', []);
    expect(await client.ended).toBe('end');
  });

  it('go down with the server, which returns on its port with all objects', async () => {
    sandbox.objects.apply(httpRoute('a'));
    const { url } = sandbox;
    const client = follow('');
    await client.atLeast(1);
    await sandbox.stop();
    expect(await client.ended).toBe('reset');
    await expect(ask(url + routes)).rejects.toThrow();
    await sandbox.restart();
    expect(sandbox.url).toBe(url);
    expect((await ask(url + routes)).json.items).toHaveLength(1);
  });

  it('are refused by faults like any request', async () => {
    sandbox.fault({
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '2' },
      match: ({ query }) => query['watch'] === 'true',
    });
    expect((await ask(sandbox.url + routes)).status).toBe(200);
    const refused = await ask(`${sandbox.url}${routes}?watch=true`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    expect(refused.json.kind).toBe('Status');
  });
});
