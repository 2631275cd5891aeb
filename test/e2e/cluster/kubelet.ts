import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, Json, KubeObject } from './api.ts';
import { kubeconfig, type ApiServer } from './api-server.ts';
import { Program, type Env } from './program.ts';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly EnvVar[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: {
      readonly secretName: string;
      readonly items: readonly { key: string; path: string }[];
    };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

/** What the template says of its one container, and where its mounts are on this machine. */
export interface Container {
  readonly args: readonly string[];
  readonly env: Env;
  /** By path inside. */
  readonly mounts: ReadonlyMap<string, string>;
  /** A folder as is mounted at `/var/run/secrets/kubernetes.io/serviceaccount`, with a kubeconfig beside. */
  readonly account: string;
}

export interface Running {
  readonly program: Program;
  /** As it is outside: `LEDGER_PATH` is a path of this machine. */
  readonly env: Env;
}

/** No volume of the chart has this name. */
const ACCOUNT = 'kube-api-access';

/**
 * A Pod of a Deployment that Helm installed: an object that the server admitted, and the bundle as its process with
 * the template's own arguments, variables, volumes and account. Folders of this machine stand for the mounts.
 */
export class Pod {
  readonly name: string;
  readonly namespace: string;
  readonly env: Env;
  readonly program: Program;
  readonly #api: Api;
  readonly #account: string;
  readonly #folder: string;

  private constructor(api: Api, object: KubeObject, running: Running, folder: string) {
    this.name = object.metadata.name;
    this.namespace = object.metadata.namespace ?? '';
    this.env = running.env;
    this.program = running.program;
    this.#api = api;
    this.#account = (object.spec as unknown as PodSpec).serviceAccountName;
    this.#folder = folder;
  }

  /** @param folder of this machine; claims of the same name and namespace share one below it */
  static async start(
    server: ApiServer,
    folder: string,
    deployment: KubeObject,
    run: (container: Container) => Running = runBundle,
  ): Promise<Pod> {
    const { api } = server;
    const object = await createPod(api, deployment);
    const spec = object.spec as unknown as PodSpec;
    const [container] = spec.containers;
    if (container === undefined) throw new Error('the Deployment has no container');
    const own = join(folder, object.metadata.name);
    mkdirSync(join(own, ACCOUNT), { recursive: true });
    const mounts = new Map<string, string>();
    for (const { name, mountPath } of container.volumeMounts) {
      const volume = spec.volumes.find((each) => each.name === name);
      const claim = volume?.persistentVolumeClaim?.claimName;
      const at =
        claim === undefined ? join(own, name) : join(folder, `${object.metadata.namespace ?? ''}-${claim}`);
      mkdirSync(at, { recursive: true });
      mounts.set(mountPath, at);
      if (volume?.secret === undefined) continue;
      const { secretName, items } = volume.secret;
      const where = {
        apiVersion: 'v1',
        kind: 'Secret',
        namespace: object.metadata.namespace ?? '',
        name: secretName,
      };
      const data = ((await api.get(where))?.['data'] ?? {}) as Record<string, string>;
      for (const { key, path } of items)
        writeFileSync(join(at, path), Buffer.from(data[key] ?? '', 'base64'));
    }
    await writeAccount(server, own, object, spec.serviceAccountName);
    const account = join(own, ACCOUNT);
    const running = run({ args: container.args, env: resolveEnv(container.env, object), mounts, account });
    return new Pod(api, object, running, own);
  }

  get ledgerPath(): string {
    return this.env['LEDGER_PATH'] ?? '';
  }

  /** Another process in the same Pod, as `kubectl exec` starts it, run to its end. */
  async exec(
    args: readonly string[],
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly output: string }> {
    const program = new Program(args, this.env, this.#folder);
    const code = await program.ended;
    return { code, stdout: program.stdout, output: program.output };
  }

  /** The account's token, as the program reads it. */
  readToken(): string {
    return readFileSync(join(this.#folder, ACCOUNT, 'token'), 'utf8');
  }

  /** A token bound to a Pod that is gone stops being valid; the one of `successor` takes its place in our file. */
  async rotateToken(server: ApiServer): Promise<void> {
    const successor = await createPod(this.#api, await this.#self());
    await writeAccount(server, this.#folder, successor, this.#account);
    await this.#deleteObject();
  }

  /** SIGTERM, the end of the process, and of the object. @returns the exit code */
  async stop(): Promise<number | null> {
    const code = await this.program.stop();
    await this.#deleteObject();
    return code;
  }

  async #self(): Promise<KubeObject> {
    const self = await this.#api.get({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: this.namespace,
      name: this.name,
    });
    if (self === undefined) throw new Error('the Pod is gone');
    const { volumes } = self.spec as unknown as PodSpec;
    return {
      ...self,
      metadata: { ...self.metadata, name: this.name.replace(/-[0-9a-f]+$/, '') },
      spec: { template: { metadata: {}, spec: { ...self.spec, volumes } } },
    };
  }

  async #deleteObject(): Promise<void> {
    await this.#api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: this.namespace, name: this.name });
  }
}

/** What the Deployment's and the ReplicaSet's controllers do. Throws Error when admission refuses the Pod. */
async function createPod(api: Api, deployment: KubeObject): Promise<KubeObject> {
  const { metadata, spec } = (deployment.spec as { template: { metadata: Json; spec: Json } }).template;
  const { name, namespace = '' } = deployment.metadata;
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `${name}-${randomBytes(3).toString('hex')}`, namespace },
    spec,
  };
  return (await api.must('POST', `/api/v1/namespaces/${namespace}/pods`, body)) as unknown as KubeObject;
}

/** The kubelet's part of an account: a token that lives as long as the Pod, and a file that is replaced whole. */
async function writeAccount(
  server: ApiServer,
  folder: string,
  pod: KubeObject,
  account: string,
): Promise<void> {
  const { namespace = '', name, uid } = pod.metadata;
  const at = join(folder, ACCOUNT);
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef } };
  const { status } = await server.api.must('POST', path, body);
  writeFileSync(join(at, 'new-token'), String((status as Json)['token']));
  renameSync(join(at, 'new-token'), join(at, 'token'));
  writeFileSync(join(at, 'ca.crt'), server.ca);
  writeFileSync(join(at, 'kubeconfig'), kubeconfig(server.url, server.ca, { tokenFile: join(at, 'token') }));
}

function resolveEnv(list: readonly EnvVar[], pod: KubeObject): Env {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const fields: Env = { 'metadata.name': name, 'metadata.namespace': namespace, 'metadata.uid': uid };
  return Object.fromEntries(
    list.map(({ name: variable, value = '', valueFrom }) => [
      variable,
      valueFrom === undefined ? value : (fields[valueFrom.fieldRef.fieldPath] ?? ''),
    ]),
  );
}

/** The bundle on this machine, with its folders in place of the mounts. */
function runBundle({ args, env, mounts, account }: Container): Running {
  const here = Object.entries(env).map(([name, value]) => {
    const mount = [...mounts].find(([path]) => value.startsWith(`${path}/`));
    return [name, mount === undefined ? value : mount[1] + value.slice(mount[0].length)];
  });
  const own: Env = { ...Object.fromEntries(here), KUBECONFIG: join(account, 'kubeconfig') };
  return { env: own, program: new Program(args, own, account) };
}
