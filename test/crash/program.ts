import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get, request } from 'node:http';
import { eventually } from '../process/eventually.ts';

export type Env = Readonly<Record<string, string>>;

/** The program, built, as a process that is there to be killed. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ledgerPath: string;
  readonly #ended: Promise<void>;
  output = '';
  #killed = false;

  constructor(bundle: string, env: Env, cwd: string) {
    this.#ledgerPath = env['LEDGER_PATH'] ?? '';
    this.#child = spawn(process.execPath, [bundle, 'run'], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.#ended = once(this.#child, 'close').then(() => {});
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** It ended, and nobody had asked it to. */
  get endedByItself(): boolean {
    return !this.#killed && !this.alive;
  }

  /** At once: nothing of the process runs after this, whatever it was at. */
  kill(): void {
    this.#killed = true;
    this.#child.kill('SIGKILL');
  }

  /** SIGTERM, as Kubernetes ends a pod. */
  async stop(): Promise<number | null> {
    this.#killed = true;
    this.#child.kill('SIGTERM');
    await this.#ended;
    return this.#child.exitCode;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }

  async ready(): Promise<void> {
    await eventually(async () => {
      if (!this.alive) throw new Error('it ended');
      const port = /"port":(\d+)/.exec(this.output)?.[1];
      if (port === undefined || (await statusOf(Number(port))) !== 200) throw new Error('not ready');
    }, 60_000);
  }

  /** A drift check now, waited for. */
  check(): Promise<void> {
    return new Promise((done, failed) => {
      const asked = request(
        { socketPath: `${this.#ledgerPath}.sock`, path: '/check', method: 'POST' },
        (response) => {
          response.resume();
          response.on('end', () =>
            response.statusCode === 200 ? done() : failed(new Error(`check: ${response.statusCode}`)),
          );
        },
      );
      asked.on('error', failed);
      asked.end('{"wait":true}');
    });
  }
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const asked = get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0));
  });
}
