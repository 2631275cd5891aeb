import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isBrokenPipe } from './broken-pipe.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CommandContext } from './context.ts';
import { tell, withLedger } from './open-ledger.ts';

/** `routeflare ledger backup FILE|-`: a consistent copy while the controller runs. A file that is there stays. */
export async function ledger(context: CommandContext): Promise<number> {
  const [what, destination = ''] = context.args.operands;
  if (what !== 'backup') return tell(context, `ledger has no "${what}": ledger backup FILE, or - for output`);
  if (destination === '-') {
    if (context.isTTY) return tell(context, 'the copy is not text: send it to a file or a pipe');
    return withLedger(context, (opened) => backupToOutput(opened, context));
  }
  // The copy that is there may be the only one of a time before a mistake.
  if (existsSync(destination) && !context.args.flags.has('force')) {
    return tell(context, `${destination} is there already: choose another name, or --force replaces it`);
  }
  return withLedger(context, async (opened) => {
    const copied = await opened.backup(destination);
    if (!copied.ok) return tell(context, copied.error.message);
    context.stderr.write(`copied to ${destination}\n`);
    return 0;
  });
}

/** By way of a file beside the ledger: the only directory that is surely writable in the image. */
async function backupToOutput(opened: Ledger, context: CommandContext): Promise<number> {
  const directory = await mkdtemp(join(dirname(opened.path), '.backup-'));
  try {
    const file = join(directory, 'copy.db');
    const copied = await opened.backup(file);
    if (!copied.ok) return tell(context, copied.error.message);
    await pipeline(createReadStream(file), context.stdout, { end: false });
    return 0;
  } catch (error) {
    // Nobody is left to be told, and yet half a copy is none.
    if (isBrokenPipe(error)) return 1;
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
