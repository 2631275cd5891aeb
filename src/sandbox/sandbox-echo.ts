import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, CallLog } from './call-log.ts';
import { answerVoter, type EchoBehaviour, type Family } from './echo-voter.ts';
import { LoopbackServer } from './loopback-server.ts';
import { readCall } from './read-call.ts';

export interface SandboxEchoOptions {
  /** Undefined, or absent: there is no network of that family. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Names of the voters' operators; `trace…` answers in Cloudflare's format. `ipify`, `trace`, `third` when absent. */
  readonly operators?: readonly string[];
}

/**
 * Services that tell a caller its public address. An operator has two voters, `<operator>4` and `<operator>6`,
 * and a listener of its own, so that a quorum by host and port counts it apart. Both families are asked over IPv4.
 */
export class SandboxEcho implements AsyncDisposable {
  readonly #addresses: Record<Family, string | undefined>;
  readonly #behaviours = new Map<string, EchoBehaviour>();
  readonly #servers = new Map<string, LoopbackServer>();
  readonly #log = new CallLog();

  private constructor(options: SandboxEchoOptions) {
    this.#addresses = { ipv4: options.ipv4, ipv6: options.ipv6 };
  }

  static async start(options: SandboxEchoOptions = {}): Promise<SandboxEcho> {
    const sandbox = new SandboxEcho(options);
    for (const operator of options.operators ?? ['ipify', 'trace', 'third']) {
      const server = await LoopbackServer.start(async (request, response) =>
        sandbox.#handle(request, response),
      );
      sandbox.#servers.set(operator, server);
    }
    return sandbox;
  }

  /** The first operator's listener; every listener answers for every voter. */
  get url(): string {
    return this.#servers.values().next().value?.url ?? '';
  }

  get calls(): readonly Call[] {
    return this.#log.all;
  }

  clearCalls(): void {
    this.#log.clear();
  }

  /** @param address undefined takes the family away: connections are reset. */
  setAddress(family: Family, address: string | undefined): void {
    this.#addresses[family] = address;
  }

  /** @param name such as `ipify4`. Throws Error when there is no such operator. */
  voter(name: string): string {
    const server = this.#servers.get(name.slice(0, -1));
    if (server === undefined) throw new Error(`the sandbox has no voter ${name}`);
    return `${server.url}/${name}`;
  }

  /** One URL an operator. */
  voters(family: Family): string[] {
    const digit = family === 'ipv4' ? '4' : '6';
    return [...this.#servers.keys()].map((operator) => this.voter(operator + digit));
  }

  /** @param behaviour undefined makes the voter honest again. */
  behave(name: string, behaviour: EchoBehaviour | undefined): void {
    if (behaviour === undefined) this.#behaviours.delete(name);
    else this.#behaviours.set(name, behaviour);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(async (server) => server.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.#log.add(await readCall(request));
    const name = call.path.slice(1);
    const voter = /^(\w+)([46])$/.exec(name);
    if (voter === null || !this.#servers.has(voter[1] ?? '')) {
      call.status = 404;
      response.writeHead(404).end();
      return;
    }
    call.status = answerVoter(response, {
      address: this.#addresses[voter[2] === '4' ? 'ipv4' : 'ipv6'],
      trace: name.startsWith('trace'),
      host: (request.headers.host ?? '').replace(/:\d+$/, ''),
      behaviour: this.#behaviours.get(name),
    });
  }
}
