import { createInterface } from 'node:readline/promises';
import type { CommandContext } from './context.ts';

/** Asks for a plain yes on standard input. Without a terminal nothing is taken for one: scripts say `--yes`. */
export async function confirm(context: CommandContext, question: string): Promise<boolean> {
  if (context.args.flags.has('yes')) return true;
  if (!process.stdin.isTTY) {
    context.stderr.write('routeflare: nobody can be asked here; add --yes to do it\n');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: context.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
