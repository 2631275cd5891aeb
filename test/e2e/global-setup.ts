import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { NODE } from './cluster/program.ts';
import { say } from './tools/cache.ts';
import { watched } from './tools/command.ts';
import { gatewayApiCrds } from './tools/gateway-api.ts';
import { helmBinary } from './tools/helm.ts';
import { kubernetesAssets, type Assets } from './tools/kubernetes.ts';
import { GATEWAY_API } from './tools/versions.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly assets: Assets;
    readonly helm: string;
    /** A file with a line of JSON from each scene: the rights that were granted, and those that were used. */
    readonly rights: string;
  }
}

/** Builds what is not built yet, and tells at the end which rights of the chart nothing has used. */
export default async function setup(project: TestProject): Promise<() => void> {
  for (const version of GATEWAY_API) await gatewayApiCrds(version);
  project.provide('helm', await helmBinary());
  project.provide('assets', await kubernetesAssets(process.env['E2E_KUBERNETES']));
  await watched(NODE, ['build.mjs'], { cwd: resolve(import.meta.dirname, '../..') });
  const folder = mkdtempSync(join(tmpdir(), 'rf-rights-'));
  const rights = join(folder, 'rights');
  writeFileSync(rights, '');
  project.provide('rights', rights);
  return () => {
    tellUnused(readFileSync(rights, 'utf8'));
    rmSync(folder, { recursive: true });
  };
}

function tellUnused(text: string): void {
  const lines = text.split('\n').filter((line) => line !== '');
  const scenes = lines.map((line) => JSON.parse(line) as { granted: string[]; used: string[] });
  const used = new Set(scenes.flatMap((scene) => scene.used));
  const unused = [...new Set(scenes.flatMap((scene) => scene.granted))].filter((right) => !used.has(right));
  say(`rights used: ${[...used].sort().join(', ') || 'none'}`);
  say(`rights of the chart that nothing used: ${unused.sort().join(', ') || 'none'}`);
}
