import type { OfferedCommand, OfferedOption, Offer } from './completion-words.ts';

/** The completion for zsh; it can be sourced, or lie in `$fpath` as `_routeflare`. */
export function zshCompletion(commands: readonly OfferedCommand[]): string {
  const cases = commands.map(({ name, options, operand }) => {
    const specs = [...options.flatMap((option) => zshOption(option)), zshOperand(operand)];
    return `    ${name}) _arguments ${specs.map((spec) => `\\\n      ${quoted(spec)}`).join(' ')} ;;`;
  });
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef routeflare
# Completion of routeflare for zsh:  source <(routeflare completion zsh)
_routeflare_asked() {
  local -a names
  names=(\${(f)"$(routeflare completion $argv[-1] 2>/dev/null | tr -d '\\r')"})
  compadd -a names
}
_routeflare_commands() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  _describe command commands
}
_routeflare() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C '1: :_routeflare_commands' '*:: :->rest'
  [[ $state = rest ]] || return
  case $words[1] in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _routeflare ]; then _routeflare "$@"; else compdef _routeflare routeflare; fi
`;
}

function zshOption({ names, summary, value }: OfferedOption): readonly string[] {
  const told = summary.replaceAll(/[\][\\]/g, '\\$&');
  const after = value === undefined ? '' : `: :${zshOffer(value)}`;
  return names.map((name) => `*${name}[${told}]${after}`);
}

function zshOperand(operand: Offer): string {
  return `*: :${zshOffer(operand)}`;
}

function zshOffer(offer: Offer): string {
  switch (offer) {
    case 'nothing':
      return '';
    case 'files':
      return '_files';
    default:
      return typeof offer === 'string' ? `_routeflare_asked ${offer}` : `(${offer.join(' ')})`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
