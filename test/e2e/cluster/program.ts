import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { eventually } from '../../process/eventually.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** The program needs Node 24; the tests may have been started by an older one. */
export const NODE = resolve(ROOT, 'node_modules/.bin/node');
const BUNDLE = resolve(ROOT, 'dist/routeflare.mjs');

export type Env = Readonly<Record<string, string>>;

/** One line of the JSON log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** The bundle as a process of its own. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #stdout = '';
  #stderr = '';

  /** @param command what runs it, where that is not the bundle on this machine */
  constructor(args: readonly string[], env: Env, cwd: string, command: readonly string[] = [NODE, BUNDLE]) {
    const [file = '', ...first] = command;
    this.#child = spawn(file, [...first, ...args], {
      cwd,
      // Nothing of the surroundings gets in: a setting of the developer's shell would change what is tested.
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (data) => (this.#stdout += String(data)));
    this.#child.stderr?.on('data', (data) => (this.#stderr += String(data)));
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) =>
      typeof code === 'number' ? code : null,
    );
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** Everything that it wrote to both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get lines(): LogLine[] {
    return this.#stdout
      .slice(0, this.#stdout.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Its exit code; null when a signal ended it. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As Kubernetes ends a Pod. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** A page of its own server. Throws while nobody listens. */
  async page(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const port = this.lines.find((line) => line.msg.startsWith('serving'))?.['port'];
    if (typeof port !== 'number') throw new Error(`it does not listen: ${this.output.slice(-2000)}`);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: await answer.text() };
  }

  /** Waits until `/readyz` agrees. Throws Error with what it said when it does not, or ends. */
  async ready(withinMs = 30_000): Promise<this> {
    const waited = eventually(async () => {
      const { status, body } = await this.page('/readyz');
      if (status !== 200) throw new Error(`not ready: ${body}`);
    }, withinMs);
    try {
      await Promise.race([waited, this.#ended.then((code) => this.#failBecause(code))]);
    } catch (cause) {
      throw new Error(`the program is not ready: ${this.output.slice(-3000)}`, { cause });
    }
    return this;
  }

  #failBecause(code: number | null): never {
    throw new Error(`it ended with ${String(code)}`);
  }

  /** Resident memory now, in MiB. */
  async residentMiB(): Promise<number> {
    const { body } = await this.page('/metrics');
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(body)?.[1] ?? Number.NaN) / 2 ** 20;
  }
}
