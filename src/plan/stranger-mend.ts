import { parseMarker } from '../domain/owner.ts';
import type { Problem } from '../domain/problem.ts';
import type { ActualRecord } from '../domain/record.ts';
import { unreachable } from '../domain/result.ts';
import { registryOwner } from './external-dns.ts';
import { ownershipOf } from './ownership.ts';
import type { PlanContext } from './table.ts';

/**
 * What to do about what stands in the way of a wanted record: the command, or the act where no command helps.
 * @param problem a `RecordConflict`
 */
export function strangerMend({ obstacle, name = '' }: Problem, context: PlanContext): string {
  const listed = context.actual.all ?? [];
  switch (obstacle?.kind) {
    case 'registry': {
      const owner =
        listed
          .filter((record) => record.name === obstacle.text)
          .map(registryOwner)
          .find((each) => each !== undefined) ?? '';
      const given = owner === '' ? 'ID, with its --txt-owner-id as ID' : owner;
      return `stop external-dns, then routeflare import external-dns --owner ${given}`;
    }
    case 'delegation':
      return 'publish the name in the zone that the NS record hands it to, or remove that NS record';
    case 'comment':
      return `at Cloudflare, free ${obstacle.tooLongBy} characters of its comment`;
    case 'unowned':
      return `routeflare adopt ${name} takes over what has no owner`;
    case undefined:
      return ownedMend(name, listed, context);
    default:
      return unreachable(obstacle);
  }
}

function ownedMend(name: string, listed: readonly ActualRecord[], context: PlanContext): string {
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
