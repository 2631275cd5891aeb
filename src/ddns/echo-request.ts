import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { parseAddress, type Family } from '../domain/address.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { whyAborted } from './deadline.ts';

/** The longest answer that is read. An address has 45 characters, a trace a few hundred. */
const ECHO_BODY_BYTES = 4_096;

/**
 * GETs an echo service over the family's own transport; a URL with an IP literal as it stands. Plain http only on
 * loopback, since anyone on the way could answer. Redirects are not followed, only a 200 counts, and no socket is
 * kept: it could outlive a change of the egress address and report the old one.
 * @param signal bounds the whole exchange, from the look-up of the name to the last byte
 * @returns the body, or why there is none, without anything of the URL beyond its host
 */
export async function askEcho(
  url: URL,
  family: Family,
  signal: AbortSignal,
): Promise<Result<string, string>> {
  if (url.protocol === 'http:' && !isLoopback(url)) return err('plain http is accepted on loopback only');
  try {
    return await exchange(url, family, signal);
  } catch (error) {
    return err(signal.aborted ? whyAborted(signal) : describeFailure(error, url, family));
  }
}

async function exchange(url: URL, family: Family, signal: AbortSignal): Promise<Result<string, string>> {
  const options: RequestOptions = {
    agent: false,
    signal,
    headers: { accept: 'text/plain', 'user-agent': 'routeflare' },
    ...(isIP(bareHost(url)) === 0 ? { family } : {}),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Result<string, string>>();
  const request = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, options, (response) => {
    readBody(response).then(resolve, reject);
  });
  request.on('error', reject);
  request.end();
  try {
    return await promise;
  } finally {
    request.destroy();
  }
}

async function readBody(response: IncomingMessage): Promise<Result<string, string>> {
  if (response.statusCode !== 200) return err(`HTTP status ${response.statusCode}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) return err('the answer is not made of bytes');
    bytes += chunk.length;
    if (bytes > ECHO_BODY_BYTES) return err(`the answer is longer than ${ECHO_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return ok(Buffer.concat(chunks).toString('utf8'));
}

const FAILURES: Readonly<Record<string, (host: string, family: Family) => string>> = {
  ENOTFOUND: (host, family) => `${host} has no IPv${family} address, or its name could not be looked up`,
  EAI_AGAIN: (host) => `the name ${host} could not be looked up`,
  ECONNREFUSED: () => 'the connection was refused',
  ECONNRESET: () => 'the connection was cut',
  ENETUNREACH: (_host, family) => `there is no IPv${family} route to it`,
  EHOSTUNREACH: (_host, family) => `there is no IPv${family} route to it`,
  EADDRNOTAVAIL: (_host, family) => `there is no IPv${family} route to it`,
};

/** The code alone: an error's message can hold more of the request than may be shown. */
function describeFailure(error: unknown, url: URL, family: Family): string {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return FAILURES[code]?.(url.hostname, family) ?? `the connection failed (${code})`;
}

function isLoopback(url: URL): boolean {
  if (url.hostname === 'localhost') return true;
  const address = parseAddress(bareHost(url));
  return address.ok && address.value.class === 'loopback';
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
