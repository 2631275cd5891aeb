import { Writable } from 'node:stream';
import { parseArguments } from '../../src/cli/arguments.ts';
import type { Command, CommandContext } from '../../src/cli/context.ts';

class Sink extends Writable {
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
}

/** A context whose output is kept. */
export function capturedContext(env: CommandContext['env'] = {}, isTTY = false) {
  const stdout = new Sink();
  const stderr = new Sink();
  const context = {
    env,
    stdout,
    stderr,
    isTTY,
    columns: isTTY ? 80 : Number(env['COLUMNS'] ?? 0) || undefined,
  };
  const ran = (code: number): Ran => ({ code, out: stdout.text, err: stderr.text, bytes: stdout.bytes });
  return { context, ran };
}

/** Runs a command as the command line would, with its words parsed. */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  env: CommandContext['env'] = {},
  isTTY = false,
): Promise<Ran> {
  const invocation = parseArguments(argv);
  if (invocation.kind !== 'command') throw new Error(`not a command: ${JSON.stringify(invocation)}`);
  const { context, ran } = capturedContext(env, isTTY);
  return ran(await command({ ...context, args: invocation.args }));
}
