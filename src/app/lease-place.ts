import { createHash } from 'node:crypto';
import type { Connection } from '../kubernetes/connection.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the Lease lies: beside the controller's Pod; outside a cluster where the kubeconfig's context is. */
export async function leaseNamespace(env: Env, connection: Connection): Promise<string> {
  return env['POD_NAMESPACE'] || (await connection.namespace()) || 'default';
}

/** As the chart says, else by the owner: two installations side by side never share one. */
export function leaseName(env: Env, owner: string): string {
  const given = env['LEASE_NAME'];
  if (given) return given;
  // An owner may hold "a..b", which no object's name may; what tells owners apart is then the digest.
  const readable = owner.replaceAll(/[^a-z0-9]+/g, '-');
  const digest = createHash('sha256').update(owner).digest('hex').slice(0, 8);
  return `${readable}-${digest}`;
}
