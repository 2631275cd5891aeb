import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually, pause } from './eventually.ts';
import { HOME, isBatch, Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const HOME6 = '2001:db8::10';

describe('while it runs', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open({ home: [HOME, HOME6] });
    scene.route('anchor');
    controller = await scene.run();
    await scene.expectAt('anchor.example.com', [`A ${HOME}`]);
  });
  afterEach(() => scene.cloudflare.clearFaults());
  afterAll(() => scene.close());

  test('S-15, S-16 taking content-mode away takes the record away, and deleting the route then finds none', async () => {
    scene.route('s15');
    await scene.expectAt('s15.example.com', [`A ${HOME}`]);
    scene.annotate('s15', { 'content-mode': null });
    await scene.expectAt('s15.example.com', []);
    await scene.expectEvent('s15', 'RecordDeleted');
    scene.unroute('s15');
    await controller.check();
    expect(scene.at('s15.example.com')).toEqual([]);
    await eventually(() => expect(scene.row('s15.example.com')).toBeUndefined());
  });

  test('S-17 a hostname that is changed or moved leaves none behind', async () => {
    scene.route('s17', { hosts: ['s17a.example.com', 's17b.example.com'] });
    await scene.expectAt('s17a.example.com', [`A ${HOME}`]);
    const [kept] = scene.recordsAt('s17b.example.com');
    scene.route('s17', { hosts: ['s17b.example.com', 's17c.example.com'] });
    await scene.expectAt('s17c.example.com', [`A ${HOME}`]);
    await scene.expectAt('s17a.example.com', []);
    expect(scene.recordsAt('s17b.example.com')).toEqual([kept]);
  });

  test('S-18 a type that is changed leaves the other family’s record not behind', async () => {
    scene.route('s18', { keys: { 'content-mode': 'gateway-address', type: 'A/AAAA' } });
    await scene.expectAt('s18.example.com', [`A ${HOME}`, `AAAA ${HOME6}`]);
    scene.annotate('s18', { type: 'AAAA' });
    await scene.expectAt('s18.example.com', [`AAAA ${HOME6}`]);
    scene.annotate('s18', { type: 'A' });
    await scene.expectAt('s18.example.com', [`A ${HOME}`]);
    await eventually(() => expect(scene.row('s18.example.com', 'AAAA')).toBeUndefined());
  });

  test('a change between address and CNAME is one batch, in which the deletion comes first', async () => {
    scene.route('swap', { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.expectAt('swap.example.com', ['A 192.0.2.1']);
    const [record] = scene.recordsAt('swap.example.com');
    scene.annotate('swap', { content: 'target.example.net' });
    await scene.expectAt('swap.example.com', ['CNAME target.example.net']);
    const batches = scene.writes.filter(({ body }) => JSON.stringify(body).includes(record!.id));
    expect(batches).toMatchObject([
      { body: { deletes: [{ id: record!.id }], posts: [{ name: 'swap.example.com', type: 'CNAME' }] } },
    ]);
  });

  test('S-21, S-22 a deletion that Cloudflare cannot do, or whose read fails, is tried until the record is gone', async () => {
    scene.route('s21');
    await scene.expectAt('s21.example.com', [`A ${HOME}`]);
    scene.cloudflare.fault({ kind: 'status', status: 500, match: isBatch });
    scene.cloudflare.fault({
      kind: 'status',
      status: 503,
      times: 2,
      match: ({ method, query }) => method === 'GET' && query['name.exact'] === 's21.example.com',
    });
    scene.unroute('s21');
    await scene.expectAt('s21.example.com', []);
    await eventually(() => expect(scene.row('s21.example.com')).toBeUndefined());
  });

  test('S-23 a route deleted while its record is being created leaves none', async () => {
    scene.cloudflare.fault({ kind: 'delay', ms: 300, match: isBatch });
    const before = scene.writes.length;
    scene.route('s23');
    await eventually(() => expect(scene.writes.length).toBeGreaterThan(before));
    scene.unroute('s23');
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM history WHERE name = 's23.example.com'")).toHaveLength(2),
    );
    await controller.check('example.com');
    expect(scene.at('s23.example.com')).toEqual([]);
    await eventually(() => expect(scene.row('s23.example.com')).toBeUndefined());
  });

  test('S-26 an object marked for deletion is still there, until it is gone', async () => {
    scene.route('s26', { metadata: { finalizers: ['example.com/wait'] } });
    await scene.expectAt('s26.example.com', [`A ${HOME}`]);
    scene.unroute('s26');
    await controller.check('example.com');
    expect(scene.at('s26.example.com')).toEqual([`A ${HOME}`]);
    scene.kubernetes.objects.patch('HTTPRoute', 'apps', 's26', { metadata: { finalizers: null } });
    await scene.expectAt('s26.example.com', []);
  });

  test('suspend leaves records as they are, and what was deleted with it is left and blocks nobody', async () => {
    scene.route('rest', { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.expectAt('rest.example.com', ['A 192.0.2.1']);
    scene.annotate('rest', { suspend: 'true', content: '192.0.2.2' });
    const [record] = scene.recordsAt('rest.example.com');
    await eventually(() => expect(scene.row('rest.example.com')?.['state']).toBe('suspended'));
    scene.cloudflare.edit('example.com', record!.id, { content: '192.0.2.3' });
    scene.route('rival', { hosts: ['rest.example.com'] });
    await scene.expectEvent('rival', 'HostnameConflict', /HTTPRoute\/apps\/rest/);
    await controller.check('example.com');
    expect(scene.at('rest.example.com')).toEqual(['A 192.0.2.3']);
    scene.unroute('rival');
    scene.unroute('rest');
    await eventually(() => expect(scene.row('rest.example.com')?.['state']).toBe('left'));
    await controller.check('example.com');
    expect(scene.at('rest.example.com')).toEqual(['A 192.0.2.3']);
    scene.route('heir', { hosts: ['rest.example.com'] });
    await scene.expectAt('rest.example.com', [`A ${HOME}`]);
    expect(scene.recordsAt('rest.example.com')[0]?.id).toBe(record!.id);
  });
});

describe('a Gateway that loses something', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open({ home: [HOME, HOME6] });
    scene.route('web', { keys: { 'content-mode': 'gateway-address', type: 'A/AAAA' } });
    controller = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`, `AAAA ${HOME6}`]);
  });
  afterAll(() => scene.close());
  const both = [`A ${HOME}`, `AAAA ${HOME6}`];

  test('S-19 a family that vanished is no evidence: its record stays, and the route is told', async () => {
    scene.home(HOME);
    await scene.expectEvent('web', 'Pending', /no IPv6 address/);
    await controller.check('example.com');
    expect(scene.at('web.example.com')).toEqual(both);
    await eventually(() => expect(scene.row('web.example.com', 'AAAA')?.['state']).toBe('pending'));
  });

  test('S-20 nor are addresses that are all gone, nor a Gateway that is', async () => {
    scene.home();
    await scene.expectEvent('web', 'Pending', /no address/);
    scene.kubernetes.objects.delete('Gateway', 'infra', 'home');
    await scene.expectEvent('web', 'Pending', /missing/);
    await controller.check('example.com');
    expect(scene.at('web.example.com')).toEqual(both);
    await eventually(() => expect(scene.row('web.example.com')?.['state']).toBe('pending'));
  });
});

describe('over a restart', () => {
  test.concurrent('S-14, S-15 what was deleted or edited while it was down is cleaned up', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (const name of ['stays', 'deleted', 'bare', 'renamed']) scene.route(name);
    const before = await scene.run();
    for (const name of ['stays', 'deleted', 'bare', 'renamed']) {
      await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
    }
    await before.stop();
    scene.unroute('deleted');
    scene.annotate('bare', { 'content-mode': null });
    scene.route('renamed', { hosts: ['new.example.com'] });
    await scene.run();
    for (const name of ['deleted', 'bare', 'renamed']) await scene.expectAt(`${name}.example.com`, []);
    await scene.expectAt('new.example.com', [`A ${HOME}`]);
    expect(scene.at('stays.example.com')).toEqual([`A ${HOME}`]);
  });

  test.concurrent('S-24 with upsert-only nothing is deleted, and full then does what waited', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('s24');
    const before = await scene.run({ STRATEGY: 'upsert-only' });
    await scene.expectAt('s24.example.com', [`A ${HOME}`]);
    scene.unroute('s24');
    await eventually(() => expect(scene.row('s24.example.com')?.['state']).toBe('held'));
    scene.route('swap', { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.expectAt('swap.example.com', ['A 192.0.2.1']);
    scene.annotate('swap', { content: 'target.example.net' });
    await scene.expectEvent('swap', 'Pending', /upsert-only/);
    expect(scene.at('swap.example.com')).toEqual(['A 192.0.2.1']);
    await before.stop();
    expect(scene.at('s24.example.com')).toEqual([`A ${HOME}`]);
    await scene.run();
    await scene.expectAt('s24.example.com', []);
    await scene.expectAt('swap.example.com', ['CNAME target.example.net']);
  });

  test.concurrent('a record waits for DELETE_DELAY, and a source that asks for the name meanwhile gets it in place', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const settings = { DELETE_DELAY: '1500ms' };
    const controller = await scene.run(settings);
    scene.route('old', { hosts: ['handed.example.com'] });
    scene.route('other');
    await scene.expectAt('handed.example.com', [`A ${HOME}`]);
    await scene.expectAt('other.example.com', [`A ${HOME}`]);
    const [record] = scene.recordsAt('handed.example.com');
    scene.unroute('old');
    scene.unroute('other');
    await eventually(() => expect(scene.row('handed.example.com')?.['state']).toBe('deleting'));
    await pause(300);
    expect(scene.at('other.example.com')).toEqual([`A ${HOME}`]);
    scene.route('next', { hosts: ['handed.example.com'], namespace: 'elsewhere' });
    await eventually(() =>
      expect(scene.row('handed.example.com')).toMatchObject({ state: 'active', holder_name: 'next' }),
    );
    await scene.expectAt('other.example.com', []);
    await controller.check('example.com');
    expect(scene.recordsAt('handed.example.com')).toMatchObject([
      { id: record!.id, comment: expect.stringContaining('HTTPRoute/elsewhere/next') },
    ]);
  });
});
