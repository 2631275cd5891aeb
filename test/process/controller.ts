import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from './eventually.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The program needs Node 24; vitest may have been started by an older one. */
const NODE =
  Number(process.versions.node.split('.')[0]) >= 24
    ? process.execPath
    : resolve(ROOT, 'node_modules/.bin/node');

/** Code compiled once for all of the processes: half of a start is that. */
const COMPILED = join(tmpdir(), 'routeflare-test-compiled');

const READY_MS = 45_000;

export type Env = Readonly<Record<string, string>>;

/** One line of the JSON log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface Exit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own, started from its sources. */
export class Controller {
  readonly #child: ChildProcess;
  readonly #ledgerPath: string;
  readonly #ended: Promise<Exit>;
  #stdout = '';
  #stderr = '';

  /** @param args the command line, `run` for the controller. */
  constructor(args: readonly string[], env: Env, cwd: string) {
    this.#ledgerPath = env['LEDGER_PATH'] ?? '';
    // Nothing of the surroundings gets in: a setting of the developer's shell would change what is tested.
    this.#child = spawn(NODE, [resolve(ROOT, 'src/main.ts'), ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd, NODE_COMPILE_CACHE: COMPILED, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (data) => (this.#stdout += String(data)));
    this.#child.stderr?.on('data', (data) => (this.#stderr += String(data)));
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) => ({
      code: typeof code === 'number' ? code : null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('it did not start');
    return pid;
  }

  /** Everything that it wrote to both streams. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get lines(): LogLine[] {
    const whole = this.#stdout.slice(0, this.#stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Its end, however it comes. */
  get ended(): Promise<Exit> {
    return this.#ended;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.#child.kill(signal);
    return this.#ended;
  }

  /** Stands still, as on a node that lost its network or its power for a while; `resume` ends that. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** SIGTERM, as Kubernetes ends a pod. */
  async stop(): Promise<Exit> {
    return this.kill('SIGTERM');
  }

  /** Waits until `/readyz` agrees. */
  async ready(): Promise<this> {
    await eventually(async () => {
      if (this.#child.exitCode !== null) return;
      const { status, body } = await this.page('/readyz');
      if (status !== 200) throw new Error(`not ready: ${body}\n${this.output.slice(-2000)}`);
    }, READY_MS);
    if (this.#child.exitCode !== null) throw new Error(`it ended: ${this.output.slice(-2000)}`);
    return this;
  }

  /** A page of its own server. Throws while nobody listens. */
  async page(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const port = this.lines.find((line) => line.msg.startsWith('serving'))?.['port'];
    if (typeof port !== 'number') throw new Error(`it does not listen yet: ${this.output.slice(-2000)}`);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: await answer.text() };
  }

  /** One sample of `/metrics`, named as there with its labels; 0 while it has no such line. */
  async metric(name: string): Promise<number> {
    const { body } = await this.page('/metrics');
    const line = body.split('\n').find((each) => each.startsWith(`routeflare_${name} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /**
   * Has all zones listed anew, as the drift schedule does, and waits until these zones were gone through. An
   * approval of nothing is the act that asks for it.
   */
  async check(...zones: readonly string[]): Promise<void> {
    const from = this.lines.length;
    await this.#act('approve', { recordIds: [] });
    await eventually(() => {
      const lines = this.lines.slice(from);
      const lists = lines.flatMap((line, index) => (line['operation'] === 'list-records' ? [index] : []));
      const last = lists[Math.max(1, zones.length) - 1];
      if (last === undefined) throw new Error('the zones were not listed');
      for (const zone of zones) {
        const passed = lines.findLastIndex((line) => line.msg === 'pass ended' && line['zone'] === zone);
        if (passed < (lists[0] ?? 0)) throw new Error(`zone ${zone} was not gone through`);
      }
    });
  }

  #act(name: string, input: unknown): Promise<unknown> {
    return new Promise((done, failed) => {
      const asked = request(
        { socketPath: `${this.#ledgerPath}.sock`, path: `/${name}`, method: 'POST' },
        (response) => {
          response.resume();
          response.on('end', () =>
            response.statusCode === 200 ? done(undefined) : failed(new Error(String(response.statusCode))),
          );
        },
      );
      asked.on('error', failed);
      asked.end(JSON.stringify(input));
    });
  }
}
