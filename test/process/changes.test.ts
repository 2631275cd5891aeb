import { describe, expect, test } from 'vitest';
import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import { eventually } from './eventually.ts';
import { annotations, httpRoute } from './manifests.ts';
import { openScene } from './open-scene.ts';
import { HOME, type Scene } from './scene.ts';

const OWNER = { RECORD_OWNER_ID: 'attic' };

/** Records that are not ours, beside those that a change takes along. */
function strangers(scene: Scene): CloudflareRecord[] {
  return [
    { name: 'hand.example.com', comment: 'made by hand' },
    { name: 'other.example.com', comment: 'record-owner-id=somebody 99999999:HTTPRoute/apps/other' },
    { name: 'cellar.example.com', comment: 'record-owner-id=cellar' },
  ].map((fields) =>
    scene.cloudflare.create('example.com', { type: 'A', content: '198.51.100.7', ...fields }),
  );
}

const idAt = (scene: Scene, name: string) => scene.recordsAt(name).map(({ id }) => id);
const commentAt = (scene: Scene, name: string) => scene.recordsAt(name)[0]?.comment ?? '';

function expectUntouched(scene: Scene, records: readonly CloudflareRecord[]): void {
  for (const record of records) expect(scene.recordsAt(record.name)).toEqual([record]);
}

/** A record of each name, kept by a controller that has ended since. */
async function managed(scene: Scene, names: readonly string[]): Promise<Map<string, string>> {
  for (const name of names) scene.route(name);
  const controller = await scene.run(OWNER);
  for (const name of names) await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
  await eventually(() => expect(scene.ledger('SELECT 1 FROM records')).toHaveLength(names.length));
  await controller.stop();
  return new Map(names.map((name) => [name, idAt(scene, `${name}.example.com`)[0] ?? '']));
}

describe('a change of what a record is kept for: the record stays, marker and row move, nothing else is touched', () => {
  test('of the owner id', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const others = strangers(scene);
    const ids = await managed(scene, ['one', 'two']);
    const controller = await scene.run({ RECORD_OWNER_ID: 'loft', FORMER_OWNER_IDS: 'attic' });
    for (const [name, id] of ids) {
      const host = `${name}.example.com`;
      await eventually(() => expect(commentAt(scene, host)).toMatch(/^record-owner-id=loft [0-9a-f]{8}:/));
      expect(idAt(scene, host)).toEqual([id]);
      await eventually(() => expect(scene.row(host)).toMatchObject({ record_id: id, state: 'active' }));
    }
    await controller.check('example.com');
    expectUntouched(scene, others);
    expect(scene.writes.filter(({ body }) => JSON.stringify(body).includes('"deletes":[{'))).toEqual([]);
    // Once moved they are the new owner's: they go with their routes, and the former id is needed no more.
    await controller.stop();
    await scene.run({ RECORD_OWNER_ID: 'loft' });
    scene.unroute('one');
    await scene.expectAt('one.example.com', []);
    expect(idAt(scene, 'two.example.com')).toEqual([ids.get('two')]);
  });

  test.for([
    ['with the ledger of the former one', true],
    ['with an empty ledger', false],
  ] as const)(
    'of the cluster, half of whose routes are not there yet, %s',
    async ([, keepsLedger], { onTestFinished }) => {
      const old = await openScene(onTestFinished);
      const rebuilt = await openScene(onTestFinished);
      const others = strangers(old);
      const ids = await managed(old, ['one', 'two', 'three', 'four']);
      const there = { ...OWNER, CLOUDFLARE_BASE_URL: old.cloudflare.url };
      const ledger = keepsLedger ? { LEDGER_PATH: old.ledgerPath } : {};
      for (const name of ['one', 'two']) rebuilt.route(name);
      const controller = await rebuilt.run({ ...there, ...ledger });
      const cluster = rebuilt.kubernetes.objects
        .list('Namespace')
        .find(({ metadata }) => metadata.name === 'kube-system')
        ?.metadata.uid?.slice(0, 8);
      const isMoved = (name: string) =>
        expect(commentAt(old, `${name}.example.com`)).toBe(
          `record-owner-id=attic ${cluster}:HTTPRoute/apps/${name}`,
        );
      for (const name of ['one', 'two']) await eventually(() => isMoved(name));
      await controller.check('example.com');
      for (const name of ['three', 'four']) {
        expect(idAt(old, `${name}.example.com`)).toEqual([ids.get(name)]);
        expect(commentAt(old, `${name}.example.com`)).not.toContain(cluster);
      }
      for (const name of ['three', 'four']) rebuilt.route(name);
      for (const name of ['three', 'four']) await eventually(() => isMoved(name));
      for (const [name, id] of ids) expect(idAt(old, `${name}.example.com`)).toEqual([id]);
      await eventually(() => {
        const rows = (keepsLedger ? old : rebuilt).ledger('SELECT record_id, state FROM records');
        expect(new Set(rows.map((row) => row['record_id']))).toEqual(new Set(ids.values()));
        expect(new Set(rows.map((row) => row['state']))).toEqual(new Set(['active']));
      });
      expectUntouched(old, others);
      expect(old.writes.filter(({ body }) => JSON.stringify(body).includes('"deletes":[{'))).toEqual([]);
    },
  );

  test('of the cluster, where nobody set an owner id: the setting that takes the records along is named', async ({
    onTestFinished,
  }) => {
    const old = await openScene(onTestFinished);
    const rebuilt = await openScene(onTestFinished);
    old.route('web');
    const before = await old.run();
    await old.expectAt('web.example.com', [`A ${HOME}`]);
    await before.stop();
    const [record] = old.recordsAt('web.example.com');
    const former = /record-owner-id=(\S+)/.exec(record?.comment ?? '')?.[1] ?? '';
    rebuilt.route('web');
    const there = { CLOUDFLARE_BASE_URL: old.cloudflare.url };
    const blocked = await rebuilt.run(there);
    const hint = `if that cluster was yours, and is no more, add ${former} to FORMER_OWNER_IDS`;
    await rebuilt.expectEvent('web', 'RecordConflict', new RegExp(hint));
    expect(old.recordsAt('web.example.com')).toEqual([record]);
    await blocked.stop();
    await rebuilt.run({ ...there, FORMER_OWNER_IDS: former });
    await eventually(() => expect(commentAt(old, 'web.example.com')).not.toContain(former));
    expect(idAt(old, 'web.example.com')).toEqual([record?.id]);
  });

  test('of the zone, where a zone for the subdomain comes into sight', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    const others = strangers(scene);
    scene.route('deep', { hosts: ['app.sub.example.com', 'sub.example.com', 'beside.example.com'] });
    const controller = await scene.run(OWNER);
    for (const name of ['app.sub.example.com', 'sub.example.com', 'beside.example.com'])
      await scene.expectAt(name, [`A ${HOME}`], 'example.com');
    const beside = scene.recordsAt('beside.example.com');
    scene.cloudflare.addZone({ name: 'sub.example.com' });
    await controller.check('example.com');
    for (const name of ['app.sub.example.com', 'sub.example.com']) {
      await scene.expectAt(name, [`A ${HOME}`], 'sub.example.com');
      await scene.expectAt(name, [], 'example.com');
      await eventually(() => expect(scene.row(name)).toMatchObject({ zone: 'sub.example.com' }));
      const [record] = scene.recordsAt(name, 'sub.example.com');
      expect(record?.comment).toMatch(/^record-owner-id=attic [0-9a-f]{8}:HTTPRoute\/apps\/deep$/);
    }
    // Never a moment without an answer: each came in the new zone before it went in the old one.
    await eventually(() => {
      const order = scene.ledger("SELECT action FROM history WHERE name = 'app.sub.example.com' ORDER BY id");
      expect(order.map(({ action }) => action)).toEqual(['create', 'create', 'delete']);
    });
    expect(scene.recordsAt('beside.example.com')).toEqual(beside);
    expectUntouched(scene, others);
  });

  test.for([
    ['while the controller runs', true],
    ['while it is down', false],
  ] as const)('of the kind, from HTTPRoute to Ingress, %s', async ([, isRunning], { onTestFinished }) => {
    const scene = await openScene(onTestFinished, {
      settings: { SOURCES: 'httproute,ingress', DELETE_DELAY: '1s' },
    });
    const others = strangers(scene);
    const ids = await managed(scene, ['web', 'still']);
    const before = isRunning ? await scene.run(OWNER) : undefined;
    scene.unroute('web');
    scene.kubernetes.objects.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name: 'web',
        namespace: 'apps',
        annotations: annotations({ 'content-mode': 'gateway-address' }),
      },
      spec: { rules: [{ host: 'web.example.com' }] },
    });
    const address = { loadBalancer: { ingress: [{ ip: '192.0.2.44' }] } };
    scene.kubernetes.objects.setStatus('Ingress', 'apps', 'web', address);
    const controller = before ?? (await scene.run(OWNER));
    await eventually(() => {
      expect(commentAt(scene, 'web.example.com')).toMatch(/:Ingress\/apps\/web$/);
      expect(scene.row('web.example.com')).toMatchObject({
        record_id: ids.get('web'),
        holder_kind: 'Ingress',
        state: 'active',
      });
    });
    await controller.check('example.com');
    expect(scene.recordsAt('web.example.com')).toMatchObject([{ id: ids.get('web'), content: '192.0.2.44' }]);
    expect(idAt(scene, 'still.example.com')).toEqual([ids.get('still')]);
    expectUntouched(scene, others);
    // And back again.
    scene.kubernetes.objects.delete('Ingress', 'apps', 'web');
    scene.kubernetes.objects.apply(httpRoute('web'));
    await eventually(() => expect(commentAt(scene, 'web.example.com')).toMatch(/:HTTPRoute\/apps\/web$/));
    expect(scene.recordsAt('web.example.com')).toMatchObject([{ id: ids.get('web'), content: HOME }]);
  });
});
