import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { err, ok, type Result } from '../domain/result.ts';
import { Connection } from './connection.ts';
import { SERVICE_ACCOUNT_DIR, ServiceAccount } from './service-account.ts';

export interface OpenConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** The home directory, for `.kube/config`. */
  readonly home: string | undefined;
  readonly serviceAccountDir?: string;
}

/**
 * Finds the API server: the file that KUBECONFIG names, else the Pod's own ServiceAccount, else `~/.kube/config`.
 * No request is made. The error names what was looked for.
 */
export async function openConnection(options: OpenConnectionOptions): Promise<Result<Connection, string>> {
  const { env, now, home } = options;
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) {
    const present = named.filter((file) => existsSync(file));
    return present.length === 0
      ? err(`KUBECONFIG names ${named.join(', ')}, which is not there`)
      : fromKubeconfig(present);
  }
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (host && port) {
    const dir = options.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
    return ok(new Connection(new ServiceAccount(host, port, dir, now)));
  }
  const usual = home === undefined ? undefined : join(home, '.kube', 'config');
  if (usual !== undefined && existsSync(usual)) return fromKubeconfig([usual]);
  return err(
    `no Kubernetes API server: KUBECONFIG is not set, this is no Pod, and ${usual ?? '~/.kube/config'} is not there`,
  );
}

async function fromKubeconfig(files: readonly string[]): Promise<Result<Connection, string>> {
  const { KubeconfigEndpoint } = await import('./kubeconfig.ts');
  const endpoint = KubeconfigEndpoint.open(files);
  return endpoint.ok ? ok(new Connection(endpoint.value)) : endpoint;
}
