import type { Agent } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import type { Result } from '../domain/result.ts';

/** What opens a TLS connection; compared by content, so that unchanged material keeps its connections. */
export interface TlsMaterial extends Pick<
  SecureContextOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'
> {
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What one request needs beside its path. `agent` is set where a proxy stands between. Holds credentials. */
export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  readonly agent?: Agent;
}

/** One API server and how to prove who we are. */
export interface Endpoint {
  /** Scheme, host, port, and the path prefix where the server is behind one. */
  readonly server: URL;
  /** Fresh credentials for one request, or a sentence without secrets that says why there are none. */
  access(): Promise<Result<Access, string>>;
  /** Told after a 401: what is cached is read again for the next `access`. */
  refused(): void;
  /** The namespace we are in: the Pod's, or that of the kubeconfig's context; `undefined` where none is named. */
  namespace(): Promise<string | undefined>;
}

/** An endpoint with fixed credentials, as a sandbox hands out. */
export function fixedEndpoint(server: string, access: Partial<Access> = {}): Endpoint {
  const fixed: Access = { headers: {}, tls: {}, ...access };
  return {
    server: new URL(server),
    access: async () => ({ ok: true, value: fixed }),
    refused: () => undefined,
    namespace: async () => undefined,
  };
}

/** Whether a URL's host is this machine by its form alone; a name other than `localhost` never is. */
export function isLoopback(server: URL): boolean {
  const { hostname } = server;
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
