import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = dirname(import.meta.dirname);

export interface Bundle {
  readonly path: string;
  [Symbol.dispose](): void;
}

/** Runs the project's own build, in a directory of its own so that no other build takes the files away meanwhile. */
export function makeBundle(): Bundle {
  const directory = mkdtempSync(join(tmpdir(), 'routeflare-bundle-'));
  for (const name of ['package.json', 'src', 'migrations', 'node_modules']) {
    symlinkSync(join(ROOT, name), join(directory, name));
  }
  const dispose = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, [join(ROOT, 'build.mjs')], { cwd: directory, stdio: 'inherit' });
  } catch (error) {
    dispose();
    throw error;
  }
  return { path: join(directory, 'dist', 'routeflare.mjs'), [Symbol.dispose]: dispose };
}
