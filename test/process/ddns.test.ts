import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually, pause } from './eventually.ts';
import { HOME, isBatch, Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const FIRST = '198.41.0.4';
const SECOND = '199.7.83.42';
const DDNS = { keys: { 'content-mode': 'ddns' } };
const HOSTS = Array.from({ length: 100 }, (_, n) => `d${n}.example.com`);

describe('the egress address', () => {
  let scene: Scene;
  let controller: Controller;
  beforeAll(async () => {
    scene = await Scene.open({
      zones: [{ name: 'example.com', plan: 'pro' }],
      echo: { ipv4: FIRST, operators: ['ipify', 'trace', 'third'] },
    });
    scene.route('both', { keys: { 'content-mode': 'ddns', type: 'A/AAAA' } });
    for (const [n, host] of HOSTS.entries()) scene.route(`d${n}`, { ...DDNS, hosts: [host] });
    controller = await scene.run();
  });
  afterEach(() => {
    scene.cloudflare.clearFaults();
    for (const name of ['ipify4', 'trace4', 'third4']) scene.echo.behave(name, undefined);
  });
  afterAll(() => scene.close());

  const everywhere = (address: string) =>
    eventually(() => {
      for (const host of HOSTS) expect(scene.at(host)).toEqual([`A ${address}`]);
    });
  /** Waits until every voter was asked that often again. */
  const rounds = (count: number) => {
    const before = scene.echo.calls.length;
    return eventually(() => expect(scene.echo.calls.length).toBeGreaterThanOrEqual(before + 3 * count));
  };

  test('S-64 one probe serves all routes: each voter is asked once a round', async () => {
    await everywhere(FIRST);
    scene.echo.clearCalls();
    await rounds(1);
    await pause(100);
    const asked = scene.echo.calls.filter(({ path }) => path.endsWith('4'));
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(new Set(asked.map(({ path }) => path)).size).toBe(3);
  });

  test('S-65 a family without egress is told, and does not hold back the other', async () => {
    await scene.expectAt('both.example.com', [`A ${FIRST}`]);
    await eventually(() =>
      expect(controller.lines).toContainEqual(
        expect.objectContaining({ msg: 'egress address judged', family: 'IPv6', status: 'unavailable' }),
      ),
    );
    scene.route('six', { keys: { 'content-mode': 'ddns', type: 'AAAA' } });
    await scene.expectEvent('six', 'Pending', /IPv6/);
  });

  test('S-39 a ddns record edited or deleted by hand is set right at the next drift check', async () => {
    const [edited] = scene.recordsAt('d1.example.com');
    scene.cloudflare.edit('example.com', edited!.id, { content: '192.0.2.99' });
    scene.cloudflare.remove('example.com', scene.recordsAt('d2.example.com')[0]!.id);
    await controller.check('example.com');
    await scene.expectAt('d1.example.com', [`A ${FIRST}`]);
    await scene.expectAt('d2.example.com', [`A ${FIRST}`]);
    expect(scene.recordsAt('d1.example.com')[0]?.id).toBe(edited!.id);
  });

  test('S-61, S-62, S-63 voters that are down, answer nonsense or lie move nothing', async () => {
    const writes = scene.writes.length;
    const bad = [
      { kind: 'reset' },
      { kind: 'html' },
      { kind: 'empty' },
      { kind: 'text', text: '10.0.0.1' },
      { kind: 'text', text: '104.16.1.1' },
      { kind: 'status', status: 500 },
    ] as const;
    for (const behaviour of bad) {
      scene.echo.behave('ipify4', behaviour);
      scene.echo.behave('trace4', behaviour);
      await rounds(1);
    }
    scene.echo.behave('ipify4', { kind: 'text', text: SECOND });
    scene.echo.behave('trace4', { kind: 'reset' });
    await rounds(1);
    expect(scene.writes.length).toBe(writes);
    expect(scene.at('d1.example.com')).toEqual([`A ${FIRST}`]);
  });

  test('S-62 a newline around the address is no obstacle', async () => {
    for (const name of ['ipify4', 'trace4', 'third4']) scene.echo.behave(name, { kind: 'newline' });
    scene.route('newline', DDNS);
    await rounds(2);
    await scene.expectAt('newline.example.com', [`A ${FIRST}`]);
    await eventually(() =>
      expect(scene.ledger('SELECT address FROM egress_addresses')).toEqual([{ address: FIRST }]),
    );
  });

  test('S-59 a change moves all records of the zone in one batch, and is tried until Cloudflare has it', async () => {
    await scene.expectAt('newline.example.com', [`A ${FIRST}`]);
    scene.cloudflare.fault({ kind: 'status', status: 503, match: isBatch });
    const before = scene.writes.length;
    scene.echo.setAddress('ipv4', SECOND);
    await everywhere(SECOND);
    const sizes = scene.writes
      .slice(before)
      .map(({ body }) => (body as { patches: unknown[] }).patches.length);
    expect(sizes).toEqual([HOSTS.length + 2, HOSTS.length + 2]);
    await eventually(() =>
      expect(scene.ledger('SELECT address FROM egress_addresses')).toEqual([{ address: SECOND }]),
    );
  });

  test('S-67 an address that is seen once and gone again moves nothing', async () => {
    const writes = scene.writes.length;
    scene.echo.clearCalls();
    scene.echo.setAddress('ipv4', '192.36.148.17');
    await eventually(() => expect(scene.echo.calls.length).toBeGreaterThanOrEqual(3));
    scene.echo.setAddress('ipv4', SECOND);
    await rounds(2);
    expect(scene.writes.length).toBe(writes);
    expect(scene.at('d1.example.com')).toEqual([`A ${SECOND}`]);
  });
});

describe('a start with ddns', () => {
  test.concurrent('S-60 voters that are down at the start are asked again, and then the record comes', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: {} });
    scene.route('s60', DDNS);
    await scene.run();
    await scene.expectEvent('s60', 'Pending', /egress IPv4 address/);
    scene.echo.setAddress('ipv4', FIRST);
    await scene.expectAt('s60.example.com', [`A ${FIRST}`]);
    await eventually(() => expect(scene.row('s60.example.com')?.['content_mode']).toBe('ddns'));
  });

  test.concurrent('a restart keeps the last address and writes nothing until a round confirmed it anew', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: { ipv4: FIRST } });
    scene.route('web', DDNS);
    const before = await scene.run();
    await scene.expectAt('web.example.com', [`A ${FIRST}`]);
    await before.kill();
    scene.echo.setAddress('ipv4', undefined);
    scene.route('second', DDNS);
    const [record] = scene.recordsAt('web.example.com');
    scene.cloudflare.edit('example.com', record!.id, { content: '192.0.2.66' });
    const writes = scene.writes.length;
    const controller = await scene.run();
    await scene.expectEvent('second', 'Pending', /unavailable|confirmed anew/);
    await controller.check('example.com');
    expect(scene.writes.length).toBe(writes);
    expect(scene.at('web.example.com')).toEqual(['A 192.0.2.66']);
    scene.echo.setAddress('ipv4', FIRST);
    await scene.expectAt('second.example.com', [`A ${FIRST}`]);
    await controller.check('example.com');
    await scene.expectAt('web.example.com', [`A ${FIRST}`]);
  });

  test.concurrent('S-66 a proxy in the environment is not asked; DDNS_ONLY_CIDRS keeps another line out', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: { ipv4: SECOND } });
    scene.route('s66', DDNS);
    await scene.run({
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      DDNS_ONLY_CIDRS: '198.41.0.0/24',
    });
    await scene.expectEvent('s66', 'Pending', /egress/);
    await eventually(() => expect(scene.echo.calls.length).toBeGreaterThanOrEqual(6));
    expect(scene.at('s66.example.com')).toEqual([]);
    scene.echo.setAddress('ipv4', FIRST);
    await scene.expectAt('s66.example.com', [`A ${FIRST}`]);
  });

  test.concurrent('content-mode-aaaa gives AAAA by the Gateway beside A by ddns', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: { ipv4: FIRST }, home: [HOME, '2001:db8::10'] });
    scene.route('nat', {
      keys: { 'content-mode': 'ddns', 'content-mode-aaaa': 'gateway-address', type: 'A/AAAA' },
    });
    await scene.run();
    await scene.expectAt('nat.example.com', [`A ${FIRST}`, 'AAAA 2001:db8::10']);
    await eventually(() =>
      expect(scene.row('nat.example.com', 'AAAA')?.['content_mode']).toBe('gateway-address'),
    );
    expect(scene.echo.calls.filter(({ path }) => path.endsWith('6'))).toEqual([]);
  });

  test.concurrent('nothing is probed while no source uses ddns', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await pause(1500);
    expect(scene.echo.calls).toEqual([]);
  });
});
