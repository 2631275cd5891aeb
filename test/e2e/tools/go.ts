import { availableParallelism } from 'node:os';
import { attempt, command, watched } from './command.ts';

/** No C compiler is needed, and no state of the checkout gets into a binary. */
const ENV = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };

/** Runs `go` and shows what it says. */
export async function go(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await watched('go', args, { cwd, env: { ...ENV, ...env } });
}

/** Runs `go` for its answer. */
export async function goAnswer(args: readonly string[], cwd: string): Promise<string> {
  return command('go', args, { cwd, env: ENV });
}

/** Flags for a build that leaves a core to the rest of the machine. */
export function buildFlags(ldflags: string): string[] {
  const jobs = Math.max(2, availableParallelism() - 1);
  return ['-p', String(jobs), '-trimpath', '-ldflags', `-s -w ${ldflags}`];
}

/** A module in Go's cache: paths of its zip, whose checksum Go has compared, and of its go.mod. */
export interface Download {
  readonly zip: string;
  readonly goMod: string;
}

/**
 * Downloads a module without building any of it. Go ends in an error for one that asks for a newer Go than is
 * installed, but has the zip by then, and files of a zip need no Go.
 */
export async function download(module: string, version: string, cwd: string): Promise<Download> {
  const args = ['mod', 'download', '-json', `${module}@v${version}`];
  const { stdout, stderr } = await attempt('go', args, { cwd, env: ENV });
  const { Zip, Sum, GoMod } = JSON.parse(stdout || '{}') as Record<string, string>;
  if (Zip === undefined || Sum === undefined || GoMod === undefined) {
    throw new Error(`go ${args.join(' ')}: ${stdout}${stderr}`);
  }
  return { zip: Zip, goMod: GoMod };
}
