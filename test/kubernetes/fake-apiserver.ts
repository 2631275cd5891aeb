import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredObject {
  readonly metadata: Record<string, unknown> & { name: string; namespace?: string; resourceVersion: string };
  readonly [field: string]: unknown;
}

interface StoredEvent {
  readonly version: number;
  readonly type: string;
  readonly object: StoredObject;
}

interface Watch {
  readonly path: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: unknown;
  /** `list`, `watch`, or the method in lower case. */
  readonly verb: string;
}

/** Answers a call in its own way and returns true, or lets it pass. */
export type Fault = (call: Call, response: ServerResponse) => boolean;

export interface FakeObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * A small API server with real state: paged consistent lists, watches from a resourceVersion, bookmarks on
 * request, Events. What goes wrong is chosen by `fault`, `served` and `history`.
 */
export class FakeApiServer implements AsyncDisposable {
  readonly calls: Call[] = [];
  readonly events = new Map<string, Record<string, unknown>>();
  /** As in a cluster of before ListenerSets, which a test may serve. */
  readonly served = new Set([
    'httproutes',
    'gateways',
    'namespaces',
    'grpcroutes',
    'tlsroutes',
    'ingresses',
    'services',
  ]);
  fault: Fault | undefined;
  /** Of the Namespace kube-system: which cluster this is. */
  systemUid = '0A1B2C3D-1111-2222-3333-444455556666';
  /** Every valid token; empty takes any. */
  readonly tokens = new Set<string>();
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #log: StoredEvent[] = [];
  readonly #logPlural: string[] = [];
  readonly #watches = new Set<Watch>();
  readonly #server: Server;
  #version = 100;
  #oldest = 0;
  #uid = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  get version(): number {
    return this.#version;
  }

  /** Stops listening and cuts every connection; `listen` brings the same state back. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
    this.#watches.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Creates or replaces; a new object gets a new uid. */
  put(plural: string, object: FakeObject): StoredObject {
    const { namespace, name } = object.metadata;
    const key = `${namespace ?? ''}/${name}`;
    const objects = this.#objectsOf(plural);
    const old = objects.get(key);
    const stored: StoredObject = {
      ...object,
      metadata: {
        uid: old?.metadata['uid'] ?? `uid-${++this.#uid}`,
        creationTimestamp: '2026-01-01T00:00:00Z',
        ...object.metadata,
        resourceVersion: String(++this.#version),
      },
    };
    objects.set(key, stored);
    this.#tell(plural, old === undefined ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  }

  delete(plural: string, namespace: string, name: string): void {
    const objects = this.#objectsOf(plural);
    const old = objects.get(`${namespace}/${name}`);
    if (old === undefined) throw new Error(`no ${plural} ${namespace}/${name}`);
    objects.delete(`${namespace}/${name}`);
    const metadata = { ...old.metadata, resourceVersion: String(++this.#version) };
    this.#tell(plural, 'DELETED', { ...old, metadata });
  }

  /** Forgets the log, so that every older resourceVersion is gone. */
  compact(): void {
    this.#version += 1;
    this.#oldest = this.#version;
    this.#log.length = 0;
    this.#logPlural.length = 0;
  }

  /** Writes raw text into every open watch of a kind. */
  say(plural: string, text: string): void {
    for (const watch of this.#watches) if (watch.plural === plural) watch.response.write(text);
  }

  bookmark(plural: string): void {
    const object = { kind: 'Bookmark', metadata: { resourceVersion: String(this.#version) } };
    this.say(plural, `${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Ends the watches of a kind, in order or by a reset. */
  cut(plural: string, how: 'end' | 'reset'): void {
    for (const watch of [...this.#watches].filter((each) => each.plural === plural)) {
      if (how === 'end') watch.response.end();
      else watch.response.destroy();
    }
  }

  callsOf(verb: string, plural: string): Call[] {
    return this.calls.filter((call) => call.verb === verb && call.path.endsWith(`/${plural}`));
  }

  #objectsOf(plural: string): Map<string, StoredObject> {
    const objects = this.#objects.get(plural) ?? new Map<string, StoredObject>();
    this.#objects.set(plural, objects);
    return objects;
  }

  #tell(plural: string, type: string, object: StoredObject): void {
    this.#log.push({ version: this.#version, type, object });
    this.#logPlural.push(plural);
    for (const watch of this.#watches) {
      if (watch.plural !== plural || !isIn(object, watch.namespace)) continue;
      watch.response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    this.calls.push(call);
    const token = call.authorization?.replace('Bearer ', '') ?? '';
    if (this.tokens.size > 0 && !this.tokens.has(token)) return refuse(response, 401, 'Unauthorized');
    if (this.fault?.(call, response)) return;
    const list = /^\/(?:api|apis\/[^/]+)\/v1(?:beta1|alpha\d)?(?:\/namespaces\/([^/]+))?\/([a-z]+)$/.exec(
      call.path,
    );
    if (call.path.includes('/events')) return this.#serveEvent(call, response);
    if (call.path === '/api/v1/namespaces/kube-system') {
      return answer(response, 200, { metadata: { uid: this.systemUid } });
    }
    const plural = list?.[2] ?? '';
    if (!this.served.has(plural)) return refuse(response, 404, 'the server could not find the resource');
    if (call.verb === 'watch') return this.#serveWatch(call, plural, list?.[1], response);
    this.#serveList(call, plural, list?.[1], response);
  }

  #serveList(call: Call, plural: string, namespace: string | undefined, response: ServerResponse): void {
    const limit = Number(call.query.get('limit') ?? '500');
    const [version = String(this.#version), offset = '0'] = call.query.get('continue')?.split(':') ?? [];
    if (Number(version) < this.#oldest) return refuse(response, 410, 'the continue token has expired');
    const all = [...this.#objectsOf(plural).values()].filter((object) => isIn(object, namespace));
    const items = all.slice(Number(offset), Number(offset) + limit);
    const next = Number(offset) + items.length;
    const metadata = {
      resourceVersion: version,
      ...(next < all.length ? { continue: `${version}:${next}` } : {}),
    };
    answer(response, 200, { kind: 'List', metadata, items });
  }

  #serveWatch(call: Call, plural: string, namespace: string | undefined, response: ServerResponse): void {
    const from = Number(call.query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#oldest) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: expired() })}\n`);
      return;
    }
    const watch: Watch = { path: call.path, plural, namespace, response };
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
    for (const [index, event] of this.#log.entries()) {
      if (event.version <= from || this.#logPlural[index] !== plural) continue;
      if (isIn(event.object, namespace)) {
        response.write(`${JSON.stringify({ type: event.type, object: event.object })}\n`);
      }
    }
  }

  #serveEvent(call: Call, response: ServerResponse): void {
    const body = call.body as Record<string, unknown>;
    if (call.method === 'POST') {
      const { name } = body['metadata'] as { name: string };
      this.events.set(name, body);
      return answer(response, 201, body);
    }
    const name = call.path.split('/').at(-1) ?? '';
    const old = this.events.get(name);
    if (old === undefined) return refuse(response, 404, `events "${name}" not found`);
    this.events.set(name, { ...old, ...body });
    answer(response, 200, { ...old, ...body });
  }
}

export function expired(): unknown {
  return {
    kind: 'Status',
    status: 'Failure',
    code: 410,
    reason: 'Expired',
    message: 'too old resource version',
  };
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, message: string): void {
  answer(response, code, { kind: 'Status', status: 'Failure', code, message });
}

function isIn(object: StoredObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://fake');
  const text = Buffer.concat(chunks).toString('utf8');
  const method = request.method ?? 'GET';
  const read = url.searchParams.get('watch') === 'true' ? 'watch' : 'list';
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    body: text === '' ? undefined : JSON.parse(text),
    verb: method === 'GET' ? read : method.toLowerCase(),
  };
}
