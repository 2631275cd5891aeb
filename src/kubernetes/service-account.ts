import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { err, ok, type Result } from '../domain/result.ts';
import type { Access, Endpoint } from './endpoint.ts';
import { RotatingFile } from './rotating-file.ts';

/** Where the kubelet mounts the ServiceAccount's token and the cluster's CA. */
export const SERVICE_ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The API server as seen from a Pod.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export class ServiceAccount implements Endpoint {
  readonly server: URL;
  readonly #token: RotatingFile;
  readonly #ca: RotatingFile;
  readonly #namespace: RotatingFile;

  constructor(host: string, port: string, dir: string, now: () => number) {
    this.server = new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
    this.#token = new RotatingFile(join(dir, 'token'), now);
    this.#ca = new RotatingFile(join(dir, 'ca.crt'), now);
    this.#namespace = new RotatingFile(join(dir, 'namespace'), now);
  }

  async access(): Promise<Result<Access, string>> {
    const [token, ca] = await Promise.all([this.#token.text(), this.#ca.text()]);
    if (token === undefined) return err(`the ServiceAccount token ${this.#token.path} cannot be read`);
    if (ca === undefined) return err(`the cluster's CA ${this.#ca.path} cannot be read`);
    return ok({ headers: { authorization: `Bearer ${token}` }, tls: { ca } });
  }

  refused(): void {
    this.#token.expire();
    this.#ca.expire();
  }
  namespace(): Promise<string | undefined> {
    return this.#namespace.text();
  }
}
