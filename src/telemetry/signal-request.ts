import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** One request to a monitor of the user's. */
export interface SignalRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DEADLINE_MS = 10_000;

/**
 * Sends it, within ten seconds. A redirect is not followed: the address is a secret, and not meant for elsewhere.
 * @returns why it failed, without anything of the address; `undefined` when it was answered with 2xx. Never rejects.
 */
export async function sendSignal(signal: SignalRequest, stop: AbortSignal): Promise<string | undefined> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const status = await exchange(signal, AbortSignal.any([stop, deadline]));
    return status >= 200 && status < 300 ? undefined : `it was answered with HTTP ${status}`;
  } catch (error) {
    if (deadline.aborted) return `there was no answer within ${DEADLINE_MS / 1000} s`;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return stop.aborted ? 'stopping' : `the connection failed (${code})`;
  }
}

async function exchange({ url, method, headers, body }: SignalRequest, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'http:' ? httpRequest : httpsRequest)(
    url,
    { agent: false, method, signal, headers: { 'user-agent': 'routeflare', ...headers } },
    resolve,
  );
  request.on('error', reject);
  request.end(body);
  try {
    return (await promise).statusCode ?? 0;
  } finally {
    // Its body is nobody's business.
    request.destroy();
  }
}
