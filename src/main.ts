#!/usr/bin/env node
import { endWithReader } from './cli/broken-pipe.ts';
import { runCommandLine } from './cli/commands.ts';

const NODE_NEEDED = 24;
if (Number.parseInt(process.versions.node, 10) < NODE_NEEDED) {
  process.stderr.write(
    `routeflare: needs Node ${NODE_NEEDED}, and this is ${process.version}; in a checkout "npx routeflare" takes the one that npm ci brought\n`,
  );
  process.exit(1);
}

// The client of Cloudflare would send these along with our token, or fail on them.
delete process.env['CLOUDFLARE_CUSTOM_HEADERS'];

endWithReader([process.stdout, process.stderr]);

const exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  isTTY: process.stdout.isTTY,
  columns: columnsOf(process.stdout.columns, process.env['COLUMNS']),
});

process.exitCode = exitCode;
// Output is flushed by then; a library's request that cannot be called off must not keep the program alive.
setTimeout(() => process.exit(), 1_000).unref();

/** A terminal's width, or one that the user gives; a pipe has none, and what goes into it is not shortened. */
function columnsOf(terminal: number | undefined, given: string | undefined): number | undefined {
  if (terminal !== undefined) return terminal > 0 ? terminal : 80;
  return given !== undefined && /^[1-9][0-9]{0,3}$/.test(given) ? Number(given) : undefined;
}
