import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Places, SandboxHost } from './sandbox-host.ts';
import type { Answer, Ask } from './sandbox-process.ts';

type Method = Ask['method'];

const QUIET_MS = 700;
const LONGEST_WAIT_MS = 90_000;

/** The process with the two APIs, as the benchmark talks to it. */
export class Sandbox implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  readonly places: Places;
  #last = 0;

  private constructor(child: ChildProcess, places: Places) {
    this.#child = child;
    this.places = places;
    child.on('message', (message) => this.#answered(message as Answer));
  }

  static async start(): Promise<Sandbox> {
    const child = fork(new URL('sandbox-process.ts', import.meta.url), { serialization: 'advanced' });
    const places = await new Promise<Places>((resolve, reject) => {
      child.once('message', (message) => resolve((message as { value: Places }).value));
      child.once('exit', (code) => reject(new Error(`the sandbox ended with ${String(code)}`)));
    });
    return new Sandbox(child, places);
  }

  call<M extends Method>(
    method: M,
    ...args: Parameters<SandboxHost[M]>
  ): Promise<Awaited<ReturnType<SandboxHost[M]>>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#child.send({ id, method, args } satisfies Ask);
    });
  }

  /** Waits until the zone has that many records and Cloudflare was left in peace for a while. */
  async settled(records: number): Promise<void> {
    for (const until = performance.now() + LONGEST_WAIT_MS; performance.now() < until; await sleep(50)) {
      const state = await this.call('state');
      if (state.records === records && state.quietMs > QUIET_MS) return;
    }
    const state = await this.call('state');
    throw new Error(`${String(state.records)} records where ${String(records)} were to be`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }

  #answered(message: Answer): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.value);
  }
}
