import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { HOME, Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const STRANGER = '198.51.100.7';

describe('records that are not ours', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open();
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  function strangers(name: string, more: { readonly type?: string; readonly comment?: string } = {}) {
    return scene.cloudflare.create('example.com', { name, type: 'A', content: STRANGER, ...more });
  }

  test('S-01 a hand-made record on the hostname is left, told, and nothing is made beside it', async () => {
    const theirs = strangers('s01.example.com');
    scene.route('s01');
    await scene.expectEvent('s01', 'RecordConflict', new RegExp(theirs.id));
    await controller.check('example.com');
    expect(scene.recordsAt('s01.example.com')).toEqual([theirs]);
  });

  test('S-01 nor is one with identical content taken for ours', async () => {
    const theirs = scene.cloudflare.create('example.com', {
      name: 'same.example.com',
      type: 'A',
      content: HOME,
    });
    scene.route('same');
    await scene.expectEvent('same', 'RecordConflict', new RegExp(theirs.id));
    expect(scene.recordsAt('same.example.com')).toEqual([theirs]);
    await eventually(() => expect(scene.row('same.example.com')).toBeUndefined());
  });

  test('S-02 and outlives the route', async () => {
    const theirs = strangers('s02.example.com');
    scene.route('s02');
    await scene.expectEvent('s02', 'RecordConflict');
    scene.unroute('s02');
    await controller.check();
    expect(scene.recordsAt('s02.example.com')).toEqual([theirs]);
  });

  test('S-03 a route that was never managed takes no record with it', async () => {
    const theirs = strangers('s03.example.com');
    scene.route('s03', { keys: { ttl: '300' } });
    await scene.expectEvent('s03', 'InvalidAnnotation', /content-mode/);
    scene.unroute('s03');
    await controller.check();
    expect(scene.recordsAt('s03.example.com')).toEqual([theirs]);
  });

  test('S-04 nor does one whose mode is unknown, or whose Gateway never had an address', async () => {
    const theirs = [strangers('s04a.example.com'), strangers('s04b.example.com')];
    scene.gateway('blank', []);
    scene.route('s04a', { keys: { 'content-mode': 'gateway' } });
    scene.route('s04b', { parentRefs: [{ name: 'blank', namespace: 'infra' }] });
    await scene.expectEvent(
      's04a',
      'InvalidAnnotation',
      /content-mode.*"gateway".*gateway-address, ddns, static, none/,
    );
    await scene.expectEvent('s04b', 'Pending', /no address/);
    scene.unroute('s04a');
    scene.unroute('s04b');
    await controller.check();
    expect([...scene.recordsAt('s04a.example.com'), ...scene.recordsAt('s04b.example.com')]).toEqual(theirs);
  });

  test('S-05 a type that is none of ours never reaches Cloudflare, also at the apex', async () => {
    const mail = scene.cloudflare.create('example.com', {
      name: 'example.com',
      type: 'MX',
      content: 'mail.example.net',
      priority: 10,
    });
    scene.route('apex', { hosts: ['example.com'], keys: { 'content-mode': 'gateway-address', type: 'MX' } });
    await scene.expectEvent('apex', 'InvalidAnnotation', /type.*"MX".*A, AAAA, A\/AAAA, CNAME/);
    scene.annotate('apex', { type: 'CNAME' });
    await scene.expectEvent('apex', 'Pending', /gives no CNAME record/);
    scene.unroute('apex');
    await controller.check();
    expect(scene.recordsAt('example.com')).toEqual([mail]);
    expect(scene.writesOf('example.com')).toEqual([]);
  });

  test('S-10 a person’s words in the comment survive every update, in front of the marker', async () => {
    scene.route('s10', { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.expectAt('s10.example.com', ['A 192.0.2.1']);
    const [record] = scene.recordsAt('s10.example.com');
    scene.cloudflare.edit('example.com', record!.id, { comment: `${record!.comment} ask Ann first` });
    scene.annotate('s10', { content: '192.0.2.2' });
    await scene.expectAt('s10.example.com', ['A 192.0.2.2']);
    await controller.check('example.com');
    expect(scene.recordsAt('s10.example.com')).toMatchObject([
      { id: record!.id, content: '192.0.2.2', comment: expect.stringContaining('ask Ann first') },
    ]);
    expect(scene.recordsAt('s10.example.com')[0]?.comment).toContain(record!.comment);
  });

  test('S-11 of two records on the name only ours is written', async () => {
    scene.route('s11', { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.expectAt('s11.example.com', ['A 192.0.2.1']);
    const theirs = strangers('s11.example.com', { comment: 'record-owner-id=somebody-else' });
    scene.annotate('s11', { content: '192.0.2.2' });
    await scene.expectAt('s11.example.com', ['A 192.0.2.2', `A ${STRANGER}`]);
    await controller.check('example.com');
    expect(scene.recordsAt('s11.example.com')).toContainEqual(theirs);
    scene.unroute('s11');
    await scene.expectAt('s11.example.com', [`A ${STRANGER}`]);
  });

  test('S-12 two records on the name that are both ours become one', async () => {
    scene.route('s12');
    await scene.expectAt('s12.example.com', [`A ${HOME}`]);
    const { comment } = scene.recordsAt('s12.example.com')[0]!;
    strangers('s12.example.com', { comment: comment! });
    await controller.check('example.com');
    await scene.expectAt('s12.example.com', [`A ${HOME}`]);
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM records WHERE name = 's12.example.com'")).toHaveLength(1),
    );
  });

  test('S-13 a record that somebody marked as theirs is let go, told, and never written again', async () => {
    scene.route('s13');
    await scene.expectAt('s13.example.com', [`A ${HOME}`]);
    const [record] = scene.recordsAt('s13.example.com');
    const theirs = scene.cloudflare.edit('example.com', record!.id, {
      content: STRANGER,
      comment: 'record-owner-id=somebody-else',
    });
    await controller.check('example.com');
    await scene.expectEvent('s13', 'Released', /somebody-else/);
    await eventually(() => expect(scene.row('s13.example.com')?.['state']).toBe('released'));
    await controller.check('example.com');
    scene.unroute('s13');
    await controller.check();
    expect(scene.recordsAt('s13.example.com')).toEqual([theirs]);
  });

  test('adopt takes the one unmarked record over in place, remembers what it held, and then goes with the route', async () => {
    const theirs = strangers('adopted.example.com', { comment: 'by hand' });
    scene.route('adopted', { keys: { 'content-mode': 'gateway-address', adopt: 'true' } });
    await scene.expectEvent('adopted', 'Adopted', /deleted when its holder goes/);
    expect(scene.recordsAt('adopted.example.com')).toMatchObject([
      { id: theirs.id, content: HOME, comment: expect.stringMatching(/^by hand record-owner-id=/) },
    ]);
    const [entry] = scene.ledger(
      "SELECT * FROM history WHERE name = 'adopted.example.com' AND action = 'adopt'",
    );
    expect(JSON.parse(String(entry?.['before']))).toMatchObject({ content: STRANGER });
    scene.unroute('adopted');
    await scene.expectAt('adopted.example.com', []);
  });

  test('adopt does not help against a foreign owner, nor against external-dns', async () => {
    const theirs = strangers('foreign.example.com', { comment: 'record-owner-id=somebody-else' });
    const registered = strangers('registered.example.com');
    scene.cloudflare.create('example.com', {
      name: 'a-registered.example.com',
      type: 'TXT',
      content: '"heritage=external-dns,external-dns/owner=default,external-dns/resource=ingress/x/y"',
    });
    for (const name of ['foreign', 'registered']) {
      scene.route(name, { keys: { 'content-mode': 'gateway-address', adopt: 'true' } });
    }
    await scene.expectEvent('foreign', 'RecordConflict', /somebody-else/);
    await scene.expectEvent('registered', 'RecordConflict', /external-dns/);
    expect(scene.recordsAt('foreign.example.com')).toEqual([theirs]);
    expect(scene.recordsAt('registered.example.com')).toEqual([registered]);
  });

  test('a marker taken away by hand is put back, and the record set right', async () => {
    scene.route('bare');
    await scene.expectAt('bare.example.com', [`A ${HOME}`]);
    const [record] = scene.recordsAt('bare.example.com');
    scene.cloudflare.edit('example.com', record!.id, { comment: '', content: STRANGER });
    await controller.check('example.com');
    await eventually(() =>
      expect(scene.recordsAt('bare.example.com')).toMatchObject([
        { id: record!.id, content: HOME, comment: record!.comment },
      ]),
    );
    await scene.expectEvent('bare', 'DriftCorrected');
  });

  test('a record whose marker and content are gone is let go, not deleted, when its route goes', async () => {
    scene.route('lost', { keys: { 'content-mode': 'static', content: '192.0.2.9' } });
    await scene.expectAt('lost.example.com', ['A 192.0.2.9']);
    const [record] = scene.recordsAt('lost.example.com');
    const theirs = scene.cloudflare.edit('example.com', record!.id, { comment: '', content: STRANGER });
    scene.unroute('lost');
    await eventually(() => expect(scene.row('lost.example.com')?.['state']).toBe('released'));
    expect(scene.recordsAt('lost.example.com')).toEqual([theirs]);
  });
});

describe('owner ids', () => {
  test.concurrent('S-06 two clusters that set no owner id do not touch each other’s records', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const other = await openScene(onTestFinished, { home: ['203.0.113.99'] });
    const first = await scene.run();
    scene.route('shared');
    await scene.expectAt('shared.example.com', [`A ${HOME}`]);
    const [record] = scene.recordsAt('shared.example.com');
    const second = await other.run({ CLOUDFLARE_BASE_URL: scene.cloudflare.url });
    other.route('shared');
    other.route('theirs');
    await other.expectEvent('shared', 'RecordConflict', /routeflare-[0-9a-f]{8}/);
    other.unroute('shared');
    await scene.expectAt('theirs.example.com', ['A 203.0.113.99']);
    await first.check('example.com');
    await second.check('example.com');
    expect(scene.recordsAt('shared.example.com')).toEqual([record]);
  });

  test.concurrent('S-07 an owner id with a blank is refused at start', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const { code, stderr } = await scene.command(['run'], { RECORD_OWNER_ID: 'my owner' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/RECORD_OWNER_ID.*my owner/);
  });

  test.concurrent('S-08 so is one that is too long, and a long holder still fits the comment', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const { code, stderr } = await scene.command(['run'], { RECORD_OWNER_ID: 'x'.repeat(33) });
    expect(code).toBe(1);
    expect(stderr).toContain('RECORD_OWNER_ID');
    await scene.run();
    const name = `${'a-route-with-a-very-long-name-'.repeat(3)}end`;
    scene.route(name, { namespace: 'a-namespace-with-a-long-name', hosts: ['long.example.com'] });
    await scene.expectAt('long.example.com', [`A ${HOME}`]);
    const comment = scene.recordsAt('long.example.com')[0]?.comment ?? '';
    expect(comment.length).toBeLessThanOrEqual(100);
    expect(comment).toMatch(/^record-owner-id=routeflare-[0-9a-f]{8} [0-9a-f]{8}:HTTPRoute\/a-namespace/);
    scene.kubernetes.objects.delete('HTTPRoute', 'a-namespace-with-a-long-name', name);
    await scene.expectAt('long.example.com', []);
  });

  test.concurrent('S-09 another owner id is refused until FORMER_OWNER_IDS names the one before; then the markers follow', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('moved');
    const before = await scene.run();
    await scene.expectAt('moved.example.com', [`A ${HOME}`]);
    await before.stop();
    const [record] = scene.recordsAt('moved.example.com');
    const owner = /record-owner-id=(\S+)/.exec(record!.comment!)?.[1] ?? '';
    const refused = await scene.command(['run'], { RECORD_OWNER_ID: 'attic' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`add ${owner} to FORMER_OWNER_IDS`));
    expect(scene.recordsAt('moved.example.com')).toEqual([record]);
    await scene.run({ RECORD_OWNER_ID: 'attic', FORMER_OWNER_IDS: owner });
    await eventually(() =>
      expect(scene.recordsAt('moved.example.com')).toMatchObject([
        { id: record!.id, comment: expect.stringContaining('record-owner-id=attic ') },
      ]),
    );
  });
});
