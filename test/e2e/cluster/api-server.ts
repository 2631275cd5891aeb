import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../process/eventually.ts';
import type { Assets } from '../tools/kubernetes.ts';
import { Api, type Json } from './api.ts';
import { freePort, ServerProcess } from './server-process.ts';

/** What accounts of Pods did, and nothing else: one line a finished request, with its verdict. */
const AUDIT_POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: [system:serviceaccounts]
  - level: None
`;

const READY_MS = 90_000;

/**
 * A kube-apiserver over its own etcd, on loopback: RBAC, tokens of ServiceAccounts and the admission plugins that
 * every cluster has. No controllers run, so nothing collects garbage, ends a Namespace or makes Pods of Deployments.
 */
export class ApiServer {
  readonly folder: string;
  readonly url: string;
  readonly ca: string;
  readonly api: Api;
  readonly #etcdUrl: string;
  readonly #etcd: ServerProcess;
  readonly #spawn: () => ServerProcess;
  #server: ServerProcess;

  private constructor(parts: {
    readonly folder: string;
    readonly url: string;
    readonly ca: string;
    readonly adminToken: string;
    readonly etcdUrl: string;
    readonly etcd: ServerProcess;
    readonly server: ServerProcess;
    readonly spawn: () => ServerProcess;
  }) {
    this.folder = parts.folder;
    this.url = parts.url;
    this.ca = parts.ca;
    this.api = new Api(parts.url, parts.ca, parts.adminToken);
    this.#etcdUrl = parts.etcdUrl;
    this.#etcd = parts.etcd;
    this.#server = parts.server;
    this.#spawn = parts.spawn;
    writeFileSync(this.kubeconfig, kubeconfig(this.url, this.ca, { token: parts.adminToken }));
  }

  /** @param folder keeps data, keys and logs; it must exist. */
  static async start(folder: string, assets: Assets): Promise<ApiServer> {
    // Somebody else may have taken a port between our look and our use of it.
    try {
      return await ApiServer.#startOnce(join(folder, 'server-1'), assets);
    } catch {
      return ApiServer.#startOnce(join(folder, 'server-2'), assets);
    }
  }

  static async #startOnce(folder: string, assets: Assets): Promise<ApiServer> {
    mkdirSync(folder);
    const port = await freePort();
    const etcdUrl = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    const adminToken = writeSecrets(folder);
    const etcd = new ServerProcess(
      join(assets.folder, 'etcd'),
      etcdFlags(join(folder, 'etcd'), etcdUrl, peerUrl),
      join(folder, 'etcd.log'),
    );
    const flags = serverFlags(folder, port, etcdUrl);
    const spawn = (): ServerProcess =>
      new ServerProcess(join(assets.folder, 'kube-apiserver'), flags, join(folder, 'kube-apiserver.log'));
    const server = spawn();
    try {
      const ca = await eventually(
        () => readFileSync(join(folder, 'certificates/apiserver.crt'), 'utf8'),
        READY_MS,
      );
      const url = `https://127.0.0.1:${port}`;
      const started = new ApiServer({ folder, url, ca, adminToken, etcdUrl, etcd, server, spawn });
      await started.#ready();
      return started;
    } catch (error) {
      await server.end('SIGKILL');
      await etcd.end('SIGKILL');
      throw new Error(`the API server did not start; its logs are in ${folder}`, { cause: error });
    }
  }

  get running(): boolean {
    return this.#server.running;
  }

  /** Of a person who may do everything. */
  get kubeconfig(): string {
    return join(this.folder, 'admin.kubeconfig');
  }

  get auditLog(): string {
    return join(this.folder, 'audit.log');
  }

  /** @param signal `SIGTERM` lets it finish its requests, `SIGKILL` resets its connections. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#server.end(signal);
  }

  /** After `stop`: the same port, keys and data, and an empty watch cache. */
  async startAgain(): Promise<void> {
    this.#server = this.#spawn();
    await this.#ready();
  }

  /** Has etcd forget every revision but the present one. */
  async compact(): Promise<void> {
    const { revision } = await this.#etcdAsk('/v3/kv/range', { key: 'AA==' });
    await this.#etcdAsk('/v3/kv/compaction', { revision, physical: true });
  }

  async close(): Promise<void> {
    this.api.close();
    await this.#server.end('SIGKILL');
    await this.#etcd.end('SIGKILL');
  }

  async #ready(): Promise<void> {
    await eventually(async () => {
      if (!this.#server.running) return;
      const { status, body } = await this.api.ask('GET', '/readyz');
      if (status !== 200) throw new Error(`not ready: ${JSON.stringify(body)}`);
      // They are made after the server calls itself ready.
      for (const name of ['default', 'kube-system']) await this.api.must('GET', `/api/v1/namespaces/${name}`);
    }, READY_MS);
    if (!this.#server.running) throw new Error('kube-apiserver ended by itself');
  }

  /** @returns the header of etcd's answer, whose `revision` is that of the whole store. */
  async #etcdAsk(path: string, body: Json): Promise<Json> {
    const answer = await fetch(this.#etcdUrl + path, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { header: Json }).header;
  }
}

/** @param user as the file's `users[].user` has it. */
export function kubeconfig(server: string, ca: string, user: Json): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster }],
    users: [{ name: 'e2e', user }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    'current-context': 'e2e',
  });
}

/** @returns the administrator's token. */
function writeSecrets(folder: string): string {
  mkdirSync(join(folder, 'certificates'), { recursive: true });
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'accounts.key'), keys.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'accounts.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const token = randomBytes(16).toString('hex');
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,1,"system:masters"\n`);
  writeFileSync(join(folder, 'audit-policy.yaml'), AUDIT_POLICY);
  return token;
}

function etcdFlags(data: string, clients: string, peers: string): string[] {
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function serverFlags(folder: string, port: number, etcdUrl: string): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // A machine without a default route has no address to advertise, and nobody looks for this one.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'certificates')}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'accounts.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'accounts.key')}`,
    `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    // How long it waits, once ended by SIGTERM, for watches that nobody closes.
    '--request-timeout=10s',
  ];
}
