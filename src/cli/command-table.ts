import { CLAIM_STATES } from '../domain/claim.ts';

/** An option of one command: a flag, or one that takes a value. */
export interface OptionSpec {
  readonly summary: string;
  readonly short?: string;
  /** The value as the help names it; absent for a flag. */
  readonly value?: string;
  /** The only values allowed. */
  readonly words?: readonly string[];
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** How its operands are written, how many there may be, and what a shell offers for one. */
  readonly operands: {
    readonly text: string;
    readonly least: number;
    readonly most: number;
    readonly offers?: 'files' | 'names' | readonly string[];
  };
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** `chart`: the Deployment starts it; `pod`: where the ledger is; `anywhere`: needs neither. */
  readonly where: 'chart' | 'pod' | 'anywhere';
  /** Where else it runs, and when. */
  readonly elsewhere?: string;
  /** What exit code 2 means, where it has a meaning. */
  readonly two?: string;
}

const NONE = { text: '', least: 0, most: 0 };
const OUTPUT: OptionSpec = {
  summary: 'for people (default) or for programs',
  value: 'text|json',
  words: ['text', 'json'],
};
const YES: OptionSpec = { summary: 'do not ask (for scripts)' };
const WATCH: OptionSpec = { summary: 'go on, and show what changes, until Ctrl-C' };
const WIDE: OptionSpec = { summary: 'shorten nothing to fit the width of the terminal' };

/** Every command, in the order of the help. docs/commands.md. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'run',
    summary: 'the controller, until SIGTERM',
    operands: NONE,
    options: {},
    where: 'chart',
  },
  {
    name: 'plan',
    summary: 'what would change and why, by cluster or manifests; writes nothing',
    operands: { text: '', least: 0, most: Infinity, offers: 'files' },
    options: {
      file: {
        summary:
          'manifests instead of the cluster. They are no complete list: nothing is deleted because it is not in them',
        short: 'f',
        value: 'FILE|DIR|-',
      },
      'detailed-exitcode': { summary: 'exit 2 when there are changes' },
      markdown: { summary: 'as a comment for a pull request, with shortened addresses' },
      'show-addresses': { summary: 'shorten no address in Markdown' },
      output: OUTPUT,
    },
    where: 'pod',
    elsewhere: 'With -f it needs no ledger and no cluster, and runs anywhere.',
    two: 'there are changes, with --detailed-exitcode',
  },
  {
    name: 'demo',
    summary: 'all on this computer: no cluster, no token',
    operands: { text: '[FILE…]', least: 0, most: Infinity, offers: 'files' },
    options: { keep: { summary: 'stay up afterwards, for manifests of your own' } },
    where: 'anywhere',
  },
  {
    name: 'records',
    summary: 'what is managed: name, type, content, holder, state',
    operands: NONE,
    options: {
      zone: { summary: 'only this zone', value: 'ZONE' },
      namespace: { summary: 'only records held for this namespace', short: 'n', value: 'NAMESPACE' },
      state: { summary: 'only this state', value: 'STATE', words: CLAIM_STATES },
      watch: WATCH,
      wide: WIDE,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'history',
    summary: 'every change: when, from, to, why',
    operands: { text: '[NAME]', least: 0, most: 1, offers: 'names' },
    options: {
      limit: { summary: 'at most so many of the newest (default 50, 0 for all)', value: 'NUMBER' },
      watch: WATCH,
      wide: WIDE,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'explain',
    summary: 'why a name has, or lacks, its record: each check with its evidence',
    operands: { text: 'NAME|KIND/NS/NAME', least: 1, most: 1, offers: 'names' },
    options: { output: OUTPUT },
    where: 'pod',
  },
  {
    name: 'audit',
    summary: 'ledger, Cloudflare and cluster side by side: what disagrees, and the mend',
    operands: NONE,
    options: { watch: WATCH, output: OUTPUT },
    where: 'pod',
    two: 'they disagree about something',
  },
  {
    name: 'doctor',
    summary: 'token, cluster rights, ledger, voters and clock: what is wrong, and the mend',
    operands: NONE,
    options: { output: OUTPUT },
    where: 'pod',
  },
  {
    name: 'check',
    summary: 'have the running controller list Cloudflare now, and put right what drifted',
    operands: NONE,
    options: { wait: { summary: 'answer when all is done, with what came of it' }, output: OUTPUT },
    where: 'pod',
  },
  {
    name: 'adopt',
    summary: 'take over unmarked records that block a name',
    operands: { text: '[NAME]', least: 0, most: 1, offers: 'names' },
    options: {
      identical: { summary: 'instead of NAME: every unmarked record that is exactly what is wanted' },
      yes: YES,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'release',
    summary: 'let go of the records at a name, and refuse it to its source',
    operands: { text: 'NAME', least: 1, most: 1, offers: 'names' },
    options: {
      restore: { summary: 'put back what adopt found' },
      yes: YES,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'import',
    summary: 'take over in place what that one keeps and a source here wants',
    operands: {
      text: 'external-dns|routeflare',
      least: 0,
      most: 1,
      offers: ['external-dns', 'routeflare'],
    },
    options: {
      owner: {
        summary: "external-dns's --txt-owner-id, or the id in the markers (default routeflare)",
        value: 'ID',
      },
      'txt-prefix': { summary: 'as external-dns has it, with %{record_type}', value: 'PREFIX' },
      'txt-suffix': { summary: 'likewise', value: 'SUFFIX' },
      'txt-wildcard-replacement': { summary: 'likewise', value: 'WORD' },
      undo: { summary: 'give back to external-dns what was imported: at NAME, or all' },
      yes: YES,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'approve',
    summary: 'show held deletions, orphans and left records, and let them through once',
    operands: NONE,
    options: { yes: YES, output: OUTPUT },
    where: 'pod',
  },
  {
    name: 'uninstall',
    summary: 'stop all writing, then delete the records that are ours',
    operands: NONE,
    options: {
      'keep-records': { summary: 'take only the markers off' },
      undo: { summary: 'let the controller write again' },
      yes: YES,
      output: OUTPUT,
    },
    where: 'pod',
  },
  {
    name: 'ledger',
    summary: 'a consistent copy of the ledger, also while the controller runs',
    operands: { text: 'backup FILE|-', least: 2, most: 2, offers: ['backup'] },
    options: { force: { summary: 'replace FILE where it is there already' } },
    where: 'pod',
  },
  {
    name: 'probe',
    summary: 'the egress address per family, with every vote',
    operands: NONE,
    options: { output: OUTPUT },
    where: 'anywhere',
  },
  {
    name: 'completion',
    summary: 'the completion script of a shell, to be sourced',
    operands: { text: 'bash|zsh|fish', least: 1, most: 1, offers: ['bash', 'zsh', 'fish'] },
    options: {},
    where: 'anywhere',
  },
  {
    name: 'version',
    summary: 'the version of this program',
    operands: NONE,
    options: { output: OUTPUT },
    where: 'anywhere',
  },
];

export function commandNamed(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name);
}
