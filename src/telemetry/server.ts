import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { err, ok, type Result } from '../domain/result.ts';
import { Crowd } from './crowd.ts';

/** The answer to one GET. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** By lower-case name, besides those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a page is told of the request. `host` is the header's, as it came. */
export interface Asked {
  readonly query: URLSearchParams;
  readonly host: string | undefined;
}

/** By path, without query. */
export type Pages = Readonly<Record<string, (asked: Asked) => Page | Promise<Page>>>;

export interface PageServer {
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Answers what is under way, then closes. */
  close(): Promise<void>;
}

const GRACE_MS = 1000;

/** A probe and a browser need a fraction of each. */
const LIMITS = {
  /** Bytes of all headers, the request line with them; more is 431. Cookies of other things on localhost come along. */
  maxHeaderSize: 16 * 1024,
  /** Milliseconds until the last header, and until the end of the request; later is 408. */
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
};
/** A client that takes nothing of its answer for so long is let go. */
const STALLED_MS = 15_000;
const MOST_CONNECTIONS = 100;

/**
 * Serves `pages` over HTTP to GET and HEAD, within limits of size, time and number of connections.
 * @returns the server once it listens, or why it cannot (a port that is taken)
 */
export async function servePages(
  address: { readonly host: string | undefined; readonly port: number },
  pages: Pages,
  onError: (cause: unknown) => void,
): Promise<Result<PageServer, string>> {
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, pages).catch((cause: unknown) => {
      onError(cause);
      if (!response.headersSent) response.writeHead(500, { 'content-length': 0 });
      response.end();
    });
  });
  const crowd = new Crowd(MOST_CONNECTIONS);
  server.on('connection', (socket) => crowd.add(socket));
  server.setTimeout(STALLED_MS);
  const failed = await listen(server, address);
  if (failed !== undefined) return err(failed);
  server.on('error', onError);
  const bound = server.address();
  return ok({
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close: () => close(server),
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  // Nobody has anything to send here, so nobody waits until it was read.
  if (hasBody(request)) response.shouldKeepAlive = false;
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const head = request.method === 'HEAD';
  if (page === undefined) return send(response, plain(404, 'not found\n'), head);
  if (request.method !== 'GET' && !head) {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, plain(405, 'only GET and HEAD\n'), head);
  }
  const asked = { query: new URLSearchParams(query.join('?')), host: request.headers.host };
  return send(response, await page(asked), head);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

export function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function send(response: ServerResponse, page: Page, head: boolean): void {
  response.writeHead(page.status, {
    ...page.headers,
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(head ? undefined : page.body);
}

function listen(
  server: Server,
  { host, port }: { readonly host: string | undefined; readonly port: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const refused = (cause: NodeJS.ErrnoException): void => {
      resolve(
        cause.code === 'EADDRINUSE'
          ? `port ${port} is taken by another process (HTTP_ADDRESS)`
          : `cannot listen on ${host ?? ''}:${port} (${cause.code ?? cause.message}; HTTP_ADDRESS)`,
      );
    };
    server.once('error', refused);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', refused);
      resolve(undefined);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
