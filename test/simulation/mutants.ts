import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SimDisk } from './disk.ts';
import { historyOf } from './history.ts';
import { MUTANTS, type Mutant } from './mutant-list.ts';
import { print } from './print.ts';
import { run } from './run.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['src', 'migrations', 'package.json', 'test/simulation'];

/**
 * Plants each bug in a copy of the program and lets the simulator hunt it.
 * @param only a part of the names; all without it
 * @returns 0 when every one was found
 */
export async function huntMutants(only: string | undefined, count: number): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => only === undefined || name.includes(only));
  const disk = new SimDisk();
  let missed = 0;
  const left = [...chosen];
  const work = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const found = await hunt(mutant, count, disk);
      if (found === undefined) missed += 1;
      const what = found ?? `not in ${count} histories`;
      print(`${found === undefined ? 'MISSED' : 'found '}  ${mutant.name} (${mutant.file}): ${what}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  print(`${chosen.length - missed} of ${chosen.length} planted bugs were found`);
  disk.remove();
  return missed === 0 ? 0 : 1;
}

async function hunt(mutant: Mutant, count: number, disk: SimDisk): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'routeflare-mutant-'));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(directory, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    plant(mutant, directory);
    return await findIn(directory, count, disk);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function plant({ file, find, replace, also }: Mutant, directory: string): void {
  const path = join(directory, 'src', file);
  const source = readFileSync(path, 'utf8');
  if (also !== undefined) {
    const other = join(directory, 'src', also.file);
    writeFileSync(other, readFileSync(other, 'utf8').replaceAll(also.find, also.replace));
  }
  if (source.split(find).length !== 2) throw new Error(`${file} has not exactly one "${find}"`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
}

/** What the bug broke first; a history that is broken without it shows nothing. */
async function findIn(directory: string, count: number, disk: SimDisk): Promise<string | undefined> {
  for (let from = 1; from <= count;) {
    const broken = await simulate(directory, from, count - from + 1);
    if (broken === undefined) return undefined;
    const seed = Number(/seed (?<seed>\d+)/.exec(broken)?.groups?.['seed']);
    if ((await run(historyOf(seed), disk)).failure === undefined) return broken;
    from = seed + 1;
  }
  return undefined;
}

/** What was broken first; nothing when all went well. */
function simulate(directory: string, from: number, count: number): Promise<string | undefined> {
  const script = join(directory, 'test/simulation/simulate.ts');
  const args = ['--from', String(from), '--count', String(count), '--quiet', '--workers', '1'];
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', () => done(/^broken by .*$/m.exec(output)?.[0].slice(0, 200)));
  });
}
