import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../domain/owner.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { readClusterId } from '../kubernetes/cluster-id.ts';
import type { Connection } from '../kubernetes/connection.ts';

export interface IdentitySettings {
  readonly ownerId: string | undefined;
  readonly formerOwnerIds: readonly string[];
}

const RETRY_MS = 5_000;

/**
 * Who this installation is. Waits for an API server that is away; only a server that refuses to say which cluster
 * this is ends it, and then only when the owner is to be derived from that. docs/ownership.md.
 */
export async function findIdentity(
  connection: Connection,
  settings: IdentitySettings,
  signal: AbortSignal,
  onWait: (why: string) => void,
): Promise<Result<Identity, string>> {
  for (;;) {
    const cluster = await readClusterId(connection, signal);
    if (cluster.ok) return ok(identityOf(settings, cluster.value));
    if (cluster.error.kind === 'forbidden') {
      if (settings.ownerId !== undefined) return ok(identityOf(settings, ''));
      return err(
        `set RECORD_OWNER_ID: without it the owner id is made from the uid of the Namespace kube-system, and that may not be read (${cluster.error.message})`,
      );
    }
    onWait(cluster.error.message);
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return err('stopped while waiting for the Kubernetes API server');
  }
}

function identityOf(settings: IdentitySettings, cluster: string): Identity {
  const owner = settings.ownerId ?? `routeflare-${cluster}`;
  return { owner, cluster, formerOwners: settings.formerOwnerIds.filter((former) => former !== owner) };
}

/** What the ledger remembers of who wrote it. */
export interface Remembered {
  readonly owner: string | undefined;
  readonly cluster: string | undefined;
}

/**
 * Compares who we are with who wrote the ledger.
 * @returns the other cluster it was written for, if any; an error when the owner changed without being told
 */
export function checkPredecessor(
  identity: Identity,
  remembered: Remembered,
): Result<string | undefined, string> {
  const { owner, cluster } = remembered;
  if (owner !== undefined && owner !== identity.owner && !identity.formerOwners.includes(owner)) {
    return err(
      `the ledger was written by owner "${owner}", and this one is "${identity.owner}": add ${owner} to FORMER_OWNER_IDS to take its records over, set RECORD_OWNER_ID=${owner} to go on as before, or set LEDGER_PATH to a new file`,
    );
  }
  // One that may not be read is not known to be the same.
  const other = cluster !== undefined && cluster !== '' && cluster !== identity.cluster;
  return ok(other ? cluster : undefined);
}
