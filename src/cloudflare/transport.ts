import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { parseAddress } from '../domain/address.ts';
import { errorCode } from './token.ts';

/** No answer, or no whole one. `sent`: whether the other side may have seen any of the request. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** An HTTP stack in the shape of `fetch`, without the memory of Node's own. */
export interface Transport {
  /** Rejects with a TransportError. Resolves with the whole body read, so an abort covers that too. */
  readonly fetch: (url: string | URL | Request, init?: SendInit) => Promise<Response>;
  /** Drops all connections. */
  readonly close: () => void;
}

/** What a write carries beside what `fetch` knows; the client hands it through with the members that it does know. */
export interface LastLook extends Pick<RequestInit, 'keepalive'> {
  /**
   * Asked when the connection stands and the next thing is the request's first byte: a reason ends it there.
   * Setting up a connection can take as long as the network is away.
   */
  readonly heldBack?: () => string | undefined;
}

type SendInit = RequestInit & LastLook;

/** Nothing else of what the client or the environment would add goes out. */
const HEADERS_SENT = ['accept', 'api-version', 'authorization', 'content-type'];

/** Bytes. A list page of 5,000 records has about 3 million. */
const BODY_LIMIT = 64 * 1024 * 1024;

// A free connection is dropped early: a write on one that the peer just closed would be in doubt.
const AGENT_OPTIONS = { keepAlive: true, maxSockets: 6, maxFreeSockets: 2, timeout: 45_000 } as const;

/** @throws TypeError unless the base URL is https, or http on loopback: the token must not travel in clear. */
export function createTransport(baseUrl: URL): Transport {
  const secure = baseUrl.protocol === 'https:';
  if (!secure && !(baseUrl.protocol === 'http:' && isLoopback(baseUrl.hostname))) {
    throw new TypeError(`${baseUrl.origin} is neither https nor http on loopback`);
  }
  const agent = secure ? new https.Agent(AGENT_OPTIONS) : new http.Agent(AGENT_OPTIONS);
  const request = (url: URL, options: RequestOptions): ClientRequest =>
    secure ? https.request(url, { ...options, agent }) : http.request(url, { ...options, agent });
  return {
    fetch: (url, init = {}) =>
      exchange(request, new URL(typeof url === 'object' && 'url' in url ? url.url : url), init),
    close: () => {
      agent.destroy();
    },
  };
}

async function exchange(
  request: (url: URL, options: RequestOptions) => ClientRequest,
  url: URL,
  init: SendInit,
): Promise<Response> {
  const body = typeof init.body === 'string' ? init.body : undefined;
  const all = new Headers(init.headers);
  const headers: Record<string, string | number> = { 'user-agent': 'routeflare' };
  for (const name of HEADERS_SENT) {
    const value = all.get(name);
    if (value !== null) headers[name] = value;
  }
  if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
  const method = init.method ?? 'GET';
  const call = request(url, { method, headers, ...(init.signal ? { signal: init.signal } : {}) });
  const secure = url.protocol === 'https:';
  const progress = watchSending(call, secure);
  try {
    const answer = await answerOf(call, () => endWhenFree(call, body, secure, init.heldBack));
    const bytes = await bodyOf(answer);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 599) throw new TypeError('a status that there is not');
    const bodiless = status === 204 || status === 205 || status === 304;
    return new Response(bodiless ? null : bytes, { status, headers: headersOf(answer) });
  } catch (error) {
    call.destroy();
    if (error instanceof HeldBack) throw new TransportError(error.message, false);
    throw new TransportError(reason(error, init.signal ?? undefined, url.host), progress.sent);
  }
}

class HeldBack extends Error {}

/** Sends the request; with `heldBack` not before a connection stands, and only if it has no reason then. */
function endWhenFree(
  call: ClientRequest,
  body: string | undefined,
  secure: boolean,
  heldBack: LastLook['heldBack'],
): void {
  if (heldBack === undefined) {
    call.end(body);
    return;
  }
  const leave = (): void => {
    const why = heldBack();
    if (why === undefined) call.end(body);
    else call.destroy(new HeldBack(why));
  };
  call.once('socket', (socket) => {
    // One that was waited for, while all were busy, stands already though it does not count as reused.
    if (!socket.connecting) leave();
    else socket.once(secure ? 'secureConnect' : 'connect', leave);
  });
}

function answerOf(call: ClientRequest, send: () => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.once('response', resolve);
    // Stays for later errors too: an "error" event without a listener would end the process.
    call.on('error', reject);
    send();
  });
}

async function bodyOf(answer: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a chunk of text where bytes were expected');
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw new RangeError('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Before the connection stands, TLS included, no byte of the request has left. */
function watchSending(call: ClientRequest, secure: boolean): { readonly sent: boolean } {
  const progress = { sent: false };
  call.once('socket', (socket) => {
    // A kept connection takes the bytes at once, and would keep a listener for an event that it had long ago.
    if (call.reusedSocket) {
      progress.sent = true;
      return;
    }
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      progress.sent = true;
    });
  });
  // Whatever the events of a socket were: an answer has a request.
  call.once('response', () => {
    progress.sent = true;
  });
  return progress;
}

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  return headers;
}

// The texts of system errors are left out: they can quote what was sent.
function reason(error: unknown, signal: AbortSignal | undefined, host: string): string {
  if (signal?.aborted === true) return `no whole answer from ${host} before the deadline`;
  if (error instanceof RangeError) return `the answer of ${host} is too long`;
  return `no whole answer from ${host} (${errorCode(error)})`;
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost') return true;
  const address = parseAddress(hostname.replace(/^\[|\]$/g, ''));
  return address.ok && address.value.class === 'loopback';
}
