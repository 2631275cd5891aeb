import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, type TestContext } from 'vitest';
import { listener } from './manifests.ts';
import { openScene } from './open-scene.ts';
import { HOME, type Scene } from './scene.ts';

const THEIRS = '198.51.100.66';
const STATIC = { 'content-mode': 'static', content: THEIRS };

/** Waits until all that was asked for was looked at, with Cloudflare listed anew. */
async function looked(scene: Scene, controller: Awaited<ReturnType<Scene['run']>>): Promise<void> {
  scene.route('last', { namespace: 'blue' });
  await scene.expectAt('last.example.com', [`A ${HOME}`]);
  await controller.check('example.com');
}

describe.concurrent('a namespace cannot take a name that another holds', () => {
  async function held(onTestFinished: TestContext['onTestFinished']) {
    const scene = await openScene(onTestFinished);
    // Older, and first by name too: it would win where nobody held the name.
    for (const at of [0, 1, 2, 3, 4])
      scene.route(`thief${at}`, { namespace: 'azure', hosts: ['other.example.com'], keys: {} });
    scene.route('web', { namespace: 'blue' });
    const controller = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    return { scene, controller, before: scene.recordsAt('web.example.com') };
  }

  test.concurrent('by asking for it, by another spelling or type, by adopt, or with suspend', async ({
    onTestFinished,
  }) => {
    const { scene, controller, before } = await held(onTestFinished);
    const hosts = ['web.example.com'];
    const tries = [
      { hosts, keys: STATIC },
      { keys: { ...STATIC, hostnames: ' WEB.Example.COM. ' } },
      { hosts, keys: { ...STATIC, adopt: 'true' } },
      { hosts, keys: { 'content-mode': 'static', content: 'evil.example.org' } },
      { hosts, keys: { ...STATIC, suspend: 'true' } },
    ];
    for (const [at, asked] of tries.entries()) scene.route(`thief${at}`, { namespace: 'azure', ...asked });
    await looked(scene, controller);
    expect(scene.recordsAt('web.example.com')).toEqual(before);
    expect(scene.row('web.example.com')).toMatchObject({ holder_namespace: 'blue', state: 'active' });
    for (const at of [0, 1, 2, 3]) await scene.expectEvent(`thief${at}`, 'HostnameConflict', /blue/);
  });

  test.concurrent('nor while its holder is suspended, frozen or not accepted', async ({ onTestFinished }) => {
    const { scene, controller, before } = await held(onTestFinished);
    scene.route('thief0', { namespace: 'azure', hosts: ['web.example.com'], keys: STATIC });
    for (const keys of [{ suspend: 'true' }, { suspend: null, ttl: 'soon' }]) {
      scene.annotate('web', keys, 'blue');
      await controller.check('example.com');
      expect(scene.recordsAt('web.example.com')).toEqual(before);
    }
  });

  test.concurrent('nor by a wildcard, which is a name of its own', async ({ onTestFinished }) => {
    const { scene, before } = await held(onTestFinished);
    scene.route('wide', { namespace: 'green', hosts: ['*.example.com'], keys: STATIC });
    await scene.expectAt('*.example.com', [`A ${THEIRS}`]);
    expect(scene.recordsAt('web.example.com')).toEqual(before);
  });
});

describe.concurrent('a namespace cannot reach a name that no listener gives it', () => {
  test.concurrent('by spec, annotation, section, another gateway, or a gateway that does not let it in', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.kubernetes.objects.namespace('blue', { team: 'blue' });
    scene.kubernetes.objects.namespace('green', { team: 'green' });
    const from = (rule: object) => ({ allowedRoutes: { namespaces: rule } });
    const ofTeam = (team: string) => from({ from: 'Selector', selector: { matchLabels: { team } } });
    scene.gateway(
      'home',
      [HOME],
      [
        listener({ name: 'blue', hostname: '*.blue.example.com', ...ofTeam('blue') }),
        listener({ name: 'green', hostname: '*.green.example.com', ...ofTeam('green') }),
        listener({ name: 'last', hostname: 'last.example.com', ...ofTeam('blue') }),
      ],
    );
    scene.gateway('private', ['203.0.113.99'], [listener(from({ from: 'Same' }))]);
    const controller = await scene.run();
    const home = { name: 'home', namespace: 'infra' };
    const wanted = 'bank.blue.example.com';
    const tries = [
      { hosts: [wanted] },
      { hosts: ['a.green.example.com'], keys: { ...STATIC, hostnames: wanted } },
      { hosts: [wanted], parentRefs: [{ ...home, sectionName: 'blue' }] },
      { hosts: [wanted], parentRefs: [{ name: 'private', namespace: 'infra' }] },
      {
        hosts: [wanted],
        keys: { ...STATIC, gateway: 'infra/home' },
        parentRefs: [{ name: 'private', namespace: 'infra' }],
      },
      { hosts: ['*.example.com', '*.blue.example.com'], keys: STATIC },
      { hosts: ['blue.example.com', 'example.com', 'www.example.com'], keys: STATIC },
      { hosts: [], keys: STATIC },
    ];
    for (const [at, options] of tries.entries()) scene.route(`try${at}`, { namespace: 'green', ...options });
    scene.route('fair', { namespace: 'green', hosts: ['fair.green.example.com'] });
    await scene.expectAt('fair.green.example.com', [`A ${HOME}`]);
    await looked(scene, controller);
    const names = scene.cloudflare.records('example.com').map(({ name }) => name);
    // Of `*.example.com` its own listener gives what lies inside.
    expect(names.sort()).toEqual(['*.green.example.com', 'fair.green.example.com', 'last.example.com']);
  });

  test.concurrent('by a ListenerSet of its own that the Gateway does not let in', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const controller = await scene.run();
    scene.kubernetes.objects.apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'ListenerSet',
      metadata: { name: 'mine', namespace: 'green' },
      spec: {
        parentRef: { name: 'home', namespace: 'infra' },
        listeners: [listener({ hostname: 'bank.example.com' })],
      },
    });
    scene.route('via', {
      namespace: 'green',
      hosts: ['bank.example.com'],
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'mine' }],
    });
    await looked(scene, controller);
    expect(scene.at('bank.example.com')).toEqual([]);
  });
});

describe.concurrent('a namespace cannot make the controller fetch anything', () => {
  /** Writes down every host and port that the process connects to, and every name that it looks up. */
  const WATCH = `data:text/javascript,${encodeURIComponent(`
    import net from 'node:net'; import dns from 'node:dns'; import { appendFileSync } from 'node:fs';
    const note = (text) => appendFileSync(process.env.SEEN_PATH, text + '\\n');
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (...args) {
      const [first] = Array.isArray(args[0]) ? args[0] : args;
      note('connect ' + (first?.path ?? (first?.host ?? '') + ':' + (first?.port ?? first)));
      return connect.apply(this, args);
    };
    for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt']) {
      const original = dns[name];
      dns[name] = (host, ...rest) => { note('lookup ' + host); return original(host, ...rest); };
    }
  `)}`;

  test.concurrent('by a content, a hostname, an unknown key, a Service or a Gateway address', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    let visits = 0;
    const canary = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void canary.close());
    const place = `127.0.0.1:${(canary.address() as AddressInfo).port}`;
    const url = `http://${place}/`;
    const seenPath = `${scene.dir}/token-free-seen`;
    const controller = await scene.run({ NODE_OPTIONS: `--import=${WATCH}`, SEEN_PATH: seenPath });
    const everyKey = [
      'content',
      'hostnames',
      'gateway',
      'ttl',
      'type',
      'addresses',
      'require-ready',
      'adopt',
    ];
    const unknown = [
      'echo-url',
      'ddns-ipv4-voters',
      'cloudflare-base-url',
      'token-file',
      'webhook',
      'kubeconfig',
    ];
    for (const [at, key] of [...everyKey, ...unknown].entries()) {
      scene.route(`url${at}`, {
        namespace: 'green',
        keys: { 'content-mode': 'static', content: url, [key]: url },
      });
    }
    scene.route('name', {
      namespace: 'green',
      keys: { 'content-mode': 'static', content: 'canary.example.org' },
    });
    scene.kubernetes.objects.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside', namespace: 'green' },
      spec: { type: 'ExternalName', externalName: 'canary.example.org', ports: [{ port: 80 }] },
    });
    scene.kubernetes.objects.apply({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: {
        name: 'external',
        namespace: 'green',
        annotations: { 'routeflare/content-mode': 'gateway-address', 'routeflare/require-ready': 'true' },
      },
      spec: {
        hostnames: ['external.example.com'],
        parentRefs: [{ name: 'home', namespace: 'infra' }],
        rules: [{ backendRefs: [{ name: 'outside', port: 80 }] }],
      },
    });
    scene.gateway('theirs', [{ type: 'Hostname', value: 'canary.example.org' }, place]);
    scene.route('ddns', { namespace: 'green', keys: { 'content-mode': 'ddns' } });
    await looked(scene, controller);
    await scene.expectAt('ddns.example.com', ['A 198.41.0.4']);
    await scene.expectAt('name.example.com', ['CNAME canary.example.org']);
    const seen = new Set(readFileSync(seenPath, 'utf8').trim().split('\n'));
    const servers = [
      scene.cloudflare.url,
      scene.kubernetes.url,
      ...scene.echo.voters('ipv4'),
      ...scene.echo.voters('ipv6'),
    ];
    const allowed = new Set(
      servers.flatMap((each) => [`connect ${new URL(each).host}`, `lookup ${new URL(each).hostname}`]),
    );
    expect([...seen].filter((line) => !allowed.has(line))).toEqual([]);
    expect(seen.size).toBeGreaterThan(2);
    expect(visits).toBe(0);
  });
});
