import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** One program that serves, its output in a file. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly logPath: string;

  constructor(file: string, args: readonly string[], logPath: string) {
    this.logPath = logPath;
    this.#child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Of our own build: it ends with us, however we end.
      env: { ...process.env, EXIT_WITH_STDIN: '1' },
    });
    const log = createWriteStream(logPath, { flags: 'a' });
    this.#child.stdout?.pipe(log, { end: false });
    this.#child.stderr?.pipe(log, { end: false });
    this.#ended = once(this.#child, 'close').finally(() => log.end());
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.#child.kill(signal);
    await this.#ended;
  }
}

/** A port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
