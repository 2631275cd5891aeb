import { spawn } from 'node:child_process';

/** What another run of this program answered. */
export interface CommandAnswer {
  /** `undefined` when it had to be ended. */
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** What starts this very program again, bundled or not: a file and what goes before the command's name. */
export function thisProgram(): readonly [file: string, args: readonly string[]] {
  const options = process.execArgv.filter((option) => !option.startsWith('--inspect'));
  return [process.execPath, [...options, process.argv[1] ?? '']];
}

/** Runs a command of this program to its end, or to the signal or the time limit. */
export async function runCommand(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<CommandAnswer> {
  const [file, args] = thisProgram();
  const child = spawn(file, [...args, ...words], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve({ code: undefined, out, err: cause.message }));
    child.once('close', (code) => resolve({ code: code ?? undefined, out, err }));
  });
}
