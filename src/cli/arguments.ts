import { parseArgs } from 'node:util';
import { nearMiss } from '../config/near-miss.ts';
import { COMMANDS, commandNamed, type CommandSpec, type OptionSpec } from './command-table.ts';

/** What stood behind the command's name, checked against its table row. */
export interface Operands {
  readonly operands: readonly string[];
  /** Values of options that take one, by long name, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
}

/** What the words on the command line ask for. */
export type Invocation =
  | { readonly kind: 'command'; readonly command: CommandSpec; readonly args: Operands }
  | { readonly kind: 'help'; readonly command: CommandSpec | undefined }
  | { readonly kind: 'wrong'; readonly message: string; readonly hint: string };

/** The last value of an option, as a later one overrules. */
export function valueOf(args: Operands, option: string): string | undefined {
  return args.values.get(option)?.at(-1);
}

/** Reads the words behind the program's name. Values of unknown options are never repeated: one may be a token. */
export function parseArguments(argv: readonly string[]): Invocation {
  const [first, ...rest] = argv;
  if (first === undefined) return wrong('no command given', 'routeflare help lists them');
  if (first === 'help') return parseHelp(rest);
  if (first === '--help' || first === '-h') return { kind: 'help', command: undefined };
  const command = commandNamed(first === '--version' || first === '-V' ? 'version' : first);
  if (command !== undefined) return parseCommand(command, rest);
  if (first.startsWith('-'))
    return wrong(`${optionName(first)} stands before a command`, 'the command goes first');
  return unknownCommand(first);
}

function parseHelp(rest: readonly string[]): Invocation {
  const [name] = rest;
  if (name === undefined || name.startsWith('-')) return { kind: 'help', command: undefined };
  const command = commandNamed(name);
  return command === undefined ? unknownCommand(name) : { kind: 'help', command };
}

function parseCommand(command: CommandSpec, rest: readonly string[]): Invocation {
  const { tokens } = parseArgs({
    args: [...rest],
    options: parseArgsOptions(command.options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help' || token.rawName === '-h') return { kind: 'help', command };
    const spec = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined;
    if (spec === undefined) return unknownOption(command, token.rawName);
    const fault = faultOf(token, spec);
    if (fault !== undefined) return wrong(fault, hintFor(command));
    if (spec.value === undefined) flags.add(token.name);
    else {
      const value = spec.words === undefined ? (token.value ?? '') : (token.value ?? '').toLowerCase();
      values.set(token.name, [...(values.get(token.name) ?? []), value]);
    }
  }
  const { least, most, text } = command.operands;
  if (operands.length < least) return wrong(`${command.name} needs ${text}`, hintFor(command));
  const surplus = operands[most];
  if (surplus !== undefined) return wrong(`"${surplus}" is one argument too many`, hintFor(command));
  return { kind: 'command', command, args: { operands, values, flags } };
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function faultOf({ rawName, value, inlineValue }: OptionToken, spec: OptionSpec): string | undefined {
  if (spec.value === undefined) return inlineValue === true ? `${rawName} takes no value` : undefined;
  const missing = value === undefined || (inlineValue !== true && value !== '-' && value.startsWith('-'));
  if (missing) return `${rawName} needs a value: ${spec.value}`;
  if (spec.words === undefined || spec.words.includes(value.toLowerCase())) return undefined;
  return `${rawName} cannot be "${value}": one of ${spec.words.join(', ')}`;
}

function parseArgsOptions(
  specs: CommandSpec['options'],
): Record<string, { type: 'string' | 'boolean'; multiple: boolean; short?: string }> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        multiple: true,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
}

function unknownCommand(name: string): Invocation {
  const meant = nearMiss(
    name,
    COMMANDS.map((command) => command.name),
  );
  const hint = meant === undefined ? 'routeflare help lists them' : `did you mean ${meant}?`;
  return wrong(`there is no command "${name}"`, hint);
}

function unknownOption(command: CommandSpec, rawName: string): Invocation {
  const message = `${command.name} has no option ${optionName(rawName)}`;
  if (/token|key|secret/i.test(rawName)) {
    return wrong(message, 'the token is set by CLOUDFLARE_API_TOKEN or CLOUDFLARE_API_TOKEN_FILE only');
  }
  const meant = nearMiss(rawName.replace(/^-+/, ''), Object.keys(command.options));
  return wrong(message, meant === undefined ? hintFor(command) : `did you mean --${meant}?`);
}

function optionName(raw: string): string {
  return raw.split('=', 1)[0] ?? raw;
}

function hintFor(command: CommandSpec): string {
  return `routeflare help ${command.name}`;
}

function wrong(message: string, hint: string): Invocation {
  return { kind: 'wrong', message, hint };
}
