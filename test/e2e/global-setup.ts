import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { NODE } from './cluster/program.ts';
import { judgeRights, type SceneRights } from './rights-verdict.ts';
import { builtSoFar, say } from './tools/cache.ts';
import { watched } from './tools/command.ts';
import { gatewayApiCrds } from './tools/gateway-api.ts';
import { helmBinary } from './tools/helm.ts';
import { kubernetesAssets, type Assets } from './tools/kubernetes.ts';
import { GATEWAY_API, parseGatewayApi, type GatewayApi } from './tools/versions.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly assets: Assets;
    readonly helm: string;
    /** What a scene installs when it does not say. */
    readonly gatewayApi: GatewayApi;
    /** A file with a line of JSON from each scene: the rights that were granted, and those that were used. */
    readonly rights: string;
  }
}

/** Builds what is not built yet; tells at the end what that was, and fails for a right that nothing has used. */
export default async function setup(project: TestProject): Promise<() => void> {
  const from = performance.now();
  const gatewayApi = parseGatewayApi(process.env['E2E_GATEWAY_API'] ?? '');
  for (const version of GATEWAY_API) await gatewayApiCrds({ version, channel: 'standard' });
  if (gatewayApi.channel !== 'standard') await gatewayApiCrds(gatewayApi);
  project.provide('gatewayApi', gatewayApi);
  project.provide('helm', await helmBinary());
  const assets = await kubernetesAssets(process.env['E2E_KUBERNETES']);
  project.provide('assets', assets);
  await watched(NODE, ['build.mjs'], { cwd: resolve(import.meta.dirname, '../..') });
  const folder = mkdtempSync(join(tmpdir(), 'rf-rights-'));
  const rights = join(folder, 'rights');
  writeFileSync(rights, '');
  project.provide('rights', rights);
  return () => {
    const lines = readFileSync(rights, 'utf8').split('\n');
    const scenes = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as SceneRights);
    rmSync(folder, { recursive: true });
    for (const line of builtSoFar()) say(line);
    const { version, channel } = gatewayApi;
    const took = `${((performance.now() - from) / 1000).toFixed(0)} s`;
    say(`ran ${took} against Kubernetes ${assets.version} with Gateway API ${version}, ${channel} channel`);
    const { text, faults } = judgeRights(scenes, import.meta.dirname);
    say(text);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  };
}
