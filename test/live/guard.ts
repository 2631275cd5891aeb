import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { isObject, type JsonObject, parseJson } from '../../src/sandbox/json-value.ts';
import { LoopbackServer, readBody } from '../../src/sandbox/loopback-server.ts';

export interface GuardOptions {
  /** The API behind it, with the path of its version. */
  readonly upstream: URL;
  readonly zoneId: string;
  readonly zoneName: string;
  /** The label that every name must end in, before the zone's. */
  readonly prefix: string;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Stands between the adapter and the API. Reads pass. Of writes only a batch in the one zone passes, and only
 * when each name in it, and each name that an id in it has at that moment, ends in the prefix. All else is
 * answered 403 here and goes no further.
 */
export class Guard implements AsyncDisposable {
  readonly #options: GuardOptions;
  readonly #refusals: string[] = [];
  #server: LoopbackServer | undefined;

  /** @throws TypeError on a prefix that is no long random label: a short one could be somebody's name. */
  constructor(options: GuardOptions) {
    if (!/^routeflare-live-[0-9a-f]{16}$/.test(options.prefix)) {
      throw new TypeError(`${JSON.stringify(options.prefix)} is no prefix of the live suite`);
    }
    if (!options.zoneName.includes('.')) throw new TypeError('the guard needs the name of a zone');
    this.#options = options;
  }

  async listen(): Promise<URL> {
    this.#server = await LoopbackServer.start((request, response) => this.#handle(request, response));
    return new URL(`${this.#server.url}${this.#options.upstream.pathname}`);
  }

  /** What was refused, and why; empty when nothing ever reached for another name. */
  get refusals(): readonly string[] {
    return this.#refusals;
  }

  isInside(name: string): boolean {
    const { prefix, zoneName } = this.#options;
    return `.${name.toLowerCase()}`.endsWith(`.${prefix}.${zoneName}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const why = await this.#whyNot(request, body);
    if (why !== undefined) {
      this.#refusals.push(`${request.method ?? ''} ${request.url ?? ''}: ${why}`);
      const errors = [{ code: 0, message: `refused by the guard of the live suite: ${why}` }];
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ success: false, errors, messages: [], result: null }));
      return;
    }
    const answer = await this.#ask(request.method ?? 'GET', request.url ?? '/', request.headers, body);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #whyNot(request: IncomingMessage, body: string): Promise<string | undefined> {
    const { upstream, zoneId } = this.#options;
    if (request.method === 'GET' && body === '') return undefined;
    const batch = `${upstream.pathname}/zones/${zoneId}/dns_records/batch`;
    if (request.method !== 'POST' || request.url !== batch) return 'it is no batch in the zone of the suite';
    const parsed = parseJson(body);
    if (!isObject(parsed)) return 'its body is no object';
    for (const [kind, list] of Object.entries(parsed)) {
      if (!['deletes', 'patches', 'posts'].includes(kind)) return `it has ${kind}`;
      if (!Array.isArray(list) || !list.every(isObject)) return `its ${kind} are no list of objects`;
      for (const item of list) {
        const why =
          this.#whyNotNamed(item, kind === 'posts') ??
          (kind === 'posts' ? undefined : await this.#whyNotOf(item['id'], request.headers));
        if (why !== undefined) return why;
      }
    }
    return undefined;
  }

  #whyNotNamed(item: JsonObject, needed: boolean): string | undefined {
    const name = item['name'];
    if (name === undefined && !needed) return undefined;
    if (typeof name !== 'string') return 'a record has no name';
    return this.isInside(name) ? undefined : `${name} does not end in the prefix`;
  }

  /** A record that is not there may be named: there is nothing to touch. */
  async #whyNotOf(id: unknown, headers: http.IncomingHttpHeaders): Promise<string | undefined> {
    if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) return 'an id is none';
    const { upstream, zoneId } = this.#options;
    const { authorization = '' } = headers;
    const path = `${upstream.pathname}/zones/${zoneId}/dns_records/${id}`;
    const { status, body } = await this.#ask('GET', path, { authorization }, '');
    const parsed = parseJson(body);
    if (status === 404 && isObject(parsed) && parsed['success'] === false) return undefined;
    const record = isObject(parsed) && parsed['success'] === true ? parsed['result'] : undefined;
    const name = isObject(record) && record['id'] === id ? record['name'] : undefined;
    if (typeof name !== 'string') return `the name of ${id} could not be read`;
    return this.isInside(name) ? undefined : `${id} is ${name}, which does not end in the prefix`;
  }

  #ask(method: string, path: string, headers: http.IncomingHttpHeaders, body: string): Promise<Answer> {
    const { upstream } = this.#options;
    const { request } = upstream.protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, upstream.origin),
        { method, headers: { ...headers, host: upstream.host }, agent: false },
        (answer) => {
          readBody(answer).then(
            (text) =>
              resolve({ status: answer.statusCode ?? 502, headers: kept(answer.headers), body: text }),
            reject,
          );
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }
}

/** The headers that mean something to the adapter. */
function kept(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders & http.IncomingHttpHeaders {
  const names = ['content-type', 'retry-after', 'ratelimit', 'ratelimit-policy'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
