import { parseAddress, unpublishable } from '../domain/address.ts';
import type { Problem } from '../domain/problem.ts';
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
  const isPartOfIt = ({ write, unpublishes }: Change) => write.kind === 'delete' && !unpublishes;
  // What would give way to all of them in one batch stays, so nothing can be created beside it.
  const others = changes.some(isPartOfIt)
    ? changes.filter((change) => change.action === 'create' && !waits.has(change))
    : [];
  const problems: Problem[] = [...waits].map(([{ name, type, source, write }, why]) => ({
    ...pendingAt(zone, { name, type, source }),
    message:
      write.kind === 'create'
        ? `${type} ${name} was proxied at Cloudflare by somebody: ${why}; it is not created. Set routeflare/proxied: "false"`
        : `${type} ${name} (record ${write.id}) is proxied at Cloudflare: ${why}; it is not written. Turn proxying off there, or set routeflare/proxied: "false"`,
  }));
  const [first] = waits.keys();
  for (const change of others)
    problems.push({
      ...pendingAt(zone, change),
      message: `${change.type} ${change.name} waits for ${first?.type} ${change.name}: both take the place of what stands there, in one batch`,
    });
  const staying = changes.flatMap((change) => {
    if (waits.has(change)) return besidesContent(change);
    return isPartOfIt(change) || others.includes(change) ? [] : [change];
  });
  return { changes: staying, problems };
}

/** What else such an update puts right, as the name that somebody changed: with the address that stands. */
function besidesContent(change: Change): readonly Change[] {
  const { write, before, after, claim } = change;
  if (write.kind !== 'update' || before === undefined || after === undefined || claim === undefined)
    return [];
  const { content: _unreachable, ...rest } = write;
  const { kind: _kind, id: _id, ...patch } = rest;
  if (Object.keys(patch).length === 0) return [];
  const { content } = before;
  return [{ ...change, write: rest, after: { ...after, content }, claim: { ...claim, content } }];
}

function pendingAt(
  { name: zone }: PlanInput['zone'],
  { name, type, source }: Pick<Change, 'name' | 'type' | 'source'>,
) {
  return { reason: 'Pending' as const, zone, name, type, ...(source === undefined ? {} : { source }) };
}

function unreachable({ write, after }: Change): string | undefined {
  if (write.kind === 'delete' || write.content === undefined || after?.proxied !== true) return undefined;
  const address = parseAddress(after.content);
  return address.ok ? unpublishable(address.value, true) : undefined;
}
