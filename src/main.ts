#!/usr/bin/env node
import { runCommandLine } from './cli/commands.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  isTTY: process.stdout.isTTY,
  columns: process.stdout.columns,
});
