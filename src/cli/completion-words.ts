import { COMMANDS, type CommandSpec, type OptionSpec } from './command-table.ts';

/** What a shell asks of the ledger, by `routeflare completion WHAT`. */
export const ASKED = ['names', 'zones', 'namespaces'] as const;
export type Asked = (typeof ASKED)[number];

/** What may stand at a place: fixed words, a file, something of the ledger, or what nobody can guess. */
export type Offer = readonly string[] | 'files' | Asked | 'nothing';

export interface OfferedOption {
  /** `--watch`, and `-f` where there is a short one. */
  readonly names: readonly string[];
  readonly summary: string;
  /** What its value may be; absent for a flag. */
  readonly value?: Offer;
}

export interface OfferedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OfferedOption[];
  readonly operand: Offer;
}

/** The command table as the completion of any shell needs it. */
export function offeredCommands(): readonly OfferedCommand[] {
  const commands = COMMANDS.map((command) => offeredCommand(command));
  const names = commands.map(({ name }) => name);
  return [...commands, { name: 'help', summary: 'how a command is used', options: [], operand: names }];
}

function offeredCommand({ name, summary, options, operands }: CommandSpec): OfferedCommand {
  return {
    name,
    summary,
    options: Object.entries(options).map(([option, spec]) => offeredOption(option, spec)),
    operand: operands.offers ?? 'nothing',
  };
}

function offeredOption(name: string, { short, summary, value, words }: OptionSpec): OfferedOption {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  if (value === undefined) return { names, summary };
  return { names, summary, value: words ?? offerOf(value) };
}

function offerOf(value: string): Offer {
  if (value === 'ZONE') return 'zones';
  if (value === 'NAMESPACE') return 'namespaces';
  return value.startsWith('FILE') ? 'files' : 'nothing';
}
