import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MUTANTS } from './mutant-list.ts';
import type { Mutant } from './mutant.ts';
import { print } from './print.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['src', 'migrations', 'package.json', 'test'];
/** A bug can keep the program from ever coming to an end. */
const LONGEST_START_MS = 60_000;
const LONGEST_HISTORY_MS = 1_000;
const LONGEST_WORDS = 300;

/** How a hunt for one bug ended: what it broke, and in which history from the first. */
type Hunted = { readonly broken: string; readonly histories: number } | undefined;

/**
 * Plants each bug in a copy of the program and lets the simulator hunt it.
 * @param only a part of the names; all without it
 * @param count histories that are played for each
 * @returns 0 when every one was found
 */
export async function huntMutants(only: string | undefined, count: number, workers: number): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
  if (chosen.length === 0) throw new Error(`no planted bug is named "${only}"`);
  const begun = performance.now();
  let missed = 0;
  const left = [...chosen];
  const work = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const since = performance.now();
      const found = await hunt(mutant, count);
      if (found === undefined) missed += 1;
      const what =
        found === undefined ? `MISSED in ${count}` : `found in ${String(found.histories).padStart(5)}`;
      const where = `${secondsSince(since).padStart(4)} s  ${mutant.name} (${mutant.file})`;
      print(`${what} histories, ${where}${found === undefined ? '' : `\n    ${found.broken}`}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  print(
    `${chosen.length - missed} of ${chosen.length} planted bugs were found, in ${secondsSince(begun)} s by ${workers} workers`,
  );
  return missed === 0 ? 0 : 1;
}

function secondsSince(begun: number): string {
  return String(Math.round((performance.now() - begun) / 1000));
}

async function hunt(mutant: Mutant, count: number): Promise<Hunted> {
  const directory = mkdtempSync(join(tmpdir(), 'routeflare-mutant-'));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(directory, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    plant(mutant, directory);
    return await findIn(directory, mutant.favours ?? [], count);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function plant({ file, find, replace, also }: Mutant, directory: string): void {
  const sources = join(directory, 'src');
  const change = (path: string, to: (source: string) => string): void =>
    writeFileSync(join(sources, path), to(readFileSync(join(sources, path), 'utf8')));
  change(file, (source) => {
    if (source.split(find).length !== 2) throw new Error(`${file} has not exactly one "${find}"`);
    return source.replace(find, () => replace);
  });
  if (also !== undefined) change(also.file, (source) => source.replaceAll(also.find, () => also.replace));
}

/** What the bug broke first; a history that is broken without it shows nothing. */
async function findIn(directory: string, favours: readonly string[], count: number): Promise<Hunted> {
  for (let from = 1; from <= count;) {
    const broken = await simulate(directory, favours, from, count - from + 1);
    if (broken === undefined) return undefined;
    const seed = Number(/seed (?<seed>\d+)/.exec(broken)?.groups?.['seed']);
    if ((await simulate(ROOT, favours, seed, 1)) === undefined) return { broken, histories: seed };
    from = seed + 1;
  }
  return undefined;
}

/** What was broken first; nothing when all went well, or when it did not end. */
function simulate(
  directory: string,
  favours: readonly string[],
  from: number,
  count: number,
): Promise<string | undefined> {
  const script = join(directory, 'test/simulation/simulate.ts');
  const range = ['--from', String(from), '--count', String(count), '--quiet', '--workers', '1'];
  const args = favours.length === 0 ? range : [...range, '--favour', favours.join(', ')];
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST_START_MS + count * LONGEST_HISTORY_MS,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const broken = /^broken by .*$/m.exec(output)?.[0].slice(0, LONGEST_WORDS);
      // Its last word is how long it took.
      if (broken === undefined && signal === null && !output.includes(' histories in '))
        fail(new Error(`the simulator itself ended with ${String(code)}`));
      else done(broken);
    });
  });
}
