import { parseArguments } from './arguments.ts';
import type { Command, CommandContext } from './context.ts';
import { helpFor, helpForAll } from './help.ts';

/** Loaded when called, so that `version` does not wait for what `run` needs. */
export const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  plan: async () => (await import('./plan.ts')).plan,
  demo: async () => (await import('./demo.ts')).demo,
  records: async () => (await import('./records.ts')).records,
  history: async () => (await import('./history.ts')).history,
  explain: async () => (await import('./explain.ts')).explain,
  audit: async () => (await import('./audit.ts')).audit,
  doctor: async () => (await import('./doctor.ts')).doctor,
  check: async () => (await import('./check.ts')).check,
  adopt: async () => (await import('./adopt.ts')).adopt,
  release: async () => (await import('./release.ts')).release,
  import: async () => (await import('./import.ts')).importRecords,
  approve: async () => (await import('./approve.ts')).approve,
  uninstall: async () => (await import('./uninstall.ts')).uninstall,
  ledger: async () => (await import('./ledger.ts')).ledger,
  probe: async () => (await import('./probe.ts')).probe,
  completion: async () => (await import('./completion.ts')).completion,
  version: async () => (await import('./version.ts')).version,
};

/**
 * Runs the words behind the program's name. @returns the exit code
 * @param loaders for tests; else those of this program
 */
export async function runCommandLine(
  argv: readonly string[],
  context: Omit<CommandContext, 'args'>,
  loaders = LOADERS,
): Promise<number> {
  const invocation = parseArguments(argv);
  switch (invocation.kind) {
    case 'help':
      context.stdout.write(invocation.command === undefined ? helpForAll() : helpFor(invocation.command));
      return 0;
    case 'wrong':
      context.stderr.write(`routeflare: ${invocation.message} (${invocation.hint})\n`);
      return 1;
    case 'command': {
      const load = loaders[invocation.command.name];
      if (load === undefined) throw new Error(`no module for ${invocation.command.name}`);
      const command = await load();
      return command({ ...context, args: invocation.args });
    }
  }
}
