import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../process/eventually.ts';
import { HOME, isBatch, Scene, type SceneOptions } from '../process/scene.ts';

const OLD = '198.51.100.7';
const APP = 'app.example.com';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function scene(options: SceneOptions = {}): Promise<Scene> {
  open = await Scene.open(options);
  return open;
}

/** What external-dns makes for a name: the record, and a TXT record in each of its two formats. */
function registered(at: Scene, name: string, owner = 'default') {
  const content = `"heritage=external-dns,external-dns/owner=${owner},external-dns/resource=ingress/web/app"`;
  const record = at.cloudflare.create('example.com', { name, type: 'A', content: OLD, ttl: 300 });
  for (const text of [`a-${name}`, name]) {
    at.cloudflare.create('example.com', { name: text, type: 'TXT', content, ttl: 300 });
  }
  return record;
}

function texts(at: Scene): string[] {
  return at.cloudflare
    .records('example.com')
    .filter(({ type }) => type === 'TXT')
    .map(({ name }) => name)
    .toSorted();
}

/** Record, comment and TXT records of a name, as a person would compare them. */
function state(at: Scene): unknown[] {
  return at.cloudflare
    .records('example.com')
    .map(({ name, type, content, ttl, proxied, comment }) => ({ name, type, content, ttl, proxied, comment }))
    .toSorted((a, b) => `${a.name} ${a.type}`.localeCompare(`${b.name} ${b.type}`));
}

/** The commands of the program that a page tells, in their order. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/-- routeflare ([^\n>]+)/g)].map((command) =>
    (command[1] ?? '').trim().split(' '),
  );
}

describe.each(['the running controller', 'the command itself'])('import, carried out by %s', (who) => {
  const running = who === 'the running controller';

  test('takes over in place what external-dns has and a route wants, and gives it back', async () => {
    const at = await scene();
    const theirs = registered(at, APP);
    registered(at, 'unwanted.example.com');
    registered(at, 'others.example.com', 'other-cluster');
    const before = state(at);
    at.route('app');
    at.route('others');
    if (running) await at.run();
    if (running) await at.expectEvent('app', 'RecordConflict');

    const asked = await at.command(['import', 'external-dns', '--owner', 'default']);
    expect(asked.code).toBe(1);
    expect(asked.stdout).toMatch(/- {2}a-app\.example\.com +TXT/);
    expect(asked.stdout).toMatch(
      /1 record left to external-dns, as no source here wants it: A\s+unwanted\.example\.com/,
    );
    expect(state(at)).toEqual(before);

    const done = await at.command(['import', 'external-dns', '--owner', 'default', '--yes']);
    expect({ code: done.code, last: done.stdout.split('\n').at(-2) }).toEqual({ code: 0, last: '3 done' });
    expect(at.recordsAt(APP)).toMatchObject([
      { id: theirs.id, content: HOME, ttl: 300, comment: expect.stringContaining('HTTPRoute/apps/app') },
    ]);
    expect(texts(at)).toEqual([
      'a-others.example.com',
      'a-unwanted.example.com',
      'others.example.com',
      'unwanted.example.com',
    ]);
    const batches = at.writes.filter(isBatch);
    expect(batches).toHaveLength(1);
    const [history] = at.ledger("SELECT * FROM history WHERE name = ? AND action = 'adopt'", APP);
    expect(JSON.parse(String(history?.['before']))).toMatchObject({
      content: OLD,
      registry: [{ name: 'a-app.example.com', ttl: 300 }, { name: APP }],
    });

    expect((await at.command(['import', '--undo', '--yes'])).code).toBe(0);
    expect(state(at)).toEqual(before);
    expect(at.row(APP)).toBeUndefined();
    const controller = running ? undefined : await at.run();
    await controller?.check('example.com');
    await at.expectEvent('app', 'RecordConflict');
    expect(state(at)).toEqual(before);
  });

  test('takes over what the Go version marked with an id of its own', async () => {
    const at = await scene();
    const comment = 'record-owner-id=my old id';
    at.cloudflare.create('example.com', { name: APP, type: 'A', content: OLD, comment });
    at.route('app');
    if (running) await at.run();
    const done = await at.command(['import', 'routeflare', '--owner', 'my', '--yes']);
    expect({ code: done.code, last: done.stdout.split('\n').at(-2) }).toEqual({ code: 0, last: '1 done' });
    expect(at.at(APP)).toEqual([`A ${HOME}`]);
    const again = await at.command(['import', 'routeflare', '--owner', 'my', '--yes']);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('no record marked my') });
  });
});

test('an answer that is lost leaves the record ours, and what it was is known', async () => {
  const at = await scene();
  registered(at, APP);
  at.route('app');
  const controller = await at.run();
  at.cloudflare.fault({ kind: 'reset-after', match: isBatch });
  const done = await at.command(['import', 'external-dns', '--owner', 'default', '--yes']);
  expect(done.code).toBe(1);
  expect(texts(at)).toEqual([]);
  await controller.check('example.com');
  await eventually(() => expect(at.row(APP)).toMatchObject({ state: 'active', content: HOME }));
  const kept = at.ledger('SELECT "before" FROM history WHERE name = ? AND "before" IS NOT NULL', APP);
  expect(String(kept[0]?.['before'])).toContain('a-app.example.com');
});

test.each([
  [['import'], /import needs external-dns or routeflare/],
  [['import', 'external-dns', '--txt-prefix', 'a', '--txt-suffix', 'b'], /only one/],
  [['import', 'external-dns'], /owner "default"[^]*--txt-owner-id/],
])('%j is told what is missing', async (args, told) => {
  const at = await scene();
  registered(at, APP);
  const { code, stdout, stderr } = await at.command(args);
  expect({ code, told: told.test(stdout + stderr) }).toEqual({ code: 1, told: true });
  expect(at.writes).toEqual([]);
});

describe('the pages that tell the way', () => {
  async function follow(at: Scene, page: string): Promise<void> {
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(0);
    for (const [name = '', ...args] of commands) {
      const acts = ['import', 'release', 'uninstall', 'adopt'].includes(name);
      const { code, stderr } = await at.command([name, ...args, ...(acts ? ['--yes'] : [])]);
      expect({ command: [name, ...args], stderr, code }).toMatchObject({ code: 0 });
    }
  }

  test('from external-dns and back', async () => {
    const at = await scene();
    registered(at, APP);
    const before = state(at);
    at.route('app');
    await at.run();
    await at.expectEvent('app', 'RecordConflict');
    await follow(at, 'migrate-external-dns.md');
    expect(
      at.ledger("SELECT action FROM history WHERE name = ? AND action IN ('adopt', 'release')", APP),
    ).toEqual([{ action: 'adopt' }, { action: 'release' }]);
    expect(state(at)).toEqual(before);
  });

  test('from the Go version', async () => {
    const at = await scene();
    at.cloudflare.create('example.com', {
      name: APP,
      type: 'A',
      content: OLD,
      comment: 'record-owner-id=routeflare',
    });
    at.route('app');
    await follow(at, 'migrate-routeflare-go.md');
    expect(at.recordsAt(APP)).toMatchObject([
      { content: HOME, comment: expect.stringContaining('HTTPRoute/apps/app') },
    ]);
  });

  test('leaving, and coming back', async () => {
    const at = await scene();
    at.route('app');
    at.route('other');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    await at.expectAt('other.example.com', [`A ${HOME}`]);
    await follow(at, 'leaving.md');
    await at.expectAt('other.example.com', [`A ${HOME}`]);
    await eventually(() => expect(at.row('other.example.com')).toMatchObject({ state: 'active' }));
  });
});
