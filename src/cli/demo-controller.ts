import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { thisProgram } from './demo-command.ts';

/** How long a controller may take to finish its write in flight when it is asked to stop. */
const STOP_MS = 5_000;

/** `routeflare run`, as a process of its own, started by this very program. Its output goes to a file. */
export class DemoController {
  readonly pid: number | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #logPath: string;
  /** Where in the log this process begins. */
  readonly #logStart: number;
  #end: string | undefined;
  #wanted = false;

  private constructor(child: ChildProcess, logPath: string, logStart: number) {
    this.#child = child;
    this.pid = child.pid;
    this.#logPath = logPath;
    this.#logStart = logStart;
    this.#ended = new Promise((resolve) => {
      const ended = (how: string): void => {
        this.#end = how;
        process.off('exit', this.#killNow);
        resolve();
      };
      child.once('error', (cause) => ended(`the controller could not be started: ${cause.message}`));
      child.once('exit', (code, signal) =>
        ended(
          signal === null
            ? `the controller ended with exit code ${code ?? 'unknown'}`
            : `${signal} ended the controller`,
        ),
      );
    });
    process.once('exit', this.#killNow);
  }

  /** @param env all of its environment: nothing of this process's own is passed on */
  static start(env: Readonly<Record<string, string>>, logPath: string): DemoController {
    const logStart = existsSync(logPath) ? statSync(logPath).size : 0;
    const log = openSync(logPath, 'a');
    const [file, args] = thisProgram();
    const child = spawn(file, [...args, 'run'], {
      env: { ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return new DemoController(child, logPath, logStart);
  }

  /** How it came to an end that nobody here asked for; `undefined` while it runs. */
  get trouble(): string | undefined {
    return this.#wanted ? undefined : this.#end;
  }

  /** Where it serves its pages, once its log says so. */
  get pages(): string | undefined {
    const text = readFileSync(this.#logPath).subarray(this.#logStart).toString('utf8');
    const port = /"port":(\d+)/.exec(text)?.[1];
    return port === undefined ? undefined : `http://127.0.0.1:${port}`;
  }

  /** SIGKILL: no chance to finish anything. */
  async kill(): Promise<void> {
    this.#wanted = true;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.#wanted = true;
    this.#child.kill('SIGTERM');
    const patience = new AbortController();
    const late = sleep(STOP_MS, 'late' as const, { signal: patience.signal }).catch(() => undefined);
    if ((await Promise.race([this.#ended, late])) === 'late') this.#child.kill('SIGKILL');
    patience.abort();
    await this.#ended;
  }

  readonly #killNow = (): void => {
    this.#child.kill('SIGKILL');
  };
}
