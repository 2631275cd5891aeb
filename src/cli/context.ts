import type { Writable } from 'node:stream';
import type { Operands } from './arguments.ts';

/** What a command is given. It answers its exit code: 0 fine; 1 wrong use, settings or failure; 2 as its help says. */
export interface CommandContext {
  readonly args: Operands;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean;
  /** Its width in characters; unknown for a pipe, where nothing is shortened. */
  readonly columns: number | undefined;
}

export type Command = (context: CommandContext) => Promise<number>;
