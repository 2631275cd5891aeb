import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { buildFlags, download, go, goAnswer } from './go.ts';

const PROGRAM = resolve(import.meta.dirname, '../apiserver');
const NAMES = ['etcd', 'kube-apiserver', 'kubectl'] as const;

/** A folder with `etcd`, `kube-apiserver` and `kubectl`. */
export interface Assets {
  readonly folder: string;
  /** For people; `given` where KUBEBUILDER_ASSETS names the folder. */
  readonly version: string;
}

/**
 * The API server's programs: those that KUBEBUILDER_ASSETS names, else built from Go modules.
 * @param minor such as `1.35`; when absent the one of `apiserver/go.mod`, which is the newest
 */
export async function kubernetesAssets(minor?: string): Promise<Assets> {
  const given = process.env['KUBEBUILDER_ASSETS'];
  if (given !== undefined && given !== '') return { folder: given, version: 'given' };
  const pinned = /k8s\.io\/kubernetes v(\S+)/.exec(await readFile(join(PROGRAM, 'go.mod'), 'utf8'))?.[1];
  if (pinned === undefined) throw new Error('apiserver/go.mod requires no k8s.io/kubernetes');
  const version = minor === undefined || pinned.startsWith(`${minor}.`) ? pinned : await newestPatch(minor);
  const folder = cacheFolder(`kubernetes-${version}`);
  const texts = ['main.go', 'go.mod', 'go.sum'].map((name) => readFile(join(PROGRAM, name), 'utf8'));
  await once(folder, `Kubernetes ${version}`, [version, ...(await Promise.all(texts))], async () => {
    const source = version === pinned ? PROGRAM : await writeModule(version, join(folder, 'source'));
    await build(version, source, folder);
  });
  return { folder, version };
}

async function build(version: string, source: string, folder: string): Promise<void> {
  const [major = '', minor = ''] = version.split('.');
  // Without these it calls itself v0.0.0-master, which Helm takes for a cluster that is too old.
  const stamp = Object.entries({
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'unknown',
  }).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  const whole = join(folder, 'kube');
  await go(['build', ...buildFlags(stamp.join(' ')), '-o', `${whole}.part`, '.'], source);
  await rename(`${whole}.part`, whole);
  for (const name of NAMES) {
    await rm(join(folder, name), { force: true });
    await symlink('kube', join(folder, name));
  }
}

/**
 * Our program's module for another version. Kubernetes requires its own staging modules as v0.0.0, which only a
 * main module can replace; which ones there are differs from minor to minor, so its go.mod is asked.
 */
async function writeModule(version: string, source: string): Promise<string> {
  await mkdir(source, { recursive: true });
  await cp(join(PROGRAM, 'main.go'), join(source, 'main.go'));
  await rm(join(source, 'go.sum'), { force: true });
  const { goMod } = await download('k8s.io/kubernetes', version, source);
  const theirs = await readFile(goMod, 'utf8');
  const staging = [...theirs.matchAll(/^\s+(k8s\.io\/\S+) v0\.0\.0$/gm)].map(([, module]) => module);
  const libraries = version.replace(/^1\./, '0.');
  const text = [
    'module routeflare.invalid/e2e/apiserver',
    /^go .+$/m.exec(theirs)?.[0] ?? '',
    `require k8s.io/kubernetes v${version}`,
    ...staging.map((module) => `replace ${module} => ${module} v${libraries}`),
  ];
  await writeFile(join(source, 'go.mod'), `${text.join('\n')}\n`);
  await go(['mod', 'tidy'], source);
  return source;
}

async function newestPatch(minor: string): Promise<string> {
  const found = await goAnswer(['list', '-m', `k8s.io/kubernetes@v${minor}`], cacheFolder('..'));
  const version = found.trim().split(' v')[1];
  if (version === undefined) throw new Error(`there is no Kubernetes ${minor}`);
  return version;
}
