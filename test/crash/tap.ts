import {
  Agent,
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Judge, Reading } from './judge.ts';
import { readBatch, readReading } from './wire.ts';

/**
 * Where the process dies around one request.
 * - `before`: it was sent, and never took effect
 * - `late`: it was sent, and takes effect when the next process may be at work already
 * - `after`: it took effect, and nothing of the answer came
 * - `half`: half of the answer came
 * - `answered`: the whole answer came, and is being settled
 */
export type Phase = 'before' | 'late' | 'after' | 'half' | 'answered';

export const PHASES: readonly Phase[] = ['before', 'late', 'after', 'half', 'answered'];

/** What becomes of one request. */
export type Treatment =
  | { readonly kind: 'pass' }
  | { readonly kind: 'kill'; readonly phase: Phase; readonly lateMs: number }
  | { readonly kind: 'refuse'; readonly status: number }
  | { readonly kind: 'lose'; readonly applied: boolean }
  | { readonly kind: 'slow'; readonly ms: number };

export interface TapPorts {
  /** Where the sandbox listens. */
  readonly target: URL;
  readonly judge: Judge;
  readonly treat: (request: { readonly write: boolean }) => Treatment;
  readonly kill: () => void;
  /** A request of a dead process took effect. */
  readonly landed: () => void;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Stands between the controller and Cloudflare: sees every request and answer, and chooses when the process dies. */
export class Tap implements AsyncDisposable {
  readonly #ports: TapPorts;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #late = new Set<Promise<void>>();

  private constructor(ports: TapPorts) {
    this.#ports = ports;
    this.#server = createServer((request, response) => {
      response.on('error', () => {});
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 120_000;
  }

  static async start(ports: TapPorts): Promise<Tap> {
    const tap = new Tap(ports);
    await new Promise<void>((resolve) => tap.#server.listen(0, '127.0.0.1', resolve));
    return tap;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#ports.target.pathname}`;
  }

  /** Waits until no request of a dead process can take effect any more. */
  async nothingLate(): Promise<void> {
    await Promise.all(this.#late);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    const batch = request.method === 'POST' ? readBatch(path, body) : undefined;
    if (request.method !== 'GET' && batch === undefined)
      this.#ports.judge.unknownWrite(`${request.method} ${path}`);
    if (batch !== undefined) this.#ports.judge.sent(batch);
    const treatment = this.#ports.treat({ write: batch !== undefined });
    const forward = () => this.#forward(request, body, batch);
    switch (treatment.kind) {
      case 'pass':
        return this.#answer(path, response, await forward());
      case 'slow':
        await sleep(treatment.ms);
        return this.#answer(path, response, await forward());
      case 'refuse':
        this.#ports.judge.refused();
        return send(response, { status: treatment.status, contentType: 'application/json', body: REFUSAL });
      case 'lose':
        if (treatment.applied) await forward();
        request.socket.resetAndDestroy();
        return;
      case 'kill':
        return this.#die(path, response, treatment.phase, treatment.lateMs, forward);
    }
  }

  async #die(
    path: string,
    response: ServerResponse,
    phase: Phase,
    lateMs: number,
    forward: () => Promise<Answer>,
  ): Promise<void> {
    if (phase === 'before') return this.#ports.kill();
    if (phase === 'late') {
      this.#ports.kill();
      const landing = sleep(lateMs).then(async () => {
        this.#ports.landed();
        await forward();
      });
      this.#late.add(landing);
      await landing.finally(() => this.#late.delete(landing));
      return;
    }
    const answer = await forward();
    if (phase === 'half') {
      response.writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.body),
      });
      response.write(answer.body.slice(0, answer.body.length / 2));
    }
    if (phase === 'answered') {
      this.#answer(path, response, answer);
      await new Promise<void>((resolve) => response.once('finish', resolve));
    }
    this.#ports.kill();
  }

  #answer(path: string, response: ServerResponse, answer: Answer): void {
    const reading: Reading | undefined = readReading(path, answer.status, answer.body);
    if (reading !== undefined) this.#ports.judge.read(reading);
    if (response.req.method !== 'GET' && answer.status !== 200) this.#ports.judge.refused();
    send(response, answer);
  }

  async #forward(request: IncomingMessage, body: string, batch: Batch | undefined): Promise<Answer> {
    const before = batch === undefined ? undefined : this.#ports.judge.before(batch);
    const answer = await this.#askSandbox(request, body);
    if (batch !== undefined && before !== undefined && answer.status === 200)
      this.#ports.judge.applied(batch, before, answer.body);
    return answer;
  }

  #askSandbox(request: IncomingMessage, body: string): Promise<Answer> {
    const { host: _, ...headers } = request.headers;
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#ports.target;
      const { method, url: path } = request;
      const sent = ask({ agent: this.#agent, hostname, port, method, path, headers }, (answer) => {
        bodyOf(answer)
          .then((text) =>
            resolve({
              status: answer.statusCode ?? 0,
              contentType: answer.headers['content-type'] ?? '',
              body: text,
            }),
          )
          .catch(reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

const REFUSAL = JSON.stringify({
  success: false,
  errors: [{ code: 10_001, message: 'Internal service error' }],
  messages: [],
  result: null,
});

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
