import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Everything that is built or downloaded for these tests, outside the checkout, so that it outlives one. */
export function cacheFolder(...parts: readonly string[]): string {
  const root = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(root, 'routeflare-e2e', ...parts);
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What this process asked for: one line each, with what it once took to build. */
const built: string[] = [];

/** For the end of a run. */
export function builtSoFar(): readonly string[] {
  return built;
}

/**
 * Makes a folder once: `make` runs unless the folder was made from the same `inputs` before. A build that was cut
 * off leaves no stamp, so it is taken up again; Go's own cache keeps what it had compiled.
 * @param inputs what the result depends on: versions, texts of sources
 */
export async function once(
  folder: string,
  what: string,
  inputs: readonly string[],
  make: () => Promise<void>,
): Promise<void> {
  const stamp = join(folder, 'stamp');
  const notes = join(folder, 'built');
  const wanted = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) {
    say(`${what}: in ${folder}`);
    built.push(`${what}, built before${existsSync(notes) ? ` ${await readFile(notes, 'utf8')}` : ''}`);
    return;
  }
  await mkdir(folder, { recursive: true });
  const from = performance.now();
  say(`${what}: building into ${folder} …`);
  await make();
  const took = `in ${((performance.now() - from) / 1000).toFixed(0)} s`;
  await writeFile(notes, took);
  await writeFile(stamp, wanted);
  say(`${what}: built ${took}`);
  built.push(`${what}, built now ${took}`);
}
