import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually } from './eventually.ts';
import { HOME, Scene } from './scene.ts';

/** A mode that needs no Gateway address of its own kind. */
const fixed = (content: string, more: Readonly<Record<string, string>> = {}) => ({
  keys: { 'content-mode': 'static', content, ...more },
});

describe('values', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open();
    controller = await scene.run();
  });
  afterAll(() => scene.close());

  /** Several drift checks that find nothing to write. */
  async function atRest(): Promise<void> {
    const writes = scene.writes.length;
    await controller.check('example.com');
    await controller.check('example.com');
    expect(scene.writes.slice(writes)).toEqual([]);
  }

  function gateway(name: string, ...addresses: string[]) {
    scene.gateway(name, addresses);
    return { parentRefs: [{ name, namespace: 'infra' }] };
  }

  test('S-31 a TTL beside proxied is a warning, and never drift', async () => {
    scene.route('s31', fixed('192.0.2.1', { proxied: 'true', ttl: '360' }));
    await scene.expectEvent('s31', 'InvalidAnnotation', /ttl.*always auto/);
    await eventually(() =>
      expect(scene.recordsAt('s31.example.com')).toMatchObject([{ proxied: true, ttl: 1 }]),
    );
    await atRest();
    expect(scene.writesOf('s31.example.com')).toHaveLength(1);
  });

  test('S-32, S-33 an address is compared and written in its canonical form', async () => {
    const parents = gateway('odd', '::ffff:192.0.2.33', '2001:0DB8:0000:0000:0000:0000:0000:0001');
    scene.route('s32', { ...parents, keys: { 'content-mode': 'gateway-address', type: 'A/AAAA' } });
    await scene.expectAt('s32.example.com', ['A 192.0.2.33', 'AAAA 2001:db8::1']);
    await atRest();
    expect(scene.writesOf('s32.example.com')).toHaveLength(1);
  });

  test.each([
    ['S-34', 'ttl', '30', /"30".*60 to 86400/],
    ['S-34', 'ttl', '100000', /"100000".*60 to 86400/],
    ['S-35', 'ttl', '6m', /"6m".*60 to 86400/],
    ['S-36', 'proxied', 'yes', /"yes".*true, false, 1, 0, t, f/],
    ['S-05', 'type', 'TXT', /"TXT".*A, AAAA, A\/AAAA, CNAME/],
  ])(
    '%s a value that cannot be used (%s: %s) freezes: the last good record stays, and is told',
    async (id, key, value, told) => {
      const name = `${id.toLowerCase()}-${key}-${value.toLowerCase()}`;
      scene.route(name, fixed('192.0.2.1', { ttl: '300', proxied: 'false' }));
      await scene.expectAt(`${name}.example.com`, ['A 192.0.2.1']);
      const [record] = scene.recordsAt(`${name}.example.com`);
      scene.annotate(name, { [key]: value, content: '192.0.2.2' });
      await scene.expectEvent(name, 'InvalidAnnotation', told);
      await controller.check('example.com');
      expect(scene.recordsAt(`${name}.example.com`)).toEqual([record]);
      await eventually(() => expect(scene.row(`${name}.example.com`)?.['state']).toBe('frozen'));
      scene.annotate(name, { [key]: null });
      await scene.expectAt(`${name}.example.com`, ['A 192.0.2.2']);
    },
  );

  test('S-35, S-37 blanks around a value and its case do not matter', async () => {
    scene.route('s37', {
      keys: { 'content-mode': ' Gateway-Address ', type: 'a/aaaa', ttl: ' 360', proxied: 'F' },
    });
    await eventually(() =>
      expect(scene.recordsAt('s37.example.com')).toMatchObject([{ content: HOME, ttl: 360, proxied: false }]),
    );
  });

  test('S-38 a record edited or deleted by hand is set right at the next drift check', async () => {
    scene.route('s38', { keys: { 'content-mode': 'gateway-address', ttl: '300' } });
    scene.route('s38b');
    await scene.expectAt('s38.example.com', [`A ${HOME}`]);
    await scene.expectAt('s38b.example.com', [`A ${HOME}`]);
    const [edited] = scene.recordsAt('s38.example.com');
    scene.cloudflare.edit('example.com', edited!.id, { content: '198.51.100.1', ttl: 3600 });
    scene.cloudflare.remove('example.com', scene.recordsAt('s38b.example.com')[0]!.id);
    await controller.check('example.com');
    expect(scene.recordsAt('s38.example.com')).toMatchObject([{ id: edited!.id, content: HOME, ttl: 300 }]);
    expect(scene.at('s38b.example.com')).toEqual([`A ${HOME}`]);
    await scene.expectEvent('s38', 'DriftCorrected');
    await scene.expectEvent('s38b', 'DriftCorrected');
  });

  test('ttl and proxied that nobody wrote stay as a person sets them; taking a written key away sets the default once', async () => {
    scene.route('free', fixed('192.0.2.1'));
    await scene.expectAt('free.example.com', ['A 192.0.2.1']);
    const [record] = scene.recordsAt('free.example.com');
    scene.cloudflare.edit('example.com', record!.id, { proxied: true });
    await controller.check('example.com');
    scene.annotate('free', { content: '198.51.100.2' });
    await scene.expectAt('free.example.com', ['A 198.51.100.2']);
    expect(scene.recordsAt('free.example.com')).toMatchObject([{ proxied: true }]);
    scene.annotate('free', { proxied: 'false', ttl: '300' });
    await eventually(() =>
      expect(scene.recordsAt('free.example.com')).toMatchObject([{ proxied: false, ttl: 300 }]),
    );
    scene.annotate('free', { ttl: null });
    await eventually(() => expect(scene.recordsAt('free.example.com')).toMatchObject([{ ttl: 1 }]));
    scene.cloudflare.edit('example.com', record!.id, { ttl: 900 });
    await atRest();
    expect(scene.recordsAt('free.example.com')).toMatchObject([{ id: record!.id, ttl: 900 }]);
  });

  test('S-40 a CNAME on the hostname is a conflict that is told once and not tried again and again', async () => {
    const theirs = scene.cloudflare.create('example.com', {
      name: 's40.example.com',
      type: 'CNAME',
      content: 'elsewhere.example.net',
    });
    scene.route('s40', { keys: { 'content-mode': 'gateway-address', adopt: 'true' } });
    await scene.expectEvent('s40', 'RecordConflict', /CNAME/);
    await atRest();
    expect(scene.recordsAt('s40.example.com')).toEqual([theirs]);
    expect(scene.events('s40').filter(({ reason }) => reason === 'RecordConflict')).toHaveLength(1);
    scene.cloudflare.remove('example.com', theirs.id);
    await controller.check('example.com');
    await scene.expectAt('s40.example.com', [`A ${HOME}`]);
  });

  test('S-41, S-42 a private address is published, but not proxied; loopback and link-local never are', async () => {
    const lan = gateway('lan', '10.1.2.3');
    scene.route('s42', lan);
    scene.route('s41', { ...lan, keys: { 'content-mode': 'gateway-address', proxied: 'true' } });
    scene.route('loop', gateway('loop', '127.0.0.1'));
    scene.route('link', gateway('link', '169.254.1.1'));
    scene.route('s42b', fixed('::1'));
    await scene.expectAt('s42.example.com', ['A 10.1.2.3']);
    await scene.expectEvent('s41', 'Pending', /10\.1\.2\.3/);
    await scene.expectEvent('loop', 'Pending', /127\.0\.0\.1/);
    await scene.expectEvent('link', 'Pending', /169\.254\.1\.1/);
    await scene.expectEvent('s42b', 'InvalidAnnotation', /::1/);
    await atRest();
    for (const name of ['s41', 'loop', 'link', 's42b']) expect(scene.at(`${name}.example.com`)).toEqual([]);
  });

  test('a bad entry of hostnames freezes that entry, and the others go on', async () => {
    scene.route('list', {
      hosts: [],
      keys: {
        'content-mode': 'gateway-address',
        hostnames: 'one.example.com, two..example.com,three.example.com',
      },
    });
    await scene.expectAt('one.example.com', [`A ${HOME}`]);
    await scene.expectAt('three.example.com', [`A ${HOME}`]);
    await scene.expectEvent('list', 'InvalidAnnotation', /two\.\.example\.com/);
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM records WHERE holder_name = 'list'")).toHaveLength(2),
    );
  });
});
