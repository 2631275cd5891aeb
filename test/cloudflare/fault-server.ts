import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the bytes of an answer reach the client. */
export type Delivery = 'whole' | 'in pieces' | 'cut off' | 'stalled' | 'reset';

export interface FaultyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly delivery: Delivery;
}

/** One request, and what was answered to it. */
export interface Served {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly answer: FaultyAnswer;
}

/** Answers each request as it is told to, over loopback. */
export class FaultServer implements AsyncDisposable {
  readonly #server = http.createServer((request, response) => {
    response.on('error', () => undefined);
    this.#answer(request, response);
  });
  served: Served[] = [];
  reply: (path: string, query: URLSearchParams) => FaultyAnswer = () => ({
    status: 500,
    headers: {},
    body: new Uint8Array(),
    delivery: 'whole',
  });

  async listen(): Promise<URL> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/client/v4`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const answer = this.reply(url.pathname, url.searchParams);
    this.served.push({ path: url.pathname, query: url.searchParams, answer });
    const { status, headers, body, delivery } = answer;
    if (delivery === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const half = Math.floor(body.byteLength / 2);
    const length =
      delivery === 'in pieces'
        ? {}
        : { 'content-length': String(body.byteLength + (delivery === 'whole' ? 0 : 1)) };
    response.writeHead(status, { ...headers, ...length });
    if (delivery === 'whole') response.end(body);
    else if (delivery === 'in pieces') {
      response.write(body.subarray(0, half));
      response.end(body.subarray(half));
    } else if (delivery === 'cut off') response.write(body, () => request.socket.destroy());
    else response.write(body.subarray(0, half));
  }
}
