import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { download } from './go.ts';
import type { GatewayApiVersion } from './versions.ts';
import { unzip } from './zip.ts';

/**
 * The standard channel's CRDs of a release, one YAML text each. The policy against downgrades that lies beside them
 * is left out: it is there to stop the very thing that tests do, going from one release to another.
 */
export async function gatewayApiCrds(version: GatewayApiVersion): Promise<string[]> {
  const folder = cacheFolder(`gateway-api-${version}`);
  const crds = join(folder, 'standard');
  await once(folder, `Gateway API ${version}`, [version], async () => {
    const { zip } = await download('sigs.k8s.io/gateway-api', version, folder);
    const files = unzip(
      await readFile(zip),
      (name) => /\/config\/crd\/standard\/[^/]+\.yaml$/.test(name) && !name.includes('_vap_'),
    );
    await mkdir(crds, { recursive: true });
    for (const [name, text] of files) await writeFile(join(crds, basename(name)), text);
  });
  const files = (await readdir(crds)).toSorted();
  return Promise.all(files.map((name) => readFile(join(crds, name), 'utf8')));
}
