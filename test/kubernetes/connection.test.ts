import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../src/kubernetes/connection.ts';
import { fixedEndpoint, type Endpoint } from '../../src/kubernetes/endpoint.ts';
import { openConnection } from '../../src/kubernetes/open-connection.ts';
import { ServiceAccount } from '../../src/kubernetes/service-account.ts';
import { FakeApiServer, refuse } from './fake-apiserver.ts';
import { tick } from './cluster-fixture.ts';

const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';

let server: FakeApiServer;
let dir: string;

beforeEach(async () => {
  server = new FakeApiServer();
  await server.listen();
  dir = await mkdtemp(join(tmpdir(), 'routeflare-'));
});

afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

/** As the kubelet does it: a new file put in the place of the old. */
async function replace(name: string, text: string): Promise<void> {
  await writeFile(join(dir, `${name}.new`), text);
  await rename(join(dir, `${name}.new`), join(dir, name));
}

/** The Pod's endpoint, but of the fake's plain HTTP. */
function podEndpoint(now: () => number): Endpoint {
  const account = new ServiceAccount('127.0.0.1', '443', dir, now);
  return {
    server: new URL(server.url),
    access: async () => account.access(),
    refused: () => account.refused(),
    namespace: () => account.namespace(),
  };
}

async function get(connection: Connection): Promise<string> {
  const answer = await connection.json({ method: 'GET', path: KUBE_SYSTEM, headerTimeoutMs: 100 });
  return answer.ok ? 'ok' : answer.error.kind;
}

describe('the ServiceAccount of a Pod', () => {
  it('reads a rotated token again after a minute, and at once after a 401', async () => {
    let time = 0;
    await replace('token', 'first\n');
    await replace('ca.crt', 'ca');
    using connection = new Connection(podEndpoint(() => time));
    server.tokens.add('first');
    expect(await get(connection)).toBe('ok');

    server.tokens.add('second');
    await replace('token', 'second\n');
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer first');
    time += 60_000;
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer second');

    await replace('token', 'third\n');
    server.tokens.clear();
    server.tokens.add('third');
    expect(await get(connection)).toBe('ok');
  });

  it('answers unauthorized, after one call only, where the token is still the refused one', async () => {
    await replace('token', 'old');
    await replace('ca.crt', 'ca');
    server.tokens.add('other');
    using connection = new Connection(podEndpoint(() => 0));
    expect(await get(connection)).toBe('unauthorized');
    expect(server.calls).toHaveLength(1);
  });

  it('keeps the last token while the file is away, and says so when there never was one', async () => {
    let time = 0;
    using none = new Connection(podEndpoint(() => time));
    const answer = await none.json({ method: 'GET', path: KUBE_SYSTEM });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(answer.ok ? '' : answer.error.message).toContain(join(dir, 'token'));

    await replace('token', 'first');
    await replace('ca.crt', 'ca');
    using connection = new Connection(podEndpoint(() => time));
    expect(await get(connection)).toBe('ok');
    await rm(join(dir, 'token'));
    time += 60_000;
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer first');
  });
});

describe('a request', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'gone'],
    [422, 'bad-answer'],
    [429, 'throttled'],
    [500, 'server'],
    [503, 'server'],
  ])('HTTP %d is %s, with the words of the server', async (status, kind) => {
    server.fault = (_, response) => {
      refuse(response, status, 'these words');
      return true;
    };
    using connection = new Connection(fixedEndpoint(server.url));
    const answer = await connection.json({ method: 'GET', path: KUBE_SYSTEM });
    expect(answer).toMatchObject({ ok: false, error: { kind, status, message: 'these words' } });
  });

  it.each([
    ['HTML in a 200', (body: string) => `<html>${body}</html>`, 'bad-answer'],
    ['a body cut short', (body: string) => body.slice(0, 3), 'bad-answer'],
  ])('%s is %s', async (_, change, kind) => {
    server.fault = (_call, response) => {
      response.end(change('{"a":1}'));
      return true;
    };
    using connection = new Connection(fixedEndpoint(server.url));
    expect(await get(connection)).toBe(kind);
  });

  it('is given up when headers or body do not come, or the server cuts it', async () => {
    using connection = new Connection(fixedEndpoint(server.url));
    server.fault = () => true;
    expect(await get(connection)).toBe('unreachable');
    server.fault = (_, response) => {
      response.write('{"a":');
      return true;
    };
    const slow = await connection.json({ method: 'GET', path: KUBE_SYSTEM, bodyTimeoutMs: 30 });
    expect(slow).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    server.fault = (_, response) => {
      response.write('{"a":');
      setTimeout(() => response.destroy(), 5);
      return true;
    };
    expect(await get(connection)).toBe('unreachable');
    await server.close();
    expect(await get(connection)).toBe('unreachable');
  });

  it('ends at once with its signal', async () => {
    using connection = new Connection(fixedEndpoint(server.url));
    server.fault = () => true;
    const stop = new AbortController();
    const answer = connection.json({ method: 'GET', path: KUBE_SYSTEM, signal: stop.signal });
    await tick(10);
    stop.abort();
    expect(await answer).toMatchObject({ ok: false, error: { kind: 'unreachable', message: /stopped/ } });
    expect(await get(connection)).toBe('unreachable');
  });

  it('is sent again when a kept connection was closed under it, but only a read', async () => {
    using connection = new Connection(fixedEndpoint(server.url));
    expect(await get(connection)).toBe('ok');
    let cut = 0;
    server.fault = (_, response) => {
      if (cut++ > 0) return false;
      response.socket?.destroy();
      return true;
    };
    expect(await get(connection)).toBe('ok');
    cut = 0;
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const write = await connection.json({ method: 'POST', path, body: { metadata: { name: 'e' } } });
    expect(write).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(server.events.size).toBe(0);
  });

  it('keeps a path prefix of the server, and one connection for calls in turn', async () => {
    const ports = new Set<number | undefined>();
    server.fault = (call, response) => {
      ports.add(response.socket?.remotePort);
      response.end(JSON.stringify({ path: call.path }));
      return true;
    };
    using connection = new Connection(fixedEndpoint(`${server.url}/k8s/clusters/c-1/`));
    for (let turn = 0; turn < 5; turn += 1) await get(connection);
    expect(server.calls[0]?.path).toBe(`/k8s/clusters/c-1${KUBE_SYSTEM}`);
    expect(ports.size).toBe(1);
  });
});

describe('finding the API server', () => {
  const inPod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

  async function kubeconfig(file: string, url: string, user: string): Promise<string> {
    const path = join(dir, file);
    const clusters = `clusters: [{name: c, cluster: {server: "${url}"}}]`;
    const contexts = 'contexts: [{name: x, context: {cluster: c, user: u}}]';
    await writeFile(
      path,
      `${clusters}\n${contexts}\nusers: [{name: u, user: ${user}}]\ncurrent-context: x\n`,
    );
    return path;
  }

  async function open(env: Record<string, string>, home?: string): Promise<Connection | string> {
    const opened = await openConnection({ env, now: () => 0, home, serviceAccountDir: dir });
    return opened.ok ? opened.value : opened.error;
  }

  it('takes KUBECONFIG before the Pod, and the Pod before the usual file', async () => {
    const file = await kubeconfig('named', server.url, '{token: from-the-file}');
    const named = await open({ KUBECONFIG: file, ...inPod });
    if (typeof named === 'string') throw new Error(named);
    expect(await get(named)).toBe('ok');
    expect(server.calls[0]?.authorization).toBe('Bearer from-the-file');
    named[Symbol.dispose]();

    const pod = await open(inPod, dir);
    expect(typeof pod === 'string' ? pod : pod.server).toBe('https://[fd00::1]');

    const nothing = await open({}, dir);
    expect(nothing).toContain('KUBECONFIG is not set');
    expect(await open({ KUBECONFIG: join(dir, 'missing') })).toContain('which is not there');
  });

  it('reads the token file that a kubeconfig names, and reads it anew after a 401', async () => {
    await writeFile(join(dir, 'file-token'), 'in-a-file\n');
    const file = await kubeconfig('token-file', server.url, '{tokenFile: file-token, token: beside}');
    const opened = await open({ KUBECONFIG: file });
    if (typeof opened === 'string') throw new Error(opened);
    using connection = opened;
    server.tokens.add('in-a-file');
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer in-a-file');
    server.tokens.clear();
    server.tokens.add('the-next');
    await writeFile(join(dir, 'file-token'), 'the-next\n');
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer the-next');
  });

  it('stays with its context when the file turns to another: no login of that goes to this server', async () => {
    const file = await kubeconfig('turned', server.url, '{token: first}');
    const opened = await open({ KUBECONFIG: file });
    if (typeof opened === 'string') throw new Error(opened);
    using connection = opened;
    server.tokens.add('renewed');
    const text = (current: string, token: string): string => `
clusters: [{name: c, cluster: {server: "${server.url}"}}, {name: d, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: d, user: v}}]
users: [{name: u, user: {token: ${token}}}, {name: v, user: {token: of-the-other}}]
current-context: ${current}
`;
    await writeFile(file, text('y', 'first'));
    expect(await get(connection)).toBe('unauthorized');
    await writeFile(file, text('y', 'renewed'));
    expect(await get(connection)).toBe('ok');
    const sent = server.calls.map(({ authorization }) => authorization);
    expect(new Set(sent)).toEqual(new Set(['Bearer first', 'Bearer renewed']));
  });

  it('runs a login command, and runs it anew after a 401', async () => {
    const count = join(dir, 'count');
    const script = join(dir, 'login.mjs');
    await writeFile(
      script,
      `import { appendFileSync, readFileSync } from 'node:fs';
       appendFileSync(${JSON.stringify(count)}, 'x');
       const token = 'login-' + readFileSync(${JSON.stringify(count)}, 'utf8').length;
       console.log(JSON.stringify({ kind: 'ExecCredential', status: { token } }));`,
    );
    const exec = `{exec: {command: "${process.execPath}", args: ["${script}"]}}`;
    const opened = await open({ KUBECONFIG: await kubeconfig('exec', server.url, exec) });
    if (typeof opened === 'string') throw new Error(opened);
    using connection = opened;
    expect(await get(connection)).toBe('ok');
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer login-1');
    server.tokens.add('login-2');
    expect(await get(connection)).toBe('ok');
    expect(server.calls.at(-1)?.authorization).toBe('Bearer login-2');
  });

  it('tells of a failed login without what the command wrote', async () => {
    const exec = `{exec: {command: "${process.execPath}", args: ["-e", "console.log('s3cret')"]}}`;
    const opened = await open({ KUBECONFIG: await kubeconfig('bad', server.url, exec) });
    if (typeof opened === 'string') throw new Error(opened);
    using connection = opened;
    const answer = await connection.json({ method: 'GET', path: KUBE_SYSTEM });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });

  it('refuses plain http that leaves the machine, and files that are no kubeconfig', async () => {
    const file = await kubeconfig('plain', 'http://192.0.2.1:8080', '{token: t}');
    expect(await open({ KUBECONFIG: file })).toContain('plain http only on loopback');
    await writeFile(join(dir, 'broken'), 'token: [s3cret');
    const broken = await open({ KUBECONFIG: join(dir, 'broken') });
    expect(broken).toContain('is not a kubeconfig');
    expect(broken).not.toContain('s3cret');
  });
});
