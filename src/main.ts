#!/usr/bin/env node
import { runCommandLine } from './cli/commands.ts';

// The client of Cloudflare would send these along with our token, or fail on them.
delete process.env['CLOUDFLARE_CUSTOM_HEADERS'];

const exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  isTTY: process.stdout.isTTY,
  columns: process.stdout.columns,
});

process.exitCode = exitCode;
// Output is flushed by then; a library's request that cannot be called off must not keep the program alive.
setTimeout(() => process.exit(), 1_000).unref();
