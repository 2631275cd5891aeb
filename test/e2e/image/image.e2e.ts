import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container, Running } from '../cluster/kubelet.ts';
import type { Env } from '../cluster/program.ts';
import { HOME, Scene } from '../cluster/scene.ts';
import { say } from '../tools/cache.ts';
import { command } from '../tools/command.ts';
import { buildImage } from './build-image.ts';
import { ImageRoot } from './image-root.ts';
import { runReadOnly, type Mount } from './read-only-run.ts';

/** `/var/run` is a link in the base, which a mount from outside would not follow. */
const ACCOUNT = '/run/secrets/kubernetes.io/serviceaccount';
const USER = 65_534;

/** All that the image may add to its base. */
const OURS = [
  /^\/app\/(LICENSE|routeflare\.mjs)$/,
  /^\/app\/chunks\/[\w-]+\.mjs$/,
  /^\/app\/migrations\/\d{4}-[\w-]+\.sql$/,
  /^\/app\/node_modules\/better-sqlite3\/(LICENSE|package\.json|lib\/[\w/-]+\.js|prebuilds\/linux-[\w]+\.node)$/,
  /^\/usr\/local\/bin\/routeflare$/,
];

/**
 * Of the 5.4 MB that were measured, SQLite is 2.3 and the bundle 3.1, half of that the Kubernetes client. A second copy
 * of the client does not fit, nor do the sources of SQLite (10 MB) or any tool of development.
 */
const MOST_BYTES = 7_000_000;

const COMPILERS = [
  'cc',
  'gcc',
  'g++',
  'clang',
  'ld',
  'make',
  'cmake',
  'python3',
  'go',
  'rustc',
  'git',
  'esbuild',
];

describe('the image', () => {
  let scene: Scene;
  let image: ImageRoot;
  let before: Map<string, number>;
  const data = mkdtempSync(join(tmpdir(), 'rf-data-'));
  beforeAll(async () => {
    const { base, name } = await buildImage();
    image = await ImageRoot.open(name);
    before = await image.files();
    const under = await ImageRoot.open(base);
    baseFiles = await under.files();
    await under.close();
    chownSync(data, USER, USER);
    scene = await Scene.open();
    await scene.gateway();
  }, 1_800_000);
  afterAll(async () => {
    await scene.close();
    await image.close();
    rmSync(data, { recursive: true });
  });
  let baseFiles: Map<string, number>;

  /** As the container runtime does: the image's own user and root, the Pod's mounts, the account where it belongs. */
  function runImage({ args, env, mounts, account }: Container): Running {
    const folders: Mount[] = [];
    for (const [to, from] of mounts) {
      // Admission has put a mount for the account there already; its folder here is empty.
      if (to.endsWith(ACCOUNT)) continue;
      folders.push({ from, to, writable: ['/data', '/tmp'].includes(to) });
      // As fsGroup does.
      chownSync(from, USER, USER);
    }
    folders.push({ from: account, to: ACCOUNT, writable: false });
    const server = new URL(scene.server.url);
    const inside: Env = {
      ...env,
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
    };
    const ledger = (env['LEDGER_PATH'] ?? '').replace('/data', mounts.get('/data') ?? '');
    return {
      program: runReadOnly(image, args, inside, folders),
      env: { ...inside, LEDGER_PATH: ledger },
    };
  }

  test('adds the bundle and its SQLite to the base, nothing else, and changes nothing there', () => {
    const added = [...before].filter(([path]) => !baseFiles.has(path)).map(([path]) => path);
    expect(added.filter((path) => !OURS.some((form) => form.test(path)))).toEqual([]);
    expect(added.filter((path) => path.endsWith('.node'))).toHaveLength(1);
    expect(added).toContain('/app/routeflare.mjs');
    const changed = [...baseFiles].filter(([path, size]) => before.get(path) !== size);
    expect(changed).toEqual([]);
  });

  test('adds no more than it needs', () => {
    const added = [...before].filter(([path]) => !baseFiles.has(path));
    const bytes = added.reduce((sum, [, size]) => sum + size, 0);
    const all = [...before.values()].reduce((sum, size) => sum + size, 0);
    say(`image: ${megabytes(bytes)} in ${added.length} files over a base of ${megabytes(all - bytes)}`);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  test('has no compiler', () => {
    const commands = [...before.keys()].filter((path) => /\/s?bin\/[^/]+$/.test(path));
    expect(commands.length).toBeGreaterThan(50);
    expect(commands.filter((path) => COMPILERS.includes(path.split('/').at(-1) ?? ''))).toEqual([]);
  });

  test('is run as nobody by its own word, with the ledger on a volume', () => {
    const { User, Entrypoint, Cmd, WorkingDir, Volumes, Env: variables } = image.config;
    expect({ User, Cmd, WorkingDir, Volumes }).toEqual({
      User: `${USER}:${USER}`,
      Cmd: ['run'],
      WorkingDir: '/data',
      Volumes: { '/data': {} },
    });
    expect(Entrypoint.at(-1)).toBe('/app/routeflare.mjs');
    expect(variables.filter((each) => /TOKEN|SECRET|PASSWORD/i.test(each))).toEqual([]);
  });

  test('cannot write anything but the folder of the ledger', async () => {
    const places = [
      '/',
      '/app',
      '/app/chunks',
      '/etc',
      '/home',
      '/root',
      '/run',
      '/usr/local/bin',
      '/var',
      '/data',
    ];
    const script = `id -u; for at in ${places.join(' ')}; do touch $at/mark 2>/dev/null && echo $at; done; true`;
    const program = runReadOnly(
      image,
      [script],
      {},
      [{ from: data, to: '/data', writable: true }],
      ['sh', '-c'],
    );
    expect(await program.ended).toBe(0);
    expect(program.output).toBe(`${USER}\n/data\n`);
  });

  test('runs on a read-only root against API server and Cloudflare, and writes nothing but the ledger', async () => {
    await scene.install();
    const tmp: string[] = [];
    const pod = await scene.startPod((given) => {
      tmp.push(given.mounts.get('/tmp') ?? '');
      return runImage(given);
    });
    await pod.program.ready(60_000);
    expect((await pod.program.page('/healthz')).status).toBe(200);
    await scene.route('boxed');
    await scene.expectAt('boxed.example.com', [`A ${HOME}`]);
    const managed = await command('sqlite3', ['-readonly', pod.ledgerPath, 'SELECT name FROM records']);
    expect(managed.trim()).toBe('boxed.example.com');
    // As `kubectl exec` does it: by name, beside the one that runs.
    const folders = [{ from: join(pod.ledgerPath, '..'), to: '/data', writable: true }];
    const listed = runReadOnly(image, ['records'], {}, folders, ['routeflare']);
    expect(await listed.ended).toBe(0);
    expect(listed.stdout).toContain('boxed.example.com');
    expect(await pod.stop()).toBe(0);
    expect(await image.files()).toEqual(before);
    expect(tmp.flatMap((folder) => readdirSync(folder))).toEqual([]);
  });
});

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
