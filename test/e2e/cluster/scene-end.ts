import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import type { SceneRights } from '../rights-verdict.ts';
import type { ApiServer } from './api-server.ts';
import type { Pod } from './kubelet.ts';
import type { Right } from './rights.ts';

/** Into the folder that E2E_LOGS names, for the one who has to find out why. */
export function keepLogs(pods: readonly Pod[], server: ApiServer): void {
  const folder = process.env['E2E_LOGS'] ?? '';
  if (folder === '') return;
  for (const { name, program } of pods) writeFileSync(join(folder, `${name}.log`), program.output);
  for (const name of ['kube-apiserver.log', 'audit.log']) {
    copyFileSync(join(server.folder, name), join(folder, name));
  }
}

/** For the verdict at the end of the whole run. */
export function recordRights(granted: ReadonlySet<Right>, used: Iterable<Right>): void {
  const file = expect.getState().testPath ?? '';
  const line: SceneRights = { file, granted: [...granted], used: [...used] };
  appendFileSync(inject('rights'), `${JSON.stringify(line)}\n`);
}

/** Every text that holds the token: what programs wrote, the Events, and all files beside the ledgers. */
export function leaksOf(token: string, pods: readonly Pod[], events: string): string[] {
  const kept = pods.flatMap(({ ledgerPath }) => filesBeside(ledgerPath));
  const texts = [...pods.map((pod) => pod.program.output), events, ...kept];
  return texts.filter((text) => text.includes(token));
}

function filesBeside(ledgerPath: string): string[] {
  const folder = join(ledgerPath, '..');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}
