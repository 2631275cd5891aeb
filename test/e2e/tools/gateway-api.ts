import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { download } from './go.ts';
import type { GatewayApi } from './versions.ts';
import { unzip } from './zip.ts';

/**
 * The CRDs of a release and channel, one YAML text each. The policy against downgrades that lies beside them is left
 * out: it is there to stop the very thing that tests do, going from one release to another.
 */
export async function gatewayApiCrds({ version, channel }: GatewayApi): Promise<string[]> {
  const name = channel === 'standard' ? version : `${version}-${channel}`;
  const folder = cacheFolder(`gateway-api-${name}`);
  const crds = join(folder, channel);
  await once(folder, `Gateway API ${name}`, [name], async () => {
    const { zip } = await download('sigs.k8s.io/gateway-api', version, folder);
    const crd = `/config/crd/${channel}/gateway.networking.`;
    const files = unzip(
      await readFile(zip),
      (path) => path.includes(crd) && path.endsWith('.yaml') && !path.includes('_vap_'),
    );
    await mkdir(crds, { recursive: true });
    for (const [path, text] of files) await writeFile(join(crds, basename(path)), text);
  });
  const files = (await readdir(crds)).toSorted();
  return Promise.all(files.map((file) => readFile(join(crds, file), 'utf8')));
}
