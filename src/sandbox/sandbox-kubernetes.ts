import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, CallLog } from './call-log.ts';
import { type Fault, FaultQueue } from './fault-queue.ts';
import { answer, type Reply } from './faulty-answer.ts';
import { AccessRules, type Attributes, type ForbidRule } from './kubernetes-access-rules.ts';
import { KubernetesApi } from './kubernetes-api.ts';
import { type GatewayAddress, type GatewayOptions, GatewayStandIn } from './kubernetes-gateway-stand-in.ts';
import { type Kind, kindNamed, ServedKinds } from './kubernetes-kinds.ts';
import { KubernetesObjects } from './kubernetes-objects.ts';
import { KubernetesRefusal, refusalReply } from './kubernetes-refusal.ts';
import { ObjectStore } from './kubernetes-object-store.ts';
import { WatchSet } from './kubernetes-watch-set.ts';
import { ObjectWriter } from './kubernetes-object-writer.ts';
import { LoopbackServer } from './loopback-server.ts';
import { readCall } from './read-call.ts';

export interface SandboxKubernetesOptions {
  /** 0, or absent: the system chooses. */
  readonly port?: number;
  /** Bearer token that requests must carry; none when absent. kubectl sends none over plain http. */
  readonly token?: string;
  /** The clock of creation and transition times; the system's when absent. */
  readonly now?: () => Date;
  /** Changes that watches can resume from, per kind; 20,000 when absent. */
  readonly historySize?: number;
  /** Milliseconds between bookmarks; 60,000 when absent. */
  readonly bookmarkMs?: number;
  /** Whether a stand-in accepts routes and fills gateways' status; off when absent. */
  readonly acceptRoutes?: boolean;
  readonly gateways?: GatewayOptions;
}

/** A Kubernetes API server with the kinds a DNS controller looks at, in this process; kubectl works with it. */
export class SandboxKubernetes implements AsyncDisposable {
  readonly watches: WatchSet;
  /** The objects, without going through HTTP. */
  readonly objects: KubernetesObjects;
  /** Milliseconds between bookmarks, for watches opened from now on. */
  bookmarkMs: number;
  /** How a watch from a version that is too old is refused; as an ERROR event to begin with. */
  goneAs: 'event' | 'http' = 'event';
  /** Answers SelfSubjectAccessReviews; by the refusals of `forbid` to begin with. */
  review: (attributes: Attributes) => boolean;
  readonly #store: ObjectStore;
  readonly #served = new ServedKinds();
  readonly #access = new AccessRules();
  readonly #api: KubernetesApi;
  readonly #gateways: GatewayStandIn;
  readonly #log = new CallLog();
  readonly #faults = new FaultQueue();
  #server: LoopbackServer | undefined;

  private constructor(options: SandboxKubernetesOptions) {
    const now = options.now ?? (() => new Date());
    this.#store = new ObjectStore(options.historySize ?? 20_000);
    const writer = new ObjectWriter(this.#store, now);
    this.watches = new WatchSet(this.#store);
    this.objects = new KubernetesObjects(this.#store, writer);
    this.bookmarkMs = options.bookmarkMs ?? 60_000;
    this.review = (attributes) => this.#access.allows(attributes);
    this.#access.token = options.token;
    this.#gateways = new GatewayStandIn(this.#store, writer, now, options.gateways ?? {});
    this.#gateways.enabled = options.acceptRoutes ?? false;
    this.#api = new KubernetesApi({
      store: this.#store,
      writer,
      served: this.#served,
      access: this.#access,
      watches: this.watches,
      now,
      bookmarkMs: () => this.bookmarkMs,
      goneAs: () => this.goneAs,
      review: (attributes) => this.review(attributes),
    });
    for (const name of ['kube-system', 'default']) this.objects.namespace(name);
  }

  static async start(options: SandboxKubernetesOptions = {}): Promise<SandboxKubernetes> {
    const sandbox = new SandboxKubernetes(options);
    sandbox.#server = await LoopbackServer.start(
      async (request, response) => sandbox.#handle(request, response),
      options.port,
    );
    return sandbox;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  get calls(): readonly Call[] {
    return this.#log.all;
  }

  clearCalls(): void {
    this.#log.clear();
  }

  /** For requests and for opening watches; `watches` has what happens to open ones. @returns takes it back. */
  fault(fault: Fault): () => void {
    return this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** RBAC-like refusals (403). @returns takes it back. */
  forbid(rule: ForbidRule): () => void {
    return this.#access.forbid(rule);
  }

  allowEverything(): void {
    this.#access.allowEverything();
  }

  /** From now on only this token is accepted (401); undefined asks for none. */
  rotateToken(token: string | undefined): void {
    this.#access.token = token;
  }

  /** Serves a kind in these versions; none takes its CustomResourceDefinition away. Objects stay in store. */
  serve(kindName: string, versions: readonly string[]): void {
    const kind: Kind = kindNamed(kindName);
    this.#served.set(kind, versions);
    if (versions.length === 0) this.watches.endKind(kind);
  }

  /** Everything before now is too old: for watches (410) and for lists half read. */
  compact(): void {
    this.#store.compact();
    this.#api.lists.expire();
  }

  /** Switches the stand-in for a gateway implementation. */
  acceptRoutes(on: boolean): void {
    this.#gateways.enabled = on;
  }

  get controllerName(): string {
    return this.#gateways.controllerName;
  }

  /** Writes a Gateway's `status.addresses`, now or when it comes to be; also with the stand-in off. */
  gatewayAddresses(namespace: string, name: string, addresses: readonly (string | GatewayAddress)[]): void {
    const full = addresses.map((address) => (typeof address === 'string' ? { value: address } : address));
    this.#gateways.setAddresses(namespace, name, full);
  }

  /** YAML for `kubectl --kubeconfig` and for clients that refuse plain http otherwise. */
  kubeconfig(): string {
    const { token } = this.#access;
    return `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
- name: sandbox
  cluster:
    server: ${this.url}
    insecure-skip-tls-verify: true
users:
- name: sandbox
  user: ${token === undefined ? '{}' : `{"token": ${JSON.stringify(token)}}`}
contexts:
- name: sandbox
  context: {cluster: sandbox, user: sandbox, namespace: default}
`;
  }

  /** The server goes away, open watches with it; objects, tokens and port stay. */
  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** Comes back after `stop`, on the same port. */
  async restart(): Promise<void> {
    await this.#server?.listen();
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.#log.add(await readCall(request));
    await answer({
      call,
      response,
      fault: this.#faults.take(call),
      work: () => refusing(() => this.#api.handle(call, request.headers, response)),
      refuse: ({ kind, status, message, headers }) =>
        refusalReply(
          new KubernetesRefusal(
            kind === 'success-false' ? 200 : (status ?? 500),
            'InternalError',
            message ?? 'the sandbox was told to refuse this request',
            {},
            headers ?? {},
          ),
        ),
    });
  }
}

function refusing(work: () => Reply | undefined): Reply | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof KubernetesRefusal) return refusalReply(error);
    throw error;
  }
}
