import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';

export type Json = Readonly<Record<string, unknown>>;

/** Any object of the API. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string | null>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly spec?: Json;
  readonly status?: Json;
  readonly [field: string]: unknown;
}

/** Which object; a name that is absent means all of them. */
export interface Where {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** The API server as a person or another controller uses it: the tests' own client, apart from the program's. */
export class Api {
  readonly server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(server: string, ca: string, token: string) {
    this.server = server;
    this.#token = token;
    this.#agent = new Agent({ keepAlive: true, ca, maxSockets: 8 });
  }

  /** Any request; a refusal is an answer too. Throws Error when there is no connection. */
  async ask(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const sent = request(new URL(path, this.server), {
      method,
      agent: this.#agent,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': contentType },
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject);
    });
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    const answer = await response;
    const said = await text(answer);
    const isJson = answer.headers['content-type']?.includes('json') === true;
    return { status: answer.statusCode ?? 0, body: isJson ? (JSON.parse(said) as Json) : { text: said } };
  }

  /** Throws Error with the server's words when it refuses. */
  async must(method: string, path: string, body?: unknown, contentType?: string): Promise<Json> {
    const answer = await this.ask(method, path, body, contentType);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Server-side apply, as the named manager. A field that the server does not know is an error. */
  async apply(object: KubeObject | string, manager = 'person', path?: string): Promise<KubeObject> {
    const at = path ?? (typeof object === 'string' ? '' : pathOf({ ...object, ...object.metadata }));
    const query = `?fieldManager=${manager}&force=true&fieldValidation=Strict`;
    return (await this.must(
      'PATCH',
      at + query,
      object,
      'application/apply-patch+yaml',
    )) as unknown as KubeObject;
  }

  /** Server-side apply of the status alone, as a Gateway's implementation writes it. */
  async applyStatus(object: KubeObject, manager: string): Promise<KubeObject> {
    return this.apply(object, manager, `${pathOf({ ...object, ...object.metadata })}/status`);
  }

  async merge(where: Where, change: Json): Promise<KubeObject> {
    const body = await this.must('PATCH', pathOf(where), change, 'application/merge-patch+json');
    return body as unknown as KubeObject;
  }

  /** Undefined when it is not there. */
  async get(where: Where): Promise<KubeObject | undefined> {
    const { status, body } = await this.ask('GET', pathOf(where));
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`${pathOf(where)}: ${status} ${JSON.stringify(body)}`);
    return body as unknown as KubeObject;
  }

  async list(where: Where): Promise<KubeObject[]> {
    const body = await this.must('GET', pathOf(where));
    return body['items'] as KubeObject[];
  }

  async delete(where: Where): Promise<void> {
    await this.must('DELETE', `${pathOf(where)}?gracePeriodSeconds=0`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The path of an object, or of a list. All plurals here are regular. */
function pathOf({ apiVersion, kind, namespace, name }: Where): string {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const plural = kind
    .toLowerCase()
    .replace(/s$/, 'se')
    .replace(/(?<![aeiou])y$/, 'ie');
  return `${root}/${apiVersion}${scope}/${plural}s${name === undefined ? '' : `/${name}`}`;
}
