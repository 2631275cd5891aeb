import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually, pause } from './eventually.ts';
import { listener } from './manifests.ts';
import { HOME, isBatch, TOKEN, type Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const lists = (scene: Scene) =>
  scene.cloudflare.calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/dns_records'));

describe.concurrent('waits of the program itself', () => {
  // What takes the program's own long waits to see: all wait at the same time.
  test.concurrent('S-58 a CRD that is not installed is named, looked for again, and nothing is concluded from its absence', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const before = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await before.stop();
    scene.kubernetes.serve('HTTPRoute', []);
    const controller = await scene.run();
    await eventually(() =>
      expect(controller.lines).toContainEqual(
        expect.objectContaining({ reason: 'Pending', message: expect.stringContaining('install its CRD') }),
      ),
    );
    scene.route('later');
    await controller.check('example.com');
    expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]);
    expect(await controller.page('/readyz')).toMatchObject({
      status: 200,
      body: expect.stringContaining('[+] caches synced: HTTPRoute not served by this cluster'),
    });
    scene.kubernetes.serve('HTTPRoute', ['v1']);
    await eventually(() => expect(scene.at('later.example.com')).toEqual([`A ${HOME}`]), 65_000);
    expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]);
  });

  test.concurrent('S-73 a write that hangs ends at its deadline, and its record comes all the same, once', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await scene.run();
    scene.cloudflare.fault({ kind: 'hang-headers', match: isBatch });
    scene.route('web');
    await eventually(() => expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]), 75_000);
    await eventually(() => expect(scene.row('web.example.com')).toMatchObject({ state: 'active' }));
    expect(scene.writes).toHaveLength(2);
  });
});

describe.concurrent('load', () => {
  test.concurrent('S-68, S-72 six hundred routes start with one list of the zone and three batches', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones: [{ name: 'example.com', plan: 'pro' }] });
    for (let n = 0; n < 600; n += 1) scene.route(`r${n}`);
    const controller = await scene.run();
    await eventually(() => expect(scene.cloudflare.records('example.com')).toHaveLength(600));
    expect(scene.writes).toHaveLength(3);
    expect(lists(scene)).toHaveLength(1);
    const names = scene.cloudflare.records('example.com').map(({ name }) => name);
    expect(new Set(names).size).toBe(600);
    await controller.check('example.com');
    expect(scene.writes).toHaveLength(3);
  });

  test.concurrent('at rest there is no call at all between drift checks, and no write over several of them', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones: ['example.com', 'example.net'] });
    scene.route('web', { hosts: ['a.example.com', 'b.example.com', 'a.example.net'] });
    scene.route('off', { keys: { 'content-mode': 'none' } });
    const controller = await scene.run({ DRIFT_SCHEDULE: '*/2 * * * * *' });
    for (const host of ['a.example.com', 'b.example.com', 'a.example.net']) {
      await scene.expectAt(host, [`A ${HOME}`]);
    }
    const writes = scene.writes.length;
    scene.cloudflare.clearCalls();
    const calls = () =>
      scene.cloudflare.calls.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
    const oneCheck = ['GET zones', 'GET dns_records', 'GET dns_records'];
    await eventually(() => expect(calls().length).toBeGreaterThanOrEqual(4 * oneCheck.length));
    await controller.stop();
    const seen = calls().slice(calls().indexOf('GET zones'));
    expect(seen.slice(0, seen.length - (seen.length % 3))).toEqual(
      Array.from({ length: Math.floor(seen.length / 3) }, () => oneCheck).flat(),
    );
    expect(writes).toBe(2);
  });

  test.concurrent('S-80 a thousand routes without annotations cost no line of the log and no call', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (let n = 0; n < 1000; n += 1) scene.route(`plain${n}`, { keys: {} });
    const controller = await scene.run();
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    for (let n = 0; n < 50; n += 1) scene.route(`plain${n}`, { keys: {}, hosts: [`new${n}.example.com`] });
    scene.annotate('web', { ttl: '300' });
    await eventually(() => expect(scene.recordsAt('web.example.com')).toMatchObject([{ ttl: 300 }]));
    expect(controller.output).not.toContain('plain');
  });

  test.concurrent('S-69 a route that comes while drift checks run gets one record', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('anchor');
    const controller = await scene.run();
    await scene.expectAt('anchor.example.com', [`A ${HOME}`]);
    for (let n = 0; n < 5; n += 1) {
      const checks = Promise.all([controller.check(), controller.check()]);
      scene.route(`race${n}`);
      await checks;
      await scene.expectAt(`race${n}.example.com`, [`A ${HOME}`]);
    }
    await controller.check('example.com');
    expect(scene.cloudflare.records('example.com')).toHaveLength(6);
  });
});

describe.concurrent('Cloudflare that is not well', () => {
  const zones = ['example.com', 'example.net'];

  test.concurrent('S-73 a call that hangs holds up neither another zone nor /healthz', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones });
    const controller = await scene.run();
    const [stuck] = scene.cloudflare.calls.filter(({ path }) => path.endsWith('/dns_records'));
    scene.cloudflare.fault({
      kind: 'hang-headers',
      times: Number.POSITIVE_INFINITY,
      match: ({ path }) => path === stuck?.path,
    });
    scene.route('web', { hosts: ['web.example.com', 'web.example.net'] });
    const published = () => [...scene.at('web.example.com'), ...scene.at('web.example.net')];
    await eventually(() => expect(published()).toEqual([`A ${HOME}`]));
    expect(await controller.page('/healthz')).toEqual({ status: 200, body: 'ok\n' });
    const { code } = await controller.stop();
    expect(code).toBe(0);
  });

  test.concurrent('S-74 a 429 stops all calls for as long as it says', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished, { zones });
    await scene.run();
    scene.cloudflare.fault({
      kind: 'status',
      status: 429,
      code: 971,
      headers: { 'retry-after': '2' },
      match: isBatch,
    });
    scene.route('web', { hosts: ['web.example.com'] });
    await eventually(() => expect(scene.writes).toHaveLength(1));
    const refusedAt = scene.cloudflare.calls.at(-1)!.at;
    scene.route('net', { hosts: ['web.example.net'] });
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await scene.expectAt('web.example.net', [`A ${HOME}`]);
    const later = scene.cloudflare.calls.map(({ at }) => at - refusedAt).filter((ms) => ms > 0);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(1950);
  });

  test.concurrent('one record that is refused is told on its route, and the rest of the batch is applied', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones });
    await scene.run();
    scene.cloudflare.fault({
      kind: 'status',
      status: 400,
      code: 9004,
      message: 'Invalid A record',
      times: Number.POSITIVE_INFINITY,
      match: (call) => isBatch(call) && JSON.stringify(call.body).includes('bad.example.com'),
    });
    for (const name of ['bad', 'good1', 'good2', 'good3']) scene.route(name);
    await scene.expectEvent('bad', 'WriteRefused', /9004/);
    for (const name of ['good1', 'good2', 'good3'])
      await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
    expect(scene.at('bad.example.com')).toEqual([]);
  });

  test.concurrent('a list answered by a page, a refusal in a 200, half of its text or too few items is unknown, not empty', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones });
    scene.route('anchor');
    const controller = await scene.run();
    await scene.expectAt('anchor.example.com', [`A ${HOME}`]);
    for (const kind of ['html200', 'success-false', 'truncated-json', 'short-list'] as const) {
      scene.route(`old-${kind}`);
      await scene.expectAt(`old-${kind}.example.com`, [`A ${HOME}`]);
      const records = scene.cloudflare.records('example.com');
      const writes = scene.writes.length;
      const lines = controller.lines.length;
      const broken = scene.cloudflare.fault({
        kind,
        times: Number.POSITIVE_INFINITY,
        match: ({ method, path }) => method === 'GET' && path.endsWith('/dns_records'),
      });
      scene.unroute(`old-${kind}`);
      scene.route(`new-${kind}`);
      await controller.check();
      await eventually(() =>
        expect(controller.lines.slice(lines)).toContainEqual(
          expect.objectContaining({
            reason: 'Pending',
            message: expect.stringContaining('could not be read'),
          }),
        ),
      );
      expect(scene.writes.length).toBe(writes);
      expect(scene.cloudflare.records('example.com')).toEqual(records);
      broken();
      await scene.expectAt(`old-${kind}.example.com`, []);
      await scene.expectAt(`new-${kind}.example.com`, [`A ${HOME}`]);
    }
  });
});

describe.concurrent('the token', () => {
  test.concurrent('S-75 one that is refused is said by /readyz and the log, and nothing exits', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const controller = scene.start(['run'], { CLOUDFLARE_API_TOKEN: 'a-token-nobody-ever-made-1234567890' });
    await eventually(async () => {
      const { status, body } = await controller.page('/readyz');
      expect({ status, body }).toMatchObject({
        status: 503,
        body: expect.stringContaining('[-] token accepted'),
      });
    });
    await eventually(() =>
      expect(controller.lines).toContainEqual(
        expect.objectContaining({ reason: 'TokenRefused', message: expect.stringContaining('DNS:Edit') }),
      ),
    );
    expect(await controller.metric('problems{reason="TokenRefused"}')).toBe(1);
    expect(controller.output).not.toContain('nobody-ever-made');
  });

  test.concurrent('S-76 one that is revoked and rotated in its file is taken without a restart', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, {
      cloudflare: { token: 'first-of-two-words-0000000000000001' },
    });
    const file = join(scene.dir, 'token');
    writeFileSync(file, 'first-of-two-words-0000000000000001\n');
    const controller = await scene.run({ CLOUDFLARE_API_TOKEN: '', CLOUDFLARE_API_TOKEN_FILE: file });
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    scene.cloudflare.revokeToken('first-of-two-words-0000000000000001');
    scene.route('next');
    await eventually(async () =>
      expect(await controller.page('/readyz')).toMatchObject({
        status: 503,
        body: expect.stringContaining('[-] token accepted'),
      }),
    );
    expect(scene.at('next.example.com')).toEqual([]);
    scene.cloudflare.addToken(TOKEN);
    writeFileSync(file, `${TOKEN}\n`);
    await scene.expectAt('next.example.com', [`A ${HOME}`]);
    await controller.ready();
    expect(controller.output).not.toContain('first-of-two');
  });

  test.concurrent('a file that cannot be used any more is told, while the token that it held goes on', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const file = join(scene.dir, 'token');
    writeFileSync(file, `${TOKEN}\n`);
    const controller = await scene.run({ CLOUDFLARE_API_TOKEN: '', CLOUDFLARE_API_TOKEN_FILE: file });
    writeFileSync(file, 'Bearer of-nothing-that-may-be-shown\n');
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    const told = (): Promise<number | undefined> => controller.metric('problems{reason="TokenRefused"}');
    await eventually(async () => expect(await told()).toBe(1));
    const messages = controller.lines.filter((line) => line['reason'] === 'TokenRefused');
    expect(messages).toMatchObject([{ message: expect.stringMatching(/CLOUDFLARE_API_TOKEN_FILE.*Bearer/) }]);
    expect(controller.output).not.toContain('of-nothing');
    writeFileSync(file, `${TOKEN}\n`);
    scene.home('192.0.2.77');
    await scene.expectAt('web.example.com', ['A 192.0.2.77']);
    await eventually(async () => expect(await told()).toBe(0));
  });

  test.concurrent('one that is refused again and again is asked about ever less, told once, and taken when it is good', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones: ['example.com', 'example.org', 'example.net'] });
    const hosts = ['web.example.com', 'web.example.org', 'web.example.net'];
    scene.route('web', { hosts });
    const controller = await scene.run();
    for (const host of hosts) await scene.expectAt(host, [`A ${HOME}`]);
    scene.cloudflare.revokeToken(TOKEN);
    scene.cloudflare.clearCalls();
    scene.home('192.0.2.77');
    await eventually(async () =>
      expect((await controller.page('/readyz')).body).toMatch(
        /\[-\] token accepted: .* It is asked again at 2/,
      ),
    );
    await pause(6_000);
    scene.route('more');
    await pause(1_000);
    // Refusals of before it opened, and the probes since; each read is asked once more after a refusal.
    expect(scene.cloudflare.calls.length).toBeLessThan(16);
    const told = controller.lines.filter((line) => line['reason'] === 'TokenRefused');
    expect(told.map(({ msg }) => msg)).toEqual(['problem appeared']);
    scene.cloudflare.addToken(TOKEN);
    for (const host of hosts) await scene.expectAt(host, ['A 192.0.2.77']);
    await controller.ready();
    expect(await controller.metric('problems{reason="TokenRefused"}')).toBe(0);
  });

  test.concurrent('one without a right on one zone serves the others', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const { id } = scene.cloudflare.addZone({ name: 'example.org' });
    scene.cloudflare.fault({
      kind: 'status',
      status: 403,
      code: 10000,
      message: 'Authentication error',
      times: Number.POSITIVE_INFINITY,
      match: ({ path }) => path.includes(id),
    });
    scene.route('web', { hosts: ['web.example.com', 'web.example.org'] });
    const controller = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await pause(4_000);
    scene.home('192.0.2.77');
    await scene.expectAt('web.example.com', ['A 192.0.2.77']);
    expect((await controller.page('/readyz')).body).toContain('[+] token accepted');
  });

  test.concurrent('one without the right to write says which right is missing', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { cloudflare: { token: 'unused-word-of-the-account' } });
    scene.cloudflare.addToken(TOKEN, { permissions: ['zone:read', 'dns:read'] });
    await scene.run();
    scene.route('web');
    await scene.expectEvent('web', 'TokenRefused', /example\.com/);
    expect(scene.at('web.example.com')).toEqual([]);
  });
});

describe.concurrent('Kubernetes', () => {
  test.concurrent('S-77 no right to list Namespaces is needed, but for listeners that select by label', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.kubernetes.forbid({ resource: 'namespaces', verb: 'list' });
    scene.kubernetes.forbid({ resource: 'namespaces', verb: 'watch' });
    const selector = { namespaces: { from: 'Selector', selector: { matchLabels: { dns: 'yes' } } } };
    await scene.run();
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    scene.gateway('choosy', [HOME], [listener({ allowedRoutes: selector })]);
    scene.route('labelled', { parentRefs: [{ name: 'choosy', namespace: 'infra' }] });
    await scene.expectEvent('labelled', 'Pending', /Namespace/);
    scene.kubernetes.allowEverything();
    expect(scene.at('labelled.example.com')).toEqual([]);
  });

  test.concurrent('an API server that goes away and comes back changes nothing, and what happened meanwhile is seen', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (const name of ['one', 'two']) scene.route(name);
    const controller = await scene.run();
    for (const name of ['one', 'two']) await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
    await scene.kubernetes.stop();
    scene.unroute('two');
    scene.route('three');
    await controller.check('example.com');
    expect(scene.at('two.example.com')).toEqual([`A ${HOME}`]);
    expect(await controller.page('/healthz')).toMatchObject({ status: 200 });
    scene.kubernetes.compact();
    await scene.kubernetes.restart();
    await scene.expectAt('three.example.com', [`A ${HOME}`]);
    await scene.expectAt('two.example.com', []);
    expect(scene.at('one.example.com')).toEqual([`A ${HOME}`]);
  });

  test.concurrent('watches that end, are cut, expire with 410 or turn to garbage miss nothing', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await scene.run();
    for (const [n, harm] of (['end', 'drop', 'expire', 'garble'] as const).entries()) {
      scene.route(`before${n}`);
      scene.kubernetes.watches[harm]();
      scene.route(`after${n}`);
      await scene.expectAt(`before${n}.example.com`, [`A ${HOME}`]);
      await scene.expectAt(`after${n}.example.com`, [`A ${HOME}`]);
      scene.unroute(`before${n}`);
      await scene.expectAt(`before${n}.example.com`, []);
    }
    expect(scene.cloudflare.records('example.com')).toHaveLength(4);
  });

  test.concurrent('an API server that is away at the start is waited for', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    await scene.kubernetes.stop();
    const controller = scene.start(['run']);
    await eventually(async () =>
      expect(await controller.page('/readyz')).toMatchObject({
        status: 503,
        body: expect.stringContaining('[-] caches synced'),
      }),
    );
    await scene.kubernetes.restart();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
  });

  test.concurrent('where kube-system may not be read it asks for RECORD_OWNER_ID, and runs with one', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.kubernetes.forbid({ resource: 'namespaces', verb: 'get' });
    const refused = await scene.command(['run']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('set RECORD_OWNER_ID');
    await scene.run({ RECORD_OWNER_ID: 'attic' });
    scene.route('web');
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    expect(scene.recordsAt('web.example.com')[0]?.comment).toBe('record-owner-id=attic');
  });
});

describe.concurrent('the process', () => {
  test.concurrent('S-70 a second one on the same ledger does not start', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await scene.run();
    const { code, stderr } = await scene.command(['run']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/ledger/);
  });

  test.concurrent('S-78 a port that is taken ends it at once, and says which', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await scene.command(['run'], { HTTP_ADDRESS: `127.0.0.1:${port}` });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken`);
    expect(scene.cloudflare.calls).toEqual([]);
  });

  test.concurrent('settings that are wrong are all named at once', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const { code, stderr } = await scene.command(['run'], {
      CLOUDFLARE_API_TOKEN: '',
      CLOUDFLARE_BASE_URL: 'http://api.cloudflare.com',
      DELETE_DELAY: 'soon',
      MAX_DELETES: 'some',
      DRIFT_SCHEDULE: 'hourly',
      STRATEGY: 'sync',
      SOURCES: 'httproute,pods',
    });
    expect(code).toBe(1);
    for (const name of [
      'CLOUDFLARE_API_TOKEN',
      'CLOUDFLARE_BASE_URL',
      'DELETE_DELAY',
      'MAX_DELETES',
      'DRIFT_SCHEDULE',
      'STRATEGY',
      'SOURCES',
    ]) {
      expect(stderr).toContain(`${name}: `);
    }
    expect(scene.cloudflare.calls).toEqual([]);
  });

  test.concurrent('SIGTERM lets the write in flight end, and its record is in the ledger', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const controller = await scene.run();
    scene.cloudflare.fault({ kind: 'delay', ms: 500, match: isBatch });
    scene.route('web');
    await eventually(() => expect(scene.writes).toHaveLength(1));
    const { code } = await controller.stop();
    expect(code).toBe(0);
    expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]);
    await eventually(() => expect(scene.row('web.example.com')).toMatchObject({ state: 'active' }));
    await eventually(() => expect(scene.ledger('SELECT * FROM intents')).toEqual([]));
  });

  test.concurrent('DRY_RUN writes nothing anywhere, beside a real one too', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const dry = await scene.run({ DRY_RUN: 'true' });
    await eventually(() =>
      expect(dry.lines).toContainEqual(
        expect.objectContaining({ msg: 'would change', name: 'web.example.com' }),
      ),
    );
    await pause(300);
    expect(scene.writes).toEqual([]);
    expect(scene.events()).toEqual([]);
    expect(() => scene.ledger('SELECT 1')).toThrow();
    const real = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await real.stop();
    const { code } = await dry.stop();
    expect(code).toBe(0);
  });
});
