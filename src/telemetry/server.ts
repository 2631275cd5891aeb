import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { err, ok, type Result } from '../domain/result.ts';

/** The answer to one GET. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** By lower-case name, besides those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** By path, without query; the query is handed over. */
export type Pages = Readonly<Record<string, (query: URLSearchParams) => Page | Promise<Page>>>;

export interface PageServer {
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Answers what is under way, then closes. */
  close(): Promise<void>;
}

const GRACE_MS = 1000;

/**
 * Serves `pages` over HTTP to GET and HEAD.
 * @returns the server once it listens, or why it cannot (a port that is taken)
 */
export async function servePages(
  address: { readonly host: string | undefined; readonly port: number },
  pages: Pages,
  onError: (cause: unknown) => void,
): Promise<Result<PageServer, string>> {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, response, pages).catch((cause: unknown) => {
      onError(cause);
      if (!response.headersSent) response.writeHead(500, { 'content-length': 0 });
      response.end();
    });
  });
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
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const head = request.method === 'HEAD';
  if (page === undefined) return send(response, plain(404, 'not found\n'), head);
  if (request.method !== 'GET' && !head) {
    response.setHeader('allow', 'GET, HEAD');
    return send(response, plain(405, 'only GET and HEAD\n'), head);
  }
  return send(response, await page(new URLSearchParams(query.join('?'))), head);
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
