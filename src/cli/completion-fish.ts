import type { Asked, OfferedCommand, Offer } from './completion-words.ts';

/** The completion for fish. */
export function fishCompletion(commands: readonly OfferedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, operand }) => [
    `complete -c routeflare -n __routeflare_first -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => {
      const names = option.names.map((each) =>
        each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
      );
      const value = option.value === undefined ? '' : ` ${fishValue(option.value)}`;
      return `complete -c routeflare -n '__routeflare_in ${name}' ${names.join(' ')}${value} -d ${quoted(option.summary)}`;
    }),
    ...(operand === 'nothing'
      ? []
      : [`complete -c routeflare -n '__routeflare_in ${name}' ${fishOperand(operand)}`]),
  ]);
  return `# Completion of routeflare for fish:  routeflare completion fish | source
function __routeflare_first
  test (count (commandline -opc)) -eq 1
end
function __routeflare_in
  set -l words (commandline -opc)
  test (count $words) -gt 1; and test $words[2] = $argv[1]
end
complete -c routeflare -f
${lines.join('\n')}
`;
}

function asked(what: Asked): string {
  return `'(routeflare completion ${what} 2>/dev/null | string trim)'`;
}

function fishValue(offer: Offer): string {
  if (offer === 'files') return '-r -F';
  if (offer === 'nothing') return '-x';
  return `-x -a ${typeof offer === 'string' ? asked(offer) : `'${offer.join(' ')}'`}`;
}

function fishOperand(offer: Offer): string {
  if (offer === 'files') return '-F';
  if (offer === 'nothing') return '';
  return `-a ${typeof offer === 'string' ? asked(offer) : `'${offer.join(' ')}'`}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
