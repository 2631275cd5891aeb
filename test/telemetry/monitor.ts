import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who is told things over HTTP, on loopback. */
export class Monitor {
  readonly heard: Heard[] = [];
  /** How the next requests are answered; `undefined` is not at all. */
  status: number | undefined = 200;
  readonly #server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    void text(request).then((body) => {
      this.heard.push({ method, path, headers, body });
      if (this.status === undefined) return;
      response.writeHead(this.status, { location: `${this.url}/elsewhere` });
      response.end('thank you');
    });
  });

  static async start(): Promise<Monitor> {
    const monitor = new Monitor();
    await new Promise<void>((resolve) => monitor.#server.listen(0, '127.0.0.1', resolve));
    return monitor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
