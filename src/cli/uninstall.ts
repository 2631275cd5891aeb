import { counted } from '../domain/counted.ts';
import type { CommandContext } from './context.ts';
import { deliberate, withActor } from './deliberate.ts';
import { tell } from './open-ledger.ts';

/**
 * `routeflare uninstall [--keep-records]`: stops everything for good, then deletes the records that are ours, or
 * only takes their markers off. `--undo` lets the controller write again; what was deleted it makes anew.
 */
export async function uninstall(context: CommandContext): Promise<number> {
  const { flags } = context.args;
  const keepRecords = flags.has('keep-records');
  if (flags.has('undo')) {
    if (keepRecords) return tell(context, '--undo and --keep-records exclude each other');
    return withActor(context, async (actor) => {
      const failed = await actor.resume();
      if (failed !== undefined) return tell(context, failed);
      context.stdout.write('the controller writes again, from its next pass on\n');
      return 0;
    });
  }
  return deliberate(
    context,
    { kind: 'uninstall', keepRecords },
    {
      ask: (count) =>
        count === 0
          ? 'Stop all writing?'
          : `Stop all writing, then ${keepRecords ? 'take our marker off' : 'do this to'} ${count === 1 ? 'this record' : `these ${counted(count, 'record')}`}?`,
      nothing: '',
      always: true,
    },
  );
}
