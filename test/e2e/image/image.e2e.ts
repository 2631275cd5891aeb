import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container, Running } from '../cluster/kubelet.ts';
import { Program, type Env } from '../cluster/program.ts';
import { HOME, Scene } from '../cluster/scene.ts';
import { command } from '../tools/command.ts';
import { buildImage, IMAGE } from './build-image.ts';

/** `/var/run` is a link in the base, which buildah does not follow. */
const ACCOUNT = '/run/secrets/kubernetes.io/serviceaccount';
const USER = 65_534;

describe('the image', () => {
  let scene: Scene;
  let container = '';
  let before: string[];
  beforeAll(async () => {
    await buildImage();
    container = (await command('buildah', ['from', IMAGE])).trim();
    before = await files();
    scene = await Scene.open();
    await scene.gateway();
  }, 900_000);
  afterAll(async () => {
    await scene.close();
    await command('buildah', ['rm', container]);
  });

  /** Every file of the container. */
  async function files(): Promise<string[]> {
    const root = (await command('buildah', ['mount', container])).trim();
    const found = await command('find', ['.', '-xdev', '-not', '-type', 'd'], { cwd: root });
    // Buildah makes these itself when it runs something.
    const made = new Set(['./etc/hosts', './run/.containerenv']);
    return found
      .trim()
      .split('\n')
      .filter((path) => !made.has(path))
      .sort();
  }

  /** As the container runtime does: the image's own user and root, the Pod's mounts, the account where it belongs. */
  function runImage({ args, env, mounts, account }: Container): Running {
    // Admission has put a mount for the account there already; its folder here is empty.
    const volumes = new Map([...mounts].filter(([path]) => !path.endsWith(ACCOUNT))).set(ACCOUNT, account);
    const server = new URL(scene.server.url);
    const inside: Env = {
      ...env,
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
    };
    // A signal to buildah does not reach the program, so it says which process it is.
    const command = ['sh', '-c', 'echo $$ > /data/pid; exec routeflare "$@"', 'sh'];
    const run = [
      'buildah',
      'run',
      '--isolation=chroot',
      `--user=${USER}:${USER}`,
      ...[...volumes].map(([path, here]) => `--volume=${here}:${path}`),
      ...Object.entries(inside).map(([name, value]) => `--env=${name}=${value}`),
      container,
      '--',
      ...command,
    ];
    const ledger = (env['LEDGER_PATH'] ?? '').replace('/data', mounts.get('/data') ?? '');
    return { program: new Program(args, {}, account, run), env: { ...inside, LEDGER_PATH: ledger } };
  }

  test('holds the bundle, its SQLite and nothing that was only needed to make them', () => {
    const ours = before.filter((path) => /^\.\/(app|data|src|out)\//.test(path));
    const rest = ours.filter(
      (path) => !/^\.\/app\/(chunks\/|migrations\/|node_modules\/better-sqlite3\/)/.test(path),
    );
    expect(rest).toEqual(['./app/LICENSE', './app/routeflare.mjs']);
    expect(ours.filter((path) => /\.(ts|map|c|h|cc|gyp|test\..*)$/.test(path))).toEqual([]);
    expect(ours.filter((path) => path.endsWith('.node'))).toHaveLength(1);
  });

  test('runs as nobody, in the cluster, and writes nothing but the ledger', async () => {
    await scene.install();
    const pod = await scene.startPod((given) => {
      // As fsGroup does.
      for (const here of given.mounts.values()) chownSync(here, USER, USER);
      return runImage(given);
    });
    await pod.program.ready(60_000);
    await scene.route('boxed');
    await scene.expectAt('boxed.example.com', [`A ${HOME}`]);
    const managed = await command('sqlite3', ['-readonly', pod.ledgerPath, 'SELECT name FROM records']);
    expect(managed.trim()).toBe('boxed.example.com');
    const pid = Number(readFileSync(join(pod.ledgerPath, '../pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    expect(await pod.program.ended).toBe(0);
    expect(await files()).toEqual(before);
  });
});
