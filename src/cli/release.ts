import { parseHostname } from '../domain/hostname.ts';
import type { CommandContext } from './context.ts';
import { deliberate } from './deliberate.ts';
import { tell } from './open-ledger.ts';

/** `routeflare release NAME [--restore]`: marker and row go, the records stay, or become what `adopt` found. */
export async function release(context: CommandContext): Promise<number> {
  const { operands, flags } = context.args;
  const name = parseHostname(operands[0] ?? '');
  if (!name.ok) return tell(context, name.error);
  const restore = flags.has('restore');
  return deliberate(
    context,
    { kind: 'release', name: name.value, restore },
    {
      ask: () => `Let go of ${name.value}?`,
      nothing: `nothing at ${name.value} is ours to release`,
    },
  );
}
