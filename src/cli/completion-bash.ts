import { ASKED, type OfferedCommand, type Offer } from './completion-words.ts';

/** The completion for bash, from 3.2 on. The words of it are plain: nothing in them means anything to a shell. */
export function bashCompletion(commands: readonly OfferedCommand[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      option.value === undefined
        ? []
        : [`    ${option.names.map((each) => `'${name} ${each}'`).join('|')}) ${bashOffer(option.value)} ;;`],
    ),
  );
  const rest = commands.map(({ name, options, operand }) => {
    const flags = options.flatMap(({ names }) => names).join(' ');
    return `    ${name}) flags='${flags} --help'; ${bashOffer(operand)} ;;`;
  });
  return `# Completion of routeflare for bash:  source <(routeflare completion bash)
_routeflare() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local words='' flags='' kind='' value=1 word
  COMPREPLY=()
  if [ "$current" = '=' ]; then current=''; elif [ "$before" = '=' ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [ "$COMP_CWORD" -eq 1 ]; then command=''; fi
  case "$command $before" in
${values.join('\n')}
    *) value='' ;;
  esac
  if [ -z "$value" ]; then
    case "$command" in
    '') words='${commands.map(({ name }) => name).join(' ')}' ;;
${rest.join('\n')}
    esac
    case "$current" in -*) words=$flags kind='' ;; esac
  fi
  # Of the ledger come names of hosts and namespaces only, so nothing in them is expanded.
  case "$kind" in ${ASKED.join('|')}) words=$("\${COMP_WORDS[0]}" completion "$kind" 2>/dev/null | tr -d "\\r") ;; esac
  if [ "$kind" = files ]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
  else
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _routeflare routeflare
`;
}

function bashOffer(offer: Offer): string {
  if (offer === 'nothing') return 'words=';
  return typeof offer === 'string' ? `kind=${offer}` : `words='${offer.join(' ')}'`;
}
