import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually, pause } from './eventually.ts';
import type { Env } from './controller.ts';
import { HOME, isBatch, type Scene } from './scene.ts';
import { openScene } from './open-scene.ts';

const NAMES = ['one', 'two', 'three'];

async function published(scene: Scene, ...names: readonly string[]): Promise<void> {
  for (const name of names) await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
}

/** Three routes with their records, and a controller that was stopped. */
async function threeRecords(scene: Scene, more: Env = {}): Promise<void> {
  for (const name of NAMES) scene.route(name);
  const controller = await scene.run(more);
  await published(scene, ...NAMES);
  await controller.stop();
}

const ledgerFiles = (scene: Scene) => readdirSync(scene.dir).filter((name) => name.startsWith('ledger.db'));

/** Everything behind the first page becomes garbage. */
function damage(scene: Scene): Buffer {
  const bytes = readFileSync(scene.ledgerPath);
  bytes.fill('garbage', 4096);
  writeFileSync(scene.ledgerPath, bytes);
  return bytes;
}

function clear(scene: Scene): void {
  writeFileSync(scene.ledgerPath, Buffer.alloc(readFileSync(scene.ledgerPath).length));
}

describe.concurrent('a ledger', () => {
  test.concurrent('that is lost is made again from the markers, without one write to Cloudflare', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene);
    for (const name of ledgerFiles(scene)) rmSync(`${scene.dir}/${name}`, { recursive: true });
    const writes = scene.writes.length;
    const controller = await scene.run();
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM records WHERE state = 'active'")).toHaveLength(3),
    );
    await controller.check('example.com');
    expect(scene.writes.length).toBe(writes);
    scene.unroute('one');
    await scene.expectAt('one.example.com', []);
  });

  test.concurrent('that is lost while a route goes still lets its record go', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene);
    for (const name of ledgerFiles(scene)) rmSync(`${scene.dir}/${name}`, { recursive: true });
    scene.unroute('one');
    await scene.run();
    await scene.expectAt('one.example.com', []);
    await published(scene, 'two', 'three');
    await eventually(() => expect(scene.ledger('SELECT 1 FROM records')).toHaveLength(2));
  });

  test.concurrent.for([
    ['is corrupt', damage],
    ['has nothing but zeros', clear],
  ] as const)('that %s is moved aside and made again', async ([, harm], { onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene);
    harm(scene);
    const writes = scene.writes.length;
    const controller = await scene.run();
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM records WHERE state = 'active'")).toHaveLength(3),
    );
    expect(scene.writes.length).toBe(writes);
    expect(controller.lines).toContainEqual(
      expect.objectContaining({ level: 'error', msg: expect.stringContaining('moved aside') }),
    );
    expect(ledgerFiles(scene).some((name) => name.includes('corrupt'))).toBe(true);
  });

  test.concurrent('that is corrupt is left where it is while the markers cannot be read', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene);
    const damaged = damage(scene);
    scene.cloudflare.fault({ kind: 'status', status: 503, times: Number.POSITIVE_INFINITY });
    const { code, stderr } = await scene.command(['run']);
    expect(code).toBe(1);
    expect(stderr).toContain('left where it is');
    expect(readFileSync(scene.ledgerPath).equals(damaged)).toBe(true);
  });

  test.concurrent('of a newer version ends the program with words, untouched', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene);
    scene.editLedger(
      "INSERT INTO migrations VALUES (999, '0999-later.sql', 'x', '2026-01-01T00:00:00.000Z')",
    );
    const { code, stderr } = await scene.command(['run']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/newer/);
    await published(scene, ...NAMES);
  });

  test.concurrent('is preceded by a copy of the zone before the first write into it', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.cloudflare.create('example.com', { name: 'mail.example.com', type: 'A', content: '198.51.100.25' });
    scene.route('web');
    scene.cloudflare.fault({ kind: 'hang-headers', match: isBatch });
    scene.start(['run']);
    await eventually(() => expect(scene.writes).toHaveLength(1));
    expect(scene.at('web.example.com')).toEqual([]);
    const [copy] = scene.ledger('SELECT zone, path FROM zone_copies');
    expect(copy?.['zone']).toBe('example.com');
    expect(readFileSync(String(copy?.['path']), 'utf8')).toContain('198.51.100.25');
  });
});

describe.concurrent('the brake', () => {
  const MANY = Array.from({ length: 8 }, (_, n) => `n${n}`);
  const settings = { MAX_DELETES: '5', DELETE_DELAY: '300ms' };

  test.concurrent('holds six and more deletions at once, gives a record back to a route that returns, and approve lets the rest go', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (const name of MANY) scene.route(name);
    const controller = await scene.run(settings);
    await published(scene, ...MANY);
    for (const name of MANY.slice(1)) scene.unroute(name);
    await eventually(async () => expect(await controller.metric('held_deletions')).toBe(7));
    await pause(500);
    await published(scene, ...MANY);
    expect(controller.lines).toContainEqual(
      expect.objectContaining({
        reason: 'DeletionsHeld',
        message: expect.stringMatching(/deletions are held.*approve/),
      }),
    );
    const back = scene.recordsAt('n1.example.com')[0];
    scene.route('n1');
    await eventually(() => expect(scene.row('n1.example.com')?.['state']).toBe('active'));
    expect(scene.recordsAt('n1.example.com')).toEqual([back]);
    const unasked = await scene.command(['approve'], settings);
    expect(unasked.code).toBe(1);
    const shown = unasked.stdout.replaceAll(/\s+/g, ' ');
    expect(shown).toContain(
      'held because 6 of 8 managed records would be deleted together, more than MAX_DELETES (5)',
    );
    expect(shown).toMatch(/not meant, bring the sources back.* approve deletes for good/);
    expect(unasked.stdout).not.toMatch(/ledger/);
    await published(scene, ...MANY);
    const { code, stdout } = await scene.command(['approve', '--yes'], settings);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('n7.example.com') });
    for (const name of MANY.slice(2)) await scene.expectAt(`${name}.example.com`, []);
    await published(scene, 'n0', 'n1');
    await eventually(() =>
      expect(scene.ledger("SELECT 1 FROM history WHERE action = 'approve'")).toHaveLength(6),
    );
    expect(await controller.metric('held_deletions')).toBe(0);
  });

  test.concurrent('does not count what is replaced in place', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    for (const name of MANY) scene.route(name, { keys: { 'content-mode': 'static', content: '192.0.2.1' } });
    await scene.run(settings);
    for (const name of MANY) await scene.expectAt(`${name}.example.com`, ['A 192.0.2.1']);
    for (const name of MANY) scene.annotate(name, { content: 'target.example.net' });
    for (const name of MANY) await scene.expectAt(`${name}.example.com`, ['CNAME target.example.net']);
    await eventually(() => expect(scene.ledger("SELECT 1 FROM history WHERE action = 'hold'")).toEqual([]));
  });
});

describe.concurrent('another cluster', () => {
  const settings = { RECORD_OWNER_ID: 'attic' };

  test.concurrent.for([
    ['', () => {}],
    [
      ' that may not be read',
      (other: Scene) => void other.kubernetes.forbid({ resource: 'namespaces', verb: 'get' }),
    ],
  ] as const)(
    'with this ledger%s deletes nothing until it is approved',
    async ([, arrange], { onTestFinished }) => {
      const scene = await openScene(onTestFinished);
      await threeRecords(scene, settings);
      const other = await openScene(onTestFinished);
      arrange(other);
      const there = { ...settings, KUBECONFIG: `${other.dir}/kubeconfig`, DRIFT_SCHEDULE: '* * * * * *' };
      const controller = await scene.run(there);
      await eventually(async () => expect(await controller.metric('held_deletions')).toBe(3));
      await pause(400);
      await published(scene, ...NAMES);
      const { code, stdout } = await scene.command(['approve', '--yes'], there);
      expect(code).toBe(0);
      const [asked, answer] = stdout.split('3 let through');
      expect(asked?.replaceAll(/\s+/g, ' ')).toMatch(
        /the ledger was written for cluster .* approving makes the whole ledger this cluster's/,
      );
      expect(answer).toMatch(/the whole ledger counts as this cluster's from now on/);
      for (const name of NAMES) await scene.expectAt(`${name}.example.com`, []);
    },
  );

  test.concurrent('with this owner id and an empty ledger leaves what the first one marked as orphans', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    await threeRecords(scene, settings);
    const other = await openScene(onTestFinished);
    const there = { ...settings, CLOUDFLARE_BASE_URL: scene.cloudflare.url };
    other.route('two');
    const controller = await other.run(there);
    await eventually(() =>
      expect(scene.recordsAt('two.example.com')).toMatchObject([
        { comment: expect.stringMatching(/attic (?<cluster>[0-9a-f]{8}):HTTPRoute\/apps\/two/) },
      ]),
    );
    await eventually(async () => expect(await controller.metric('problems{reason="Orphan"}')).toBe(2));
    await controller.check('example.com');
    await published(scene, ...NAMES);
    const { code, stdout } = await other.command(['approve', '--yes'], there);
    expect(code).toBe(0);
    expect(stdout).toContain('one.example.com');
    await scene.expectAt('one.example.com', []);
    await scene.expectAt('three.example.com', []);
    await published(scene, 'two');
  });
});

describe.concurrent('reading commands', () => {
  test.concurrent('plan says what would change and writes nothing', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const planned = await scene.command(['plan', '--output', 'json', '--detailed-exitcode']);
    expect(planned.code).toBe(2);
    expect(JSON.parse(planned.stdout)).toMatchObject([
      { sign: '+', name: 'web.example.com', type: 'A', to: expect.stringContaining(HOME) },
    ]);
    expect(scene.writes).toEqual([]);
    expect(ledgerFiles(scene)).toEqual([]);
  });

  test.concurrent('records and history read beside the running controller', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    await scene.run();
    scene.route('web');
    await published(scene, 'web');
    const records = await scene.command(['records', '--output', 'json']);
    const history = await scene.command(['history', 'web.example.com', '--output', 'json']);
    expect([records.code, history.code]).toEqual([0, 0]);
    expect(JSON.parse(records.stdout)).toMatchObject([{ name: 'web.example.com', content: HOME }]);
    expect(JSON.parse(history.stdout)).toMatchObject([{ action: 'create', name: 'web.example.com' }]);
  });
});
