import { COMMANDS, type CommandSpec } from './command-table.ts';
import { wrap } from './wrap.ts';

const WIDTH = 78;

/** All commands on one screen. */
export function helpForAll(): string {
  const rows = COMMANDS.map((command) => ({
    left: usage(command),
    right: `${command.summary}${command.where === 'pod' ? ' *' : ''}`,
  }));
  return [
    'Keeps Cloudflare DNS records for the routes of a Kubernetes cluster.',
    '',
    'Usage: routeflare COMMAND [OPTION…]',
    '',
    ...twoColumns(rows),
    '',
    '* needs the ledger, so it runs where the controller does:',
    '    kubectl -n routeflare exec -it deploy/routeflare -- routeflare COMMAND',
    '',
    'routeflare help COMMAND shows its options. Settings are environment variables:',
    'docs/settings.md. Exit codes: 0 fine; 1 wrong use, settings or failure;',
    `2 of ${withTwo()}: see their help.`,
    '',
  ].join('\n');
}

/** The commands that have something to say by exit code 2. */
function withTwo(): string {
  const names = COMMANDS.filter(({ two }) => two !== undefined).map(({ name }) => name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** One command with its options. */
export function helpFor(command: CommandSpec): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    left: `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    right: option.summary,
  }));
  return [
    `Usage: routeflare ${usage(command)}${options.length === 0 ? '' : ' [OPTION…]'}`,
    '',
    ...wrap(`${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`, WIDTH),
    '',
    ...(options.length === 0 ? [] : ['Options:', ...twoColumns(options), '']),
    'Exit codes:',
    '  0  fine',
    '  1  wrong use, settings or failure',
    ...(command.two === undefined ? [] : [`  2  ${command.two}`]),
    '',
    ...whereItRuns(command),
    '',
  ].join('\n');
}

function whereItRuns(command: CommandSpec): string[] {
  const asks = Object.hasOwn(command.options, 'yes');
  switch (command.where) {
    case 'chart':
      return ['In a cluster the chart starts it.'];
    case 'pod':
      return [
        'Runs where the ledger is, in the pod (in the namespace of the release):',
        `  kubectl -n routeflare exec ${asks ? '-it ' : ''}deploy/routeflare -- routeflare ${command.name} …`,
        ...(command.elsewhere === undefined ? [] : [command.elsewhere]),
      ];
    case 'anywhere':
      return ['Runs anywhere.'];
  }
}

function usage({ name, operands }: CommandSpec): string {
  return operands.text === '' ? name : `${name} ${operands.text}`;
}

function twoColumns(rows: readonly { readonly left: string; readonly right: string }[]): string[] {
  const indent = Math.max(...rows.map(({ left }) => left.length)) + 4;
  return rows.flatMap(({ left, right }) => {
    const lines = wrap(right, WIDTH - indent);
    return lines.map((line, at) => `${at === 0 ? `  ${left}`.padEnd(indent) : ' '.repeat(indent)}${line}`);
  });
}
