import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { buildFlags, download, go } from './go.ts';
import { HELM } from './versions.ts';

/** @returns the path of `helm`: the one that HELM_BINARY names, else built from its Go module. */
export async function helmBinary(version: string = HELM): Promise<string> {
  const given = process.env['HELM_BINARY'];
  if (given !== undefined && given !== '') return given;
  const folder = cacheFolder(`helm-${version}`);
  const module = `helm.sh/helm/v${version.split('.')[0] ?? ''}`;
  await once(folder, `Helm ${version}`, [module, version, 'stamped'], async () => {
    const source = join(folder, 'source');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'go.mod'), 'module routeflare.invalid/e2e/helm\n');
    const { goMod } = await download(module, version, source);
    const stamp = stampOf(module, version, await readFile(goMod, 'utf8'));
    await go(['install', ...buildFlags(stamp), `${module}/cmd/helm@v${version}`], source, { GOBIN: folder });
  });
  return join(folder, 'helm');
}

/**
 * What Helm's own build sets. Without it, `helm template` and `helm lint` take the cluster for Kubernetes 1.20 and
 * refuse every chart that wants more.
 */
function stampOf(module: string, version: string, theirGoMod: string): string {
  const minor = /k8s\.io\/client-go v0\.(\d+)\./.exec(theirGoMod)?.[1] ?? '';
  const places = ['pkg/chartutil', 'pkg/lint/rules', 'pkg/chart/common', 'pkg/chart/v2/lint/rules'];
  return [
    `${module}/internal/version.version=v${version}`,
    ...places.flatMap((place) => [
      `${module}/${place}.k8sVersionMajor=1`,
      `${module}/${place}.k8sVersionMinor=${minor}`,
    ]),
  ]
    .map((setting) => `-X ${setting}`)
    .join(' ');
}
