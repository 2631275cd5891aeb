import { counted } from '../domain/counted.ts';
import { parseHostname } from '../domain/hostname.ts';
import type { CommandContext } from './context.ts';
import { deliberate } from './deliberate.ts';
import { tell } from './open-ledger.ts';

const ask = (count: number): string =>
  `Take ${count === 1 ? 'this record' : `these ${counted(count, 'record')}`} over? From then on ${count === 1 ? 'it goes when its holder goes' : 'they go when their holders go'}.`;

/**
 * `routeflare adopt NAME`: takes over the unmarked records that block a name, also several, or a CNAME against an
 * address. `adopt --identical`: every unmarked record that is already exactly what is wanted.
 */
export async function adopt(context: CommandContext): Promise<number> {
  const { operands, flags } = context.args;
  const [raw] = operands;
  const identical = flags.has('identical');
  if (identical === (raw !== undefined)) return tell(context, 'adopt needs NAME, or --identical');
  if (raw === undefined) {
    const nothing = 'no unmarked record is exactly what is wanted';
    return deliberate(context, { kind: 'adopt-identical' }, { ask, nothing });
  }
  const name = parseHostname(raw);
  if (!name.ok) return tell(context, name.error);
  const nothing = `there is nothing to adopt at ${name.value}`;
  return deliberate(context, { kind: 'adopt', name: name.value }, { ask, nothing });
}
