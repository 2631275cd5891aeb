import { Ledger } from '../ledger/ledger.ts';
import { LedgerError } from '../ledger/problem.ts';
import type { CommandContext } from './context.ts';
import { settingsOrTell } from './settings.ts';

/**
 * Opens the ledger of `LEDGER_PATH` for reading, beside a running controller or without one, and closes it after `use`.
 * @returns the exit code: that of `use`, or 1 with the reason on standard error
 */
export async function withLedger(
  context: Pick<CommandContext, 'env' | 'stderr'>,
  use: (ledger: Ledger, path: string) => number | Promise<number>,
): Promise<number> {
  const settings = settingsOrTell(context, (read) => ({ ledger: read.ledger() }));
  if (settings === undefined) return 1;
  const opened = Ledger.open({ path: settings.config.ledger.path, mode: 'read-only' });
  if (!opened.ok) return tell(context, opened.error.message);
  try {
    return await use(opened.value, settings.config.ledger.path);
  } catch (cause) {
    if (cause instanceof LedgerError) return tell(context, cause.problem.message);
    throw cause;
  } finally {
    opened.value.close();
  }
}

/** Says on standard error why a command failed. @returns its exit code */
export function tell({ stderr }: Pick<CommandContext, 'stderr'>, message: string): 1 {
  stderr.write(`routeflare: ${message}\n`);
  return 1;
}
