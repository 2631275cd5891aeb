import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { HOME, Scene, TOKEN } from './scene.ts';
import { openScene } from './open-scene.ts';

describe('which zone a name goes to', () => {
  let scene: Scene;
  let controller: Controller;
  let twins: readonly string[];
  beforeAll(async () => {
    scene = await Scene.open({
      zones: [
        'example.co.uk',
        'example.com',
        'dev.example.com',
        'myexample.com',
        { name: 'waiting.example', status: 'pending' },
        { name: 'half.example.com', status: 'pending' },
        { name: 'one.example', status: 'moved' },
        'one.example',
        'gone.example',
        'bücher.example',
        ...Array.from({ length: 60 }, (_, n) => `filler-${n}.example`),
      ],
    });
    twins = [
      scene.cloudflare.addZone({ name: 'twin.example' }).id,
      scene.cloudflare.addZone({ name: 'twin.example' }).id,
    ];
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  test.each([
    ['S-43', 'app.example.co.uk', 'example.co.uk'],
    ['S-44', 'app.dev.example.com', 'dev.example.com'],
    ['S-44', 'dev.example.com', 'dev.example.com'],
    ['S-46', 'app.myexample.com', 'myexample.com'],
    ['S-48', 'app.filler-59.example', 'filler-59.example'],
    ['S-50', 'app.waiting.example', 'waiting.example'],
    ['S-50', 'app.half.example.com', 'example.com'],
    ['S-51', 'app.xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('%s %s goes to %s', async (_, host, zone) => {
    scene.route(host.replaceAll('.', '-'), { hosts: [host] });
    await scene.expectAt(host, [`A ${HOME}`], zone);
    await eventually(() => expect(scene.row(host)?.['zone']).toBe(zone));
  });

  test('S-47 of two zones with one name the active one is taken; of two active ones neither, and both ids are told', async () => {
    scene.route('one', { hosts: ['app.one.example'] });
    await scene.expectEvent('one', 'RecordCreated');
    scene.route('twin', { hosts: ['app.twin.example'] });
    await scene.expectEvent('twin', 'ZoneNotFound', new RegExp(twins.toSorted().join(', ')));
    for (const id of twins) expect(scene.at('app.twin.example', id)).toEqual([]);
  });

  test('S-50 a zone that is not active is told once; one that is no longer visible is no evidence', async () => {
    const { body } = await controller.page('/metrics');
    expect(body).toMatch(/routeflare_problems\{reason="Pending"\} [1-9]/);
    scene.route('gone', { hosts: ['app.gone.example'] });
    await scene.expectAt('app.gone.example', [`A ${HOME}`]);
    const row = await eventually(() => {
      const found = scene.row('app.gone.example');
      expect(found).toBeDefined();
      return found;
    });
    scene.cloudflare.removeZone('gone.example');
    await controller.check('example.com');
    await scene.expectEvent('gone', 'ZoneNotFound');
    scene.unroute('gone');
    await controller.check('example.com');
    await eventually(() => expect(scene.row('app.gone.example')?.['record_id']).toBe(row?.['record_id']));
  });

  test('a name outside every zone is told and stops nothing else', async () => {
    scene.route('outside', { hosts: ['app.elsewhere.test', 'inside.example.com'] });
    await scene.expectEvent('outside', 'ZoneNotFound', /app\.elsewhere\.test/);
    await scene.expectAt('inside.example.com', [`A ${HOME}`]);
    const held = () => scene.ledger("SELECT name FROM records WHERE holder_name = 'outside'");
    await eventually(() => expect(held()).toEqual([{ name: 'inside.example.com' }]));
  });

  test('a record leaves its old zone only after a new, longer zone has it', async () => {
    scene.route('move', { hosts: ['app.sub.example.com'] });
    await scene.expectAt('app.sub.example.com', [`A ${HOME}`], 'example.com');
    scene.cloudflare.addZone({ name: 'sub.example.com' });
    await controller.check('example.com');
    await scene.expectAt('app.sub.example.com', [`A ${HOME}`], 'sub.example.com');
    await scene.expectAt('app.sub.example.com', [], 'example.com');
    const actions = () =>
      scene.ledger("SELECT action, zone FROM history WHERE name = 'app.sub.example.com' ORDER BY id");
    await eventually(() =>
      expect(actions()).toEqual([
        { action: 'create', zone: 'example.com' },
        { action: 'create', zone: 'sub.example.com' },
        { action: 'delete', zone: 'example.com' },
      ]),
    );
  });
});

describe('a longer zone that is not active for a while', () => {
  test('keeps its records beside those of the shorter one, and has the names again when it is active', async ({
    onTestFinished,
  }) => {
    const name = 'app.dev.example.com';
    const scene = await openScene(onTestFinished, { zones: ['example.com', 'dev.example.com'] });
    scene.route('app', { hosts: [name] });
    const controller = await scene.run();
    await scene.expectAt(name, [`A ${HOME}`], 'dev.example.com');
    const [kept] = scene.cloudflare.records('dev.example.com');
    scene.cloudflare.editZone('dev.example.com', { status: 'pending' });
    await controller.check('example.com');
    await scene.expectAt(name, [`A ${HOME}`], 'example.com');
    // Ten times the delay that the scene sets.
    await delay(1000);
    await controller.check('example.com');
    expect(scene.cloudflare.records('dev.example.com').map(({ id }) => id)).toEqual([kept?.id]);
    scene.cloudflare.editZone('dev.example.com', { status: 'active' });
    await controller.check('example.com');
    await scene.expectAt(name, [], 'example.com');
    expect(scene.cloudflare.records('dev.example.com').map(({ id }) => id)).toEqual([kept?.id]);
    scene.unroute('app');
    await scene.expectAt(name, [], 'dev.example.com');
  });
});

describe('what limits the zones', () => {
  test.concurrent('S-45 a token that sees only a subdomain’s zone is enough for it', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, {
      zones: ['example.com', 'dev.example.com'],
      cloudflare: { token: 'unused-word-of-the-account' },
    });
    scene.cloudflare.addToken(TOKEN, { zones: ['dev.example.com'] });
    await scene.run();
    scene.route('s45', { hosts: ['app.dev.example.com', 'app.example.com'] });
    await scene.expectAt('app.dev.example.com', [`A ${HOME}`], 'dev.example.com');
    await scene.expectEvent('s45', 'ZoneNotFound', /app\.example\.com/);
    expect(scene.at('app.example.com')).toEqual([]);
  });

  test.concurrent('S-49 a zone of many pages is read to its end before anything is judged', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, {
      zones: [{ name: 'example.com', plan: 'pro' }],
      cloudflare: { maxPerPage: 100 },
    });
    for (let n = 0; n < 250; n += 1) {
      scene.cloudflare.create('example.com', {
        name: `host-${n}.example.com`,
        type: 'A',
        content: '198.51.100.1',
      });
    }
    scene.route('last', { hosts: ['host-249.example.com', 'fresh.example.com'] });
    await scene.run();
    await scene.expectAt('fresh.example.com', [`A ${HOME}`]);
    await scene.expectEvent('last', 'RecordConflict', /host-249/);
    expect(scene.at('host-249.example.com')).toEqual(['A 198.51.100.1']);
  });

  test.concurrent('ZONES and PROTECTED_NAMES keep names out, and are no evidence against records that are there', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { zones: ['example.com', 'example.net'] });
    scene.route('web', { hosts: ['www.example.com', 'www.example.net', 'mail.example.com'] });
    const before = await scene.run();
    await scene.expectAt('www.example.net', [`A ${HOME}`]);
    await scene.expectAt('mail.example.com', [`A ${HOME}`]);
    await before.stop();
    scene.route('web', { hosts: ['new.example.com', 'new.example.net', 'new.mail.example.com'] });
    const controller = await scene.run({
      ZONES: 'example.com',
      PROTECTED_NAMES: 'mail.example.com,*.mail.example.com',
    });
    await scene.expectAt('new.example.com', [`A ${HOME}`]);
    await scene.expectAt('www.example.com', []);
    await controller.check('example.com');
    expect(scene.at('www.example.net')).toEqual([`A ${HOME}`]);
    expect(scene.at('mail.example.com')).toEqual([`A ${HOME}`]);
    expect([...scene.at('new.example.net'), ...scene.at('new.mail.example.com')]).toEqual([]);
    await scene.expectEvent('web', 'Pending', /PROTECTED_NAMES/);
  });
});
