import { parseHostname } from '../domain/hostname.ts';
import { counted } from '../domain/counted.ts';
import { valueOf } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { deliberate } from './deliberate.ts';
import { tell } from './open-ledger.ts';

/** What the Go version wrote where it was given no id. */
const GO_OWNER = 'routeflare';

/**
 * `routeflare import external-dns --owner ID`: takes over what that TXT registry names and a source here wants, and takes
 * its TXT records away. `import routeflare`: what another Routeflare marked. `import --undo [NAME]`: the way back.
 */
export async function importRecords(context: CommandContext): Promise<number> {
  const { operands, flags } = context.args;
  const [first] = operands;
  if (flags.has('undo')) return undo(context, first === 'external-dns' ? undefined : first);
  switch (first) {
    case 'external-dns':
      return fromExternalDns(context);
    case 'routeflare':
      return fromRouteflare(context);
    default:
      return tell(context, 'import needs external-dns or routeflare, or --undo');
  }
}

function fromExternalDns(context: CommandContext): Promise<number> | number {
  const option = (name: string): string => valueOf(context.args, name) ?? '';
  const registry = {
    owner: option('owner'),
    prefix: option('txt-prefix'),
    suffix: option('txt-suffix'),
    wildcard: option('txt-wildcard-replacement'),
  };
  if (registry.prefix !== '' && registry.suffix !== '') {
    return tell(context, 'of --txt-prefix and --txt-suffix external-dns has only one');
  }
  return deliberate(
    context,
    { kind: 'import', registry },
    {
      ask: (count) =>
        `Is external-dns stopped, and shall ${count === 1 ? 'this be' : `these ${counted(count, 'step')} be`} done?`,
      nothing: (notes) => {
        if (registry.owner !== '') return `owner ${registry.owner} has nothing here that a source wants`;
        return notes === 0
          ? 'no zone has a TXT record of external-dns that can be read'
          : "give the one that is external-dns's --txt-owner-id";
      },
      notesTell: registry.owner !== '',
    },
  );
}

function fromRouteflare(context: CommandContext): Promise<number> {
  const owner = valueOf(context.args, 'owner') ?? GO_OWNER;
  return deliberate(
    context,
    { kind: 'import-marked', owner },
    {
      ask: (count) => `Is the other Routeflare stopped, and shall ${counted(count, 'record')} become ours?`,
      nothing: `no record marked ${owner} is left to be taken over`,
      notesTell: true,
    },
  );
}

function undo(context: CommandContext, raw: string | undefined): Promise<number> | number {
  if (raw === undefined) {
    const nothing = 'nothing imported from external-dns is ours';
    return deliberate(context, { kind: 'import-undo' }, { ask: askUndo, nothing });
  }
  const name = parseHostname(raw);
  if (!name.ok) return tell(context, name.error);
  const nothing = `nothing at ${name.value} was imported from external-dns`;
  return deliberate(context, { kind: 'import-undo', name: name.value }, { ask: askUndo, nothing });
}

function askUndo(count: number): string {
  return `Give ${counted(count, 'record')} back to external-dns?`;
}
