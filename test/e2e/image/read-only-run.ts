import { Program, type Env } from '../cluster/program.ts';
import type { ImageRoot } from './image-root.ts';

export interface Mount {
  /** A folder of this machine. */
  readonly from: string;
  /** Its path inside. */
  readonly to: string;
  readonly writable: boolean;
}

/**
 * Runs what an image holds as a container runtime does with `readOnlyRootFilesystem`: mounts of its own, a root that
 * cannot be written, the image's user, variables and working directory. Chroot isolation of `buildah run` can do all
 * but the second. It must be root to begin with. Signals reach the program, since each step becomes the next.
 * @param command after the image's own where that is absent
 */
export function runReadOnly(
  root: ImageRoot,
  args: readonly string[],
  env: Env,
  mounts: readonly Mount[],
  entrypoint: readonly string[] = root.config.Entrypoint,
): Program {
  const { path, config } = root;
  const lines = mounts.flatMap(({ from, to, writable }) => [
    `mkdir -p ${quote(path + to)}`,
    `mount --bind ${quote(from)} ${quote(path + to)}`,
    ...(writable ? [] : [`mount -o remount,bind,ro ${quote(path + to)}`]),
  ]);
  const script = [
    `mount --bind ${quote(path)} ${quote(path)}`,
    ...lines,
    `mount --rbind /dev ${quote(`${path}/dev`)}`,
    `mount -t proc proc ${quote(`${path}/proc`)}`,
    `mount -o remount,bind,ro ${quote(path)}`,
    'exec "$@"',
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const inside = ['/usr/bin/env', '-i', `--chdir=${config.WorkingDir}`, ...config.Env, ...variables];
  const outside = ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script.join('\n'), 'sh'];
  const entered = ['chroot', `--userspec=${config.User}`, path, ...inside, ...entrypoint];
  return new Program(args, {}, '/', [...outside, ...entered]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
