import type { ParentRef, ParentStatus, SourceObject } from '../domain/cluster.ts';

/**
 * Why a route does not count as accepted by a parent; `undefined` when it is. Any controller's entry counts, but
 * it must be for this very parentRef and for the route's present spec: an older one says nothing.
 */
export function notAccepted(route: SourceObject, ref: ParentRef): string | undefined {
  const entries = route.parentStatuses.filter((entry) => sameParentRef(entry.ref, ref));
  const isPresent = ({ accepted, observedGeneration }: ParentStatus) =>
    accepted === 'True' && (observedGeneration ?? route.generation) >= route.generation;
  if (entries.some(isPresent)) return undefined;
  const parent = parentText(ref);
  const late = entries.find(({ accepted }) => accepted === 'True');
  if (late?.observedGeneration !== undefined) {
    return `${parent} has not looked at the route's last edit yet (observedGeneration ${late.observedGeneration}, generation ${route.generation})`;
  }
  const [entry] = entries;
  if (entry === undefined)
    return `${parent} has not accepted the route yet: status.parents has no entry for it`;
  const reason = entry.reason === '' ? '' : `, reason ${entry.reason}`;
  return `${parent} does not accept the route (Accepted: ${entry.accepted ?? 'absent'}${reason})`;
}

/** The whole parentRef counts: an entry for another section or port of the same Gateway is another parent. */
function sameParentRef(a: ParentRef, b: ParentRef): boolean {
  return (
    a.name === b.name &&
    a.namespace === b.namespace &&
    a.kind === b.kind &&
    a.group === b.group &&
    a.sectionName === b.sectionName &&
    a.port === b.port
  );
}

export function parentText(ref: ParentRef): string {
  const part = ref.sectionName === undefined ? '' : ` listener ${ref.sectionName}`;
  const port = ref.port === undefined ? '' : ` port ${ref.port}`;
  return `${ref.kind} ${ref.namespace}/${ref.name}${part}${port}`;
}
