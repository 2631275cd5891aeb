import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from './sandbox-host.ts';

/** As the image starts it. */
export const NODE_FLAGS = ['--max-semi-space-size=1'];
const LONGEST_START_MS = 120_000;

export interface ProgramOptions {
  readonly bundle: string;
  readonly places: Places;
  /** Where the ledger, the token and the log are; kept from one start to the next. */
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further flags of Node, for profiles. */
  readonly flags?: readonly string[];
}

/** A directory for a ledger, that goes away with the run. */
export function scratch(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'routeflare-bench-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** `routeflare run` as a process of its own, in the environment that it has in a Pod. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** From the start of the process to the first 200 of `/readyz`. */
  readonly readyMs: number;

  private constructor(child: ChildProcess, readyMs: number) {
    this.#child = child;
    this.readyMs = readyMs;
  }

  static async start({ bundle, places, directory, env = {}, flags = [] }: ProgramOptions): Promise<Program> {
    writeFileSync(join(directory, 'token'), 'sandbox');
    writeFileSync(join(directory, 'ca.crt'), places.certificate.cert);
    const port = await freePort();
    const log = openSync(join(directory, 'log'), 'a');
    const begun = performance.now();
    const preload = ['--require', join(import.meta.dirname, 'service-account.cjs')];
    const child = spawn(process.execPath, [...NODE_FLAGS, ...flags, ...preload, bundle, 'run'], {
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        NODE_EXTRA_CA_CERTS: join(directory, 'ca.crt'),
        BENCH_SERVICE_ACCOUNT: directory,
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(places.kubernetesPort),
        POD_NAME: 'routeflare-0',
        POD_NAMESPACE: 'default',
        CLOUDFLARE_API_TOKEN: 'sandbox-token',
        CLOUDFLARE_BASE_URL: places.cloudflareUrl,
        LEDGER_PATH: join(directory, 'routeflare.db'),
        HTTP_ADDRESS: `127.0.0.1:${String(port)}`,
        DRIFT_SCHEDULE: '0 0 1 1 *',
        DDNS_SCHEDULE: '0 0 1 1 *',
        DELETE_DELAY: '1s',
        ...env,
      },
    });
    closeSync(log);
    for (const until = begun + LONGEST_START_MS; performance.now() < until; await sleep(3)) {
      if (child.exitCode !== null) break;
      if ((await statusOf(port)) === 200) return new Program(child, performance.now() - begun);
    }
    child.kill('SIGKILL');
    throw new Error(`not ready: ${readFileSync(join(directory, 'log'), 'utf8').slice(-2000)}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it as a rollout does. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on('error', () => resolve(0));
  });
}
