import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { err, ok, type Result } from '../domain/result.ts';
import { isLoopback, type Access, type Endpoint, type TlsMaterial } from './endpoint.ts';
import { listAt, textAt } from './json-fields.ts';

/**
 * The API server of a kubeconfig's current context, with every login that the client knows (certificates, tokens,
 * exec plugins, OIDC). This is the only module that loads the client, and is itself loaded only outside a cluster.
 * What goes wrong is told without the cause's text: parsers and login commands quote tokens.
 */
export class KubeconfigEndpoint implements Endpoint {
  readonly server: URL;
  /** `undefined` when the context is of another server now. */
  readonly #load: () => KubeConfig | undefined;
  #config: KubeConfig;

  private constructor(server: URL, config: KubeConfig, load: () => KubeConfig | undefined) {
    this.server = server;
    this.#config = config;
    this.#load = load;
  }

  /** @param files the file of KUBECONFIG, or several of which the first that sets a thing wins, as kubectl has it. */
  static open(files: readonly string[]): Result<KubeconfigEndpoint, string> {
    const named = files.join(', ');
    try {
      const { config, context } = loadFiles(files);
      const cluster = config.getCurrentCluster();
      if (cluster === null) return err(`kubeconfig ${named}: no current context, or one without a cluster`);
      const server = new URL(cluster.server);
      if (server.protocol !== 'https:' && !(server.protocol === 'http:' && isLoopback(server))) {
        return err(`kubeconfig ${named}: server ${server.origin} is not https; plain http only on loopback`);
      }
      const again = (): KubeConfig | undefined => {
        const { config: next } = loadFiles(files, context);
        return next.getCurrentCluster()?.server === cluster.server ? next : undefined;
      };
      return ok(new KubeconfigEndpoint(server, config, again));
    } catch {
      return err(`kubeconfig ${named} cannot be read, or is not a kubeconfig`);
    }
  }

  async access(): Promise<Result<Access, string>> {
    const options: RequestOptions = { headers: {} };
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch {
      return err('the login of the kubeconfig failed; "kubectl version" with the same file shows why');
    }
    const proxied = Boolean(this.#config.getCurrentCluster()?.proxyUrl);
    return ok({
      headers: headersOf(options),
      tls: tlsOf(options),
      ...(proxied && typeof options.agent === 'object' ? { agent: options.agent } : {}),
    });
  }

  /**
   * Reads the files again and forgets what a login command answered, which the client caches without end. The context
   * stays the one of the start, whatever is the current one by now: another's login is for another server.
   */
  refused(): void {
    try {
      this.#config = this.#load() ?? this.#config;
    } catch {
      // A file that is being rewritten: what was read before stays in use until the next refusal.
    }
  }

  async namespace(): Promise<string | undefined> {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }
}

interface Loaded {
  readonly config: KubeConfig;
  readonly context: string;
}

/** @param of the context to be used; the current one where absent */
function loadFiles(files: readonly string[], of?: string): Loaded {
  const [first = '', ...others] = files;
  const config = loadFile(first);
  for (const file of others) config.mergeConfig(loadFile(file), true);
  if (of !== undefined) config.setCurrentContext(of);
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null || !cluster.server.startsWith('http:')) return { config, context };
  // The client takes plain http only with this switch on; `open` has the rule that it must be loopback.
  config.loadFromClusterAndUser({ ...cluster, skipTLSVerify: true }, user);
  return { config, context };
}

/**
 * The client looks for a key that kubectl does not have (`token-file`), and would ask without a login. As kubectl has
 * it: a path is relative to the file it stands in, and the token file wins over a token beside it.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo
 */
function loadFile(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const raw: unknown = parse(readFileSync(file, 'utf8'));
  const tokens = new Map<string, string>();
  for (const entry of listAt(raw, 'users')) {
    const name = textAt(entry, 'name');
    const path = textAt(entry, 'user', 'tokenFile');
    if (name === undefined || !path) continue;
    tokens.set(name, readFileSync(resolve(dirname(file), path), 'utf8').trim());
  }
  config.users = config.users.map((user) => {
    const token = tokens.get(user.name);
    return token === undefined ? user : { ...user, token };
  });
  return config;
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  return headers;
}

function tlsOf(options: RequestOptions): TlsMaterial {
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
