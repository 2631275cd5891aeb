import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { buildFlags, go } from './go.ts';
import { HELM } from './versions.ts';

/** @returns the path of `helm`: the one that HELM_BINARY names, else built from its Go module. */
export async function helmBinary(version: string = HELM): Promise<string> {
  const given = process.env['HELM_BINARY'];
  if (given !== undefined && given !== '') return given;
  const folder = cacheFolder(`helm-${version}`);
  const module = `helm.sh/helm/v${version.split('.')[0] ?? ''}`;
  await once(folder, `Helm ${version}`, [module, version], async () => {
    const stamp = `-X ${module}/internal/version.version=v${version}`;
    const source = join(folder, 'source');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'go.mod'), 'module routeflare.invalid/e2e/helm\n');
    await go(['install', ...buildFlags(stamp), `${module}/cmd/helm@v${version}`], source, { GOBIN: folder });
  });
  return join(folder, 'helm');
}
