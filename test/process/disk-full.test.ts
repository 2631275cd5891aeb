import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Controller } from './controller.ts';
import { eventually, pause } from './eventually.ts';
import { HOME } from './scene.ts';
import { openScene } from './open-scene.ts';

const MOVED = '203.0.113.77';

/** No file of the process can grow any more, nor be written at all: for the ledger a volume that is full. */
function fill({ pid }: Controller): void {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=0:']);
}

function free({ pid }: Controller): void {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:']);
}

describe.concurrent('a volume that is full', () => {
  test.concurrent('stops every write to Cloudflare that the ledger cannot note first, and all is caught up on when there is space', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    for (const name of ['changed', 'deleted']) scene.route(name);
    const controller = await scene.run();
    for (const name of ['changed', 'deleted']) await scene.expectAt(`${name}.example.com`, [`A ${HOME}`]);
    await eventually(() => expect(scene.row('deleted.example.com')).toBeDefined());
    const before = scene.writes.length;

    fill(controller);
    const size = statSync(`${scene.ledgerPath}-wal`).size;
    scene.unroute('deleted');
    scene.home(MOVED);
    scene.route('created');
    await eventually(async () =>
      expect(await controller.metric('problems{reason="Pending"}')).toBeGreaterThan(0),
    );
    await pause(600);
    expect(scene.writes.length).toBe(before);
    expect(statSync(`${scene.ledgerPath}-wal`).size).toBe(size);
    expect(await controller.page('/healthz')).toMatchObject({ status: 200 });
    expect(await controller.page('/readyz')).toMatchObject({
      status: 503,
      body: expect.stringContaining('[-] ledger open: the ledger '),
    });

    free(controller);
    await scene.expectAt('created.example.com', [`A ${MOVED}`]);
    await scene.expectAt('changed.example.com', [`A ${MOVED}`]);
    await scene.expectAt('deleted.example.com', []);
    await eventually(() => expect(scene.ledger('SELECT * FROM intents')).toEqual([]));
    await eventually(async () => {
      expect(await controller.metric('problems{reason="Pending"}')).toBe(0);
      expect(await controller.page('/readyz')).toMatchObject({ status: 200 });
    });
    expect(scene.ledger('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test.concurrent('that fills between a write and its settling leaves the write in doubt, and a list settles it', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const controller = await scene.run();
    scene.cloudflare.fault({
      kind: 'delay',
      ms: 400,
      applied: true,
      match: ({ method, path }) => method === 'POST' && path.endsWith('/batch'),
    });
    scene.route('web');
    await eventually(() => expect(scene.writes).toHaveLength(1));
    fill(controller);
    await eventually(() => expect(scene.writes[0]?.status).toBe(200));
    await pause(400);
    expect(scene.ledger('SELECT action, name FROM intents')).toEqual([
      { action: 'create', name: 'web.example.com' },
    ]);
    free(controller);
    await eventually(() =>
      expect(scene.row('web.example.com')).toMatchObject({ content: HOME, state: 'active' }),
    );
    expect(scene.at('web.example.com')).toEqual([`A ${HOME}`]);
    expect(scene.writes).toHaveLength(1);
  });

  test.concurrent('at the start ends the program with words, and the file is as it was', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    scene.route('web');
    const first = await scene.run();
    await scene.expectAt('web.example.com', [`A ${HOME}`]);
    await first.stop();
    const bytes = readFileSync(scene.ledgerPath);
    const refused = scene.start(['run']);
    fill(refused);
    const { code, stderr } = await refused.ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(scene.ledgerPath) });
    expect(readFileSync(scene.ledgerPath).equals(bytes)).toBe(true);
    await scene.run();
    await eventually(() => expect(scene.row('web.example.com')).toBeDefined());
  });
});
