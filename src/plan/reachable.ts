import { parseAddress, unpublishable } from '../domain/address.ts';
import type { Change, PlanInput } from './plan.ts';
import type { Guarded } from './protection.ts';

/**
 * No private address goes behind Cloudflare's proxy, also where a person and not a source turned that on: the
 * record stays at the last address that can be reached, and so does what the new one would replace.
 */
export function withoutUnreachable({ zone }: Pick<PlanInput, 'zone'>, changes: readonly Change[]): Guarded {
  const waits = new Map(
    changes.flatMap((change) => {
      const why = unreachable(change);
      return why === undefined ? [] : [[change, why] as const];
    }),
  );
  if (waits.size === 0) return { changes, problems: [] };
  const problems = [...waits].map(([{ name, type, source, write }, why]) => ({
    reason: 'Pending' as const,
    zone: zone.name,
    name,
    type,
    message: `${type} ${name}${write.kind === 'create' ? '' : ` (record ${write.id})`} is proxied at Cloudflare: ${why}; it is not written. Turn proxying off there, or set routeflare/proxied: "false"`,
    ...(source === undefined ? {} : { source }),
  }));
  const isPartOfIt = ({ write, unpublishes }: Change) => write.kind === 'delete' && !unpublishes;
  return { changes: changes.filter((change) => !waits.has(change) && !isPartOfIt(change)), problems };
}

function unreachable({ write, after }: Change): string | undefined {
  if (write.kind === 'delete' || write.content === undefined || after?.proxied !== true) return undefined;
  const address = parseAddress(after.content);
  return address.ok ? unpublishable(address.value, true) : undefined;
}
