import { Ledger } from '../ledger/ledger.ts';
import { loadConfig } from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { offeredCommands } from './completion-words.ts';
import { zshCompletion } from './completion-zsh.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';

/** `routeflare completion SHELL`: the script that a shell sources. `names` is what those scripts ask for themselves. */
export async function completion(context: CommandContext): Promise<number> {
  const [shell] = context.args.operands;
  switch (shell) {
    case 'bash':
      context.stdout.write(bashCompletion(offeredCommands()));
      return 0;
    case 'zsh':
      context.stdout.write(zshCompletion(offeredCommands()));
      return 0;
    case 'fish':
      context.stdout.write(fishCompletion(offeredCommands()));
      return 0;
    case 'names':
      context.stdout.write(
        namesIn(context.env)
          .map((name) => `${name}\n`)
          .join(''),
      );
      return 0;
    default:
      return tell(context, `"${shell ?? ''}" is no shell it knows: one of bash, zsh, fish`);
  }
}

/** The names of the ledger; none, and no word about it, where it cannot be read: a person is in the middle of a line. */
function namesIn(env: CommandContext['env']): readonly string[] {
  const settings = loadConfig(env, diskFiles, (read) => ({ ledger: read.ledger() }));
  if (!settings.ok) return [];
  const ledger = Ledger.open({ path: settings.value.config.ledger.path, mode: 'read-only' });
  if (!ledger.ok) return [];
  using open = ledger.value;
  return [...new Set(open.read.claims().map(({ name }) => name))].sort();
}
