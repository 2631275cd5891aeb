import { copyFile, cp, mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NODE } from '../cluster/program.ts';
import { cacheFolder, once, say } from '../tools/cache.ts';
import { attempt, command, watched } from '../tools/command.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const NAME = 'localhost/routeflare-e2e';

export interface Images {
  readonly base: string;
  readonly name: string;
}

/** Builds the Dockerfile over a base made here: no registry and no daemon. Needs root, buildah and debootstrap. */
export async function buildImage(): Promise<Images> {
  if (process.getuid?.() !== 0)
    throw new Error('the image can only be built by root: sudo npm run test:image');
  for (const name of ['buildah', 'debootstrap', 'unshare', 'sqlite3']) {
    const { code } = await attempt('sh', ['-c', `command -v ${name}`]);
    if (code !== 0) throw new Error(`there is no ${name}: install it, or run .ci/tools on Debian`);
  }
  const base = await buildBase();
  const from = performance.now();
  // Certificates and npm's settings of this machine, where it has any, for the downloads of the build stage.
  const here = ['/etc/ssl/certs', '/etc/npmrc'].filter((path) => existsSync(path));
  const inside: Record<string, string> = { '/etc/npmrc': '/usr/local/etc/npmrc' };
  const volumes = here.flatMap((path) => ['--volume', `${path}:${inside[path] ?? path}:ro`]);
  const args = ['bud', '--isolation=chroot', '--layers', '--build-arg', `BASE=${base}`, '-t', NAME];
  await command('buildah', [...args, ...volumes, ROOT], {});
  say(`image: built in ${((performance.now() - from) / 1000).toFixed(0)} s`);
  return { base, name: NAME };
}

/** Debian's smallest with Node, made once; @returns its name. */
async function buildBase(): Promise<string> {
  const suite = process.env['E2E_DEBIAN'] ?? 'bookworm';
  const version = (await command(NODE, ['--version'])).trim();
  const base = `localhost/routeflare-e2e-base:${suite}-node-${version}`;
  const folder = cacheFolder(`image-base-${suite}`);
  const there = await attempt('buildah', ['inspect', '--type', 'image', base]);
  // Images lie in a store of their own, which may have been emptied.
  if (there.code !== 0) await rm(folder, { recursive: true, force: true });
  await once(folder, `base image (Debian ${suite}, Node ${version})`, [base], async () => {
    const root = join(folder, 'root');
    await rm(root, { recursive: true, force: true });
    await watched('debootstrap', ['--variant=minbase', suite, root], {});
    await rm(join(root, 'var/cache/apt/archives'), { recursive: true, force: true });
    await addNode(root);
    const container = (await command('buildah', ['from', 'scratch'])).trim();
    await command('buildah', ['add', '-q', container, root, '/']);
    await command('buildah', ['commit', '-q', container, base]);
    await command('buildah', ['rm', container]);
    await rm(root, { recursive: true, force: true });
  });
  return base;
}

/** The pinned Node, and npm, which the build stage runs. */
async function addNode(root: string): Promise<void> {
  await mkdir(join(root, 'usr/local/lib/node_modules'), { recursive: true });
  await copyFile(await realpath(NODE), join(root, 'usr/local/bin/node'));
  const npm = dirname(dirname(await realpath((await command('sh', ['-c', 'command -v npm'])).trim())));
  await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
}
