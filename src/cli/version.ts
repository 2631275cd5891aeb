import { readFileSync } from 'node:fs';
import { valueOf } from './arguments.ts';
import type { CommandContext } from './context.ts';

declare global {
  /** Put in by the bundler; absent when the sources run. */
  var ROUTEFLARE_VERSION: string | undefined;
}

/** `routeflare version`. */
export async function version(context: CommandContext): Promise<number> {
  const json = valueOf(context.args, 'output') === 'json';
  context.stdout.write(
    json ? `${JSON.stringify({ version: VERSION, node: process.version })}\n` : `${VERSION}\n`,
  );
  return 0;
}

/** As in package.json. */
export const VERSION = programVersion();

export function programVersion(): string {
  if (globalThis.ROUTEFLARE_VERSION !== undefined) return globalThis.ROUTEFLARE_VERSION;
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const found = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return found && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}
