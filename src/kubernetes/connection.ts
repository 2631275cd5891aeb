import http from 'node:http';
import https from 'node:https';
import type { Agent, IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { err, ok, type Result } from '../domain/result.ts';
import { badAnswer, errorOfAnswer, unreachable, type ApiError } from './api-error.ts';
import type { Access, Endpoint, TlsMaterial } from './endpoint.ts';
import { exchange, readBody } from './http-exchange.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** From the server's root, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; default `application/json`. A patch names its own. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Until the answer's headers; default 15 s. */
  readonly headerTimeoutMs?: number;
  /** For the whole body, of `json` only; default 60 s. */
  readonly bodyTimeoutMs?: number;
}

/**
 * One API server over one pool of kept connections. Every failure is a value; a 401 makes the credentials be
 * read again, and where they changed the request is sent once more.
 */
export class Connection implements Disposable {
  readonly #endpoint: Endpoint;
  readonly #agents = new Set<Agent>();
  #agent: { readonly tls: TlsMaterial; readonly agent: Agent } | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** For people: scheme, host and port. */
  get server(): string {
    return this.#endpoint.server.origin;
  }

  /** The namespace we are in, where one is known. */
  namespace(): Promise<string | undefined> {
    return this.#endpoint.namespace();
  }

  /** The answer's JSON, of any 2xx. */
  async json(request: ApiRequest): Promise<Result<unknown, ApiError>> {
    const answer = await this.stream(request);
    if (!answer.ok) return answer;
    const body = await readBody(answer.value, request.bodyTimeoutMs ?? 60_000);
    if (!body.ok) return body;
    try {
      const value: unknown = JSON.parse(body.value);
      return ok(value);
    } catch {
      return err(badAnswer(`${request.path}: the answer is not JSON`, answer.value.statusCode));
    }
  }

  /** A successful answer whose body is still to be read; the reader must end it or destroy it. */
  async stream(request: ApiRequest): Promise<Result<IncomingMessage, ApiError>> {
    const access = await this.#endpoint.access();
    if (!access.ok) return err(unreachable(access.error));
    const answer = await this.#send(request, access.value);
    if (answer.ok || answer.error.kind !== 'unauthorized') return answer;
    this.#endpoint.refused();
    const fresh = await this.#endpoint.access();
    if (!fresh.ok || isDeepStrictEqual(fresh.value, access.value)) return answer;
    return this.#send(request, fresh.value);
  }

  async #send(request: ApiRequest, access: Access): Promise<Result<IncomingMessage, ApiError>> {
    const url = this.#urlOf(request);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const ask = {
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': 'routeflare',
        ...(body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        ...access.headers,
      },
      agent: access.agent ?? this.#agentFor(access.tls),
      body,
      signal: request.signal,
      headerTimeoutMs: request.headerTimeoutMs ?? 15_000,
    };
    let answer = await exchange(url, ask);
    if (!answer.ok && answer.error.stale && request.method === 'GET') answer = await exchange(url, ask);
    if (!answer.ok) {
      const { stale: _, ...error } = answer.error;
      return err(error);
    }
    const { statusCode = 0, headers } = answer.value;
    if (statusCode >= 200 && statusCode < 300) return ok(answer.value);
    const words = await readBody(answer.value, 5000);
    return err(errorOfAnswer(statusCode, words.ok ? words.value : '', headers['retry-after']));
  }

  #urlOf(request: ApiRequest): URL {
    const { server } = this.#endpoint;
    const url = new URL(server);
    url.pathname = server.pathname.replace(/\/$/, '') + request.path;
    url.search = new URLSearchParams(request.query).toString();
    return url;
  }

  #agentFor(tls: TlsMaterial): Agent {
    if (this.#agent !== undefined && isDeepStrictEqual(this.#agent.tls, tls)) return this.#agent.agent;
    if (this.#agent !== undefined) retire(this.#agent.agent);
    const secure = this.#endpoint.server.protocol === 'https:';
    const agent = secure ? new https.Agent({ keepAlive: true, ...tls }) : new http.Agent({ keepAlive: true });
    this.#agents.add(agent);
    this.#agent = { tls, agent };
    return agent;
  }

  /** Closes every connection, those in use too. */
  [Symbol.dispose](): void {
    for (const agent of this.#agents) agent.destroy();
    this.#agents.clear();
    this.#agent = undefined;
  }
}

/** Lets the requests under way finish, and keeps none of the connections after that. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
