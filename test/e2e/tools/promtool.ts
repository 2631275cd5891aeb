import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, once } from './cache.ts';
import { buildFlags, go } from './go.ts';
import { PROMETHEUS } from './versions.ts';

/** Leaves out the clients of every cloud's service discovery: rules need none of them. */
const TAGS = 'remove_all_sd';

/** @returns the path of `promtool`: the one that PROMTOOL names, else built from its Go module. */
export async function promtoolBinary(): Promise<string> {
  const given = process.env['PROMTOOL'];
  if (given !== undefined && given !== '') return given;
  const folder = cacheFolder(`promtool-${PROMETHEUS}`);
  const module = 'github.com/prometheus/prometheus';
  await once(folder, `promtool ${PROMETHEUS}`, [module, PROMETHEUS, TAGS], async () => {
    const source = join(folder, 'source');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'go.mod'), 'module routeflare.invalid/e2e/promtool\n');
    // Not `go install`: their go.mod replaces modules, which that refuses.
    const target = `${module}/cmd/promtool`;
    await go(['get', '-tags', TAGS, `${target}@v${PROMETHEUS}`], source);
    await go(['build', '-tags', TAGS, ...buildFlags(''), '-o', join(folder, 'promtool'), target], source);
  });
  return join(folder, 'promtool');
}
