import { parseMarker } from '../domain/owner.ts';
import type { Problem } from '../domain/problem.ts';
import type { ActualRecord } from '../domain/record.ts';
import { registryOwner } from './external-dns.ts';
import { ownershipOf } from './ownership.ts';
import type { PlanContext } from './table.ts';

/**
 * What to do about what stands in the way of a wanted record: the command, or the act where no command helps.
 * @param problem a `RecordConflict`
 */
export function strangerMend({ message, name = '' }: Problem, context: PlanContext): string {
  const listed = context.actual.all ?? [];
  const registry = listed.find(
    (record) => registryOwner(record) !== undefined && message.includes(`(TXT ${record.name})`),
  );
  if (registry !== undefined) {
    const owner = registryOwner(registry) ?? '';
    const given = owner === '' ? 'ID, with its --txt-owner-id as ID' : owner;
    return `stop external-dns, then routeflare import external-dns --owner ${given}`;
  }
  if (/\bNS record\b/.test(message))
    return 'publish the name in the zone that the NS record hands it to, or remove that NS record';
  const room = /free \d+ characters/.exec(message);
  if (room !== null) return `at Cloudflare, ${room[0]} of its comment`;
  if (/routeflare.adopt/.test(message)) return `routeflare adopt ${name} takes over what has no owner`;
  const owners = new Set(listed.flatMap((record) => importableOwner(record, name, context) ?? []));
  const [owner, ...others] = owners;
  if (owner === undefined || others.length > 0)
    return 'remove it at Cloudflare, or take the name from the source';
  return `where ${owner} runs no more, routeflare import routeflare --owner ${owner}; else it has to let go of the name`;
}

/** Whose marker another Routeflare, or one of before, left on a record at this name that was never ours. */
function importableOwner(record: ActualRecord, name: string, context: PlanContext): string | undefined {
  if (record.name !== name || record.readOnly || context.rowOf(record.id) !== undefined) return undefined;
  const { kind } = ownershipOf(record, undefined, context.identity);
  return kind === 'foreign' ? parseMarker(record.comment)?.owner : undefined;
}
