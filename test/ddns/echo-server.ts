import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';

type LoopbackHost = '127.0.0.1' | '::1';

/** A local echo service, with what it saw. */
export interface EchoServer extends AsyncDisposable {
  readonly url: URL;
  readonly requests: IncomingMessage[];
  /** Connections that were opened since the start. */
  readonly connections: () => number;
}

export async function startEchoServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  host: LoopbackHost = '127.0.0.1',
): Promise<EchoServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: new URL(`http://${host === '::1' ? '[::1]' : host}:${address.port}/ip`),
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers 200 with this body. */
export const saying =
  (body: string, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/plain', ...headers }).end(body);
  };

/** A trace as Cloudflare sends it. */
export function traceBody(fields: Readonly<Record<string, string>>): string {
  const all = { fl: '1f1', h: '127.0.0.1', ip: '81.2.69.142', warp: 'off', gateway: 'off', ...fields };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** `::1` only where this machine has it. */
export function loopbackHosts(): LoopbackHost[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.some(({ address }) => address === '::1') ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}
