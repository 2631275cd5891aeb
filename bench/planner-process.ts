import { fork } from 'node:child_process';
import { plannerTables } from './planner.ts';
import { NODE_FLAGS } from './program.ts';
import type { Table } from './table.ts';

/** Measures the planner in a fresh process with the flags that the program has. */
export async function planner(quick: boolean): Promise<readonly Table[]> {
  const child = fork(import.meta.filename, quick ? ['--quick'] : [], { execArgv: NODE_FLAGS });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as readonly Table[]));
    child.once('exit', (code) => reject(new Error(`the planner's process ended with ${String(code)}`)));
  });
}

if (import.meta.main) {
  process.send?.(plannerTables(process.argv.includes('--quick')));
  process.disconnect();
}
