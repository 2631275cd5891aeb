import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * One HTTP listener on 127.0.0.1 that can go away and come back on the same port.
 * Stopping ends every socket, a watch or a hanging answer included.
 */
export class LoopbackServer {
  readonly #handle: HttpHandler;
  #server: Server | undefined;
  #port: number;

  private constructor(handle: HttpHandler, port: number) {
    this.#handle = handle;
    this.#port = port;
  }

  /** @param port 0 lets the system choose one; it is kept over `stop` and `listen`. */
  static async start(handle: HttpHandler, port = 0): Promise<LoopbackServer> {
    const server = new LoopbackServer(handle, port);
    await server.listen();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  async listen(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => {
      response.on('error', () => undefined);
      this.#handle(request, response).catch(() => response.destroy());
    });
    // Longer than any client keeps an idle socket, so that the client is always the one who closes it.
    server.keepAliveTimeout = 120_000;
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

/** The whole body as text. Rejects when the client goes away first. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    if (chunk instanceof Buffer) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
