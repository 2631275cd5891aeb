import http from 'node:http';
import https from 'node:https';
import type { Agent, IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../domain/result.ts';
import { unreachable, type ApiError } from './api-error.ts';

/** TCP probes on idle connections, so that a load balancer's silent drop is noticed by the kernel. */
const KEEP_ALIVE_MS = 15_000;

export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly headerTimeoutMs: number;
}

/** A failure of the network; `stale` when a kept connection had been closed under us, so that a read may be sent again. */
export interface ExchangeError extends ApiError {
  readonly stale: boolean;
}

/**
 * Sends one request and waits for the answer's headers. The signal stays in force until the answer is closed.
 * Never throws, and an answer that breaks later shows in its own stream.
 */
export async function exchange(url: URL, ask: Exchange): Promise<Result<IncomingMessage, ExchangeError>> {
  const { signal } = ask;
  if (signal?.aborted) return err({ ...unreachable('stopped'), stale: false });
  return new Promise((resolve) => {
    const transport = url.protocol === 'http:' ? http : https;
    const request = transport.request(url, {
      method: ask.method,
      headers: ask.headers,
      agent: ask.agent,
    });
    const abort = (): void => void request.destroy(new Error('stopped'));
    const late = (): void =>
      void request.destroy(new Error(`no answer within ${ask.headerTimeoutMs / 1000} s`));
    const timer = setTimeout(late, ask.headerTimeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    request.once('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    request.once('response', (response) => {
      clearTimeout(timer);
      response.once('close', () => signal?.removeEventListener('abort', abort));
      resolve(ok(response));
    });
    request.on('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      const stale = request.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
      resolve(err({ ...unreachable(`${url.host}: ${cause.message || (cause.code ?? cause.name)}`), stale }));
    });
    request.end(ask.body);
  });
}

/**
 * Reads a body to its end as UTF-8 text.
 * @param timeoutMs for the whole body; a slower one is cut off.
 */
export async function readBody(
  response: IncomingMessage,
  timeoutMs: number,
): Promise<Result<string, ApiError>> {
  const timer = setTimeout(() => {
    response.destroy(new Error(`the body did not end within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) {
      if (chunk instanceof Buffer) chunks.push(chunk);
    }
    return ok(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    return err(unreachable(cause instanceof Error ? cause.message : 'the body broke off'));
  } finally {
    clearTimeout(timer);
  }
}
