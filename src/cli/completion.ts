import type { Claim } from '../domain/claim.ts';
import { Ledger } from '../ledger/ledger.ts';
import { loadConfig } from '../config/config.ts';
import { diskFiles } from '../config/text-file.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { offeredCommands, type Asked } from './completion-words.ts';
import { zshCompletion } from './completion-zsh.ts';
import type { CommandContext } from './context.ts';
import { tell } from './open-ledger.ts';

const OF_CLAIM: Readonly<Record<Asked, (claim: Claim) => string>> = {
  names: ({ name }) => name,
  zones: ({ zoneName }) => zoneName,
  namespaces: ({ holder }) => holder?.namespace ?? '',
};

/** `routeflare completion SHELL`: the script that a shell sources. What the ledger has is what those scripts ask for themselves. */
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
    case 'zones':
    case 'namespaces':
      context.stdout.write(
        askedOf(context.env, shell)
          .map((name) => `${name}\n`)
          .join(''),
      );
      return 0;
    default:
      return tell(context, `"${shell ?? ''}" is no shell it knows: one of bash, zsh, fish`);
  }
}

/** A shell may expand what it is offered, and a holder is read out of a comment that anybody can write. */
const PLAIN = /^[a-z0-9*._-]+$/;

/** What the ledger has; nothing, and no word about it, where it cannot be read: a person is in the middle of a line. */
function askedOf(env: CommandContext['env'], what: Asked): readonly string[] {
  const settings = loadConfig(env, diskFiles, (read) => ({ ledger: read.ledger() }));
  if (!settings.ok) return [];
  const ledger = Ledger.open({ path: settings.value.config.ledger.path, mode: 'read-only' });
  if (!ledger.ok) return [];
  using open = ledger.value;
  const found = open.read.claims().map((claim) => OF_CLAIM[what](claim));
  return [...new Set(found)].filter((each) => PLAIN.test(each)).sort();
}
