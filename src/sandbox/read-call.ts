import type { IncomingMessage } from 'node:http';
import type { Call } from './call-log.ts';
import { parseJson } from './json-value.ts';
import { readBody } from './loopback-server.ts';

/** Reads a request to its end. A query key that comes twice keeps its last value. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const at = performance.now();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const text = await readBody(request);
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    body: text === '' ? undefined : (parseJson(text) ?? text),
    at,
    status: undefined,
  };
}
