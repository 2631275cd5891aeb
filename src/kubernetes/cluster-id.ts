import { err, ok, type Result } from '../domain/result.ts';
import { unreachable, type ApiError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { textAt } from './json-fields.ts';

/** `forbidden`: RBAC does not let us read it, and RECORD_OWNER_ID is needed. `unavailable`: ask again later. */
export interface ClusterIdError {
  readonly kind: 'forbidden' | 'unavailable';
  readonly message: string;
}

/**
 * The cluster's id: the first 8 hex digits of the uid of the Namespace kube-system, which lives as long as the
 * cluster. OpenTelemetry takes the same uid: https://opentelemetry.io/docs/specs/semconv/resource/k8s/#cluster
 */
export async function readClusterId(
  connection: Connection,
  signal?: AbortSignal,
): Promise<Result<string, ClusterIdError>> {
  const answer = await connection.json({
    method: 'GET',
    path: '/api/v1/namespaces/kube-system',
    bodyTimeoutMs: 15_000,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) {
    const kind = answer.error.kind === 'forbidden' ? 'forbidden' : 'unavailable';
    return err({ kind, message: answer.error.message });
  }
  const id = textAt(answer.value, 'metadata', 'uid')?.replaceAll('-', '').slice(0, 8).toLowerCase() ?? '';
  return /^[0-9a-f]{8}$/.test(id)
    ? ok(id)
    : err({ kind: 'unavailable', message: 'the Namespace kube-system has no uid of the usual form' });
}

/** Why what was read since is not known to be of the cluster of that id; `undefined` when it is, or has no known id. */
export async function otherCluster(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<ApiError | undefined> {
  if (id === '') return undefined;
  const now = await readClusterId(connection, signal);
  if (!now.ok) return unreachable(`which cluster answers is not known: ${now.error.message}`);
  if (now.value === id) return undefined;
  const message = `another cluster (${now.value}) answers where ours (${id}) did: what it lacks is not gone from ours, whose objects stay as last known. Start Routeflare anew for the other one`;
  return { kind: 'other-cluster', status: 200, message, retryAfterMs: undefined };
}
