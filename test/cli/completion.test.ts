import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion } from '../../src/cli/completion.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import { aClaim, freshPath, openLedger, value } from '../ledger/fixture.ts';
import { runCommand } from './captured-context.ts';

const NAMES = ['*.example.com', 'app.example.com'];

/** What the program answers, as words for a shell. */
const ANSWERED = [
  ['names', NAMES.map((name) => `'${name}'`).join(' ')],
  ['zones', 'example.com'],
  ['namespaces', 'web'],
] as const;
const ANSWERS = `routeflare() { case "$*" in ${ANSWERED.map(([what, words]) => `'completion ${what}') printf '%s\\r\\n' ${words} ;;`).join(' ')} esac; }`;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(dir, 'routes.yaml'), '');
});
afterAll(() => rmSync(dir, { recursive: true }));

async function script(shell: string): Promise<string> {
  const { code, out } = await runCommand(completion, ['completion', shell]);
  expect(code).toBe(0);
  return out;
}

/** What `shell` offers for the last of these words; the program itself answers only for names. */
type Ask = (words: readonly string[]) => Promise<readonly string[]>;

const inBash: Ask = async (words) => {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const program = [
    await script('bash'),
    ANSWERS,
    `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _routeflare; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join('\n');
  return ran('bash', ['--norc', '-c', program]);
};

const inFish: Ask = async (words) => {
  const program = [
    await script('fish'),
    `function routeflare; switch "$argv"; ${ANSWERED.map(([what, words]) => `case 'completion ${what}'; printf '%s\\r\\n' ${words};`).join(' ')} end; end`,
    `complete -C '${words.join(' ')}'`,
  ].join('\n');
  return (await ran('fish', ['--no-config', '-c', program])).map((line) => line.split('\t')[0] ?? '');
};

/** zsh completes at a terminal only: one is played, and what the completion system was told to add is written down. */
const inZsh: Ask = async (words) => {
  const program = [
    'autoload -Uz compinit; compinit -D -u',
    ANSWERS,
    await script('zsh'),
    'compadd() { local -a found; builtin compadd -O found "$@"; (( $#found )) && print -rl -- $found >> $OUT }',
    `zle -C ask complete-word _main_complete; bindkey '^X' ask; PS1=ready`,
  ].join('\n');
  const out = join(dir, 'zsh-offers');
  writeFileSync(out, '');
  writeFileSync(join(dir, '.zshrc'), program);
  const play = [
    'zmodload zsh/zpty',
    `zpty shell env ZDOTDIR='${dir}' OUT='${out}' zsh -i`,
    'zpty -r shell seen "*ready*"',
    `zpty -w -n shell ${JSON.stringify(words.join(' '))}$'\\x18'`,
    'for i in {1..50}; do sleep 0.1; [[ -s $OUT ]] && sleep 0.3 && break; done; zpty -d shell',
  ].join('\n');
  await ran('zsh', ['-f', '-c', play], { OUT: out });
  // Some are added in two steps: counted first, shown then.
  const offered = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return [...new Set(offered)];
};

async function ran(
  shell: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { stdout, stderr, status } = spawnSync(shell, args, {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: dir, TERM: 'dumb', ...env },
    timeout: 60_000,
  });
  expect({ stderr, status }).toMatchObject({ stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** bash is on every machine that builds; the others where they are installed. */
const SHELLS = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
] as const satisfies readonly (readonly [string, Ask])[];

describe.each(
  SHELLS.filter(([shell]) =>
    ['/bin', '/usr/bin', '/usr/local/bin'].some((at) => existsSync(`${at}/${shell}`)),
  ),
)('in %s', (_, ask) => {
  test.each([
    [['routeflare', 'rec'], ['records']],
    [['routeflare', 'records', '--st'], ['--state']],
    [['routeflare', 'records', '--state', 'fr'], ['frozen']],
    [['routeflare', 'records', '--wide', '--output', 'j'], ['json']],
    [['routeflare', 'release', 'a'], ['app.example.com']],
    [['routeflare', 'records', '--zone', 'e'], ['example.com']],
    [['routeflare', 'records', '-n', 'w'], ['web']],
    [['routeflare', 'import', 'ext'], ['external-dns']],
    [['routeflare', 'help', 'unin'], ['uninstall']],
    [['routeflare', 'completion', 'z'], ['zsh']],
  ])('%j', async (words, offered) => {
    expect(await ask(words)).toEqual(offered);
  });
});

test('bash offers names as they are, a wildcard too, files, and a value behind the equals sign', async () => {
  expect(await inBash(['routeflare', 'explain', ''])).toEqual(NAMES);
  expect(await inBash(['routeflare', 'plan', '-f', 'rou'])).toEqual(['routes.yaml']);
  expect(await inBash(['routeflare', 'history', '--output', '=', 't'])).toEqual(['text']);
  expect(await inBash(['routeflare', 'import', '--owner', ''])).toEqual([]);
});

test('names are those of the ledger; without one there are none, and nothing is said', async () => {
  const path = freshPath();
  const open = openLedger(path);
  value(
    open.write((writer) => {
      const holder = { kind: 'HTTPRoute', namespace: '$(touch stolen)', name: 'app' } as const;
      writer.putClaim(
        aClaim({ recordId: 'hostile', holder, name: NAMES[0] as Hostname, content: '192.0.2.66' }),
      );
      for (const [index, name] of NAMES.entries()) {
        writer.putClaim(aClaim({ recordId: `r${index}`, name: name as Hostname }));
        writer.putClaim(
          aClaim({ recordId: `s${index}`, name: name as Hostname, type: 'AAAA', content: '2001:db8::1' }),
        );
      }
    }),
  );
  const ran = await runCommand(completion, ['completion', 'names'], { LEDGER_PATH: path });
  expect(ran).toMatchObject({ code: 0, out: `${NAMES.join('\n')}\n`, err: '' });
  const asked = async (what: string) =>
    (await runCommand(completion, ['completion', what], { LEDGER_PATH: path })).out;
  expect(await asked('zones')).toBe('example.com\n');
  expect(await asked('namespaces')).toBe('default\n');
  expect(await runCommand(completion, ['completion', 'names'], { LEDGER_PATH: freshPath() })).toMatchObject({
    code: 0,
    out: '',
    err: '',
  });
});

test('another shell is told which there are', async () => {
  expect(await runCommand(completion, ['completion', 'tcsh'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('bash, zsh, fish'),
  });
});
