import { excludes, isRecordType } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import type { Draft, Judged } from './read.ts';

/** What stands at the very name of a want and cannot stand beside it, and is not dealt with yet. */
export function blockersOf(draft: Draft, want: Want): readonly Judged[] {
  return draft.judged.filter(
    ({ record }) => record.name === want.name && blocks(record.type, want) && !draft.consumed.has(record.id),
  );
}

function blocks(type: string, want: Want): boolean {
  if (type === 'NS') return want.name !== want.zone.name;
  return type === want.type || (isRecordType(type) && excludes(type, want.type));
}

/** One of ours whose type the wanted one excludes, and that goes in the batch that brings it. */
export function isReplaceable({ record, held, ownership }: Judged, want: Want): boolean {
  if (held === undefined || ownership.kind !== 'ours' || !isRecordType(record.type)) return false;
  if (!excludes(record.type, want.type)) return false;
  return held.fate.kind === 'replaced' || held.fate.kind === 'doomed';
}

/** One of ours that was renamed to this name, goes back by its own row, and may stand beside the wanted ones until then. */
export function givesWay(
  draft: Draft,
  { record, held, ownership }: Judged,
  want: Want,
  contents: readonly string[],
): boolean {
  const ownRow =
    held === undefined && ownership.kind === 'ours' && draft.input.rowOf(record.id) !== undefined;
  return ownRow && record.type === want.type && want.type !== 'CNAME' && !contents.includes(record.content);
}

/** One of ours, wanted as it was, that somebody gave a type which nothing wants here. */
export function isRetyped(draft: Draft, { record, held, ownership }: Judged, want: Want): boolean {
  if (held?.fate.kind !== 'wanted' || held.claim.type === record.type || !isRecordType(record.type))
    return false;
  return (
    (held.claim.type === want.type || excludes(record.type, want.type)) &&
    (ownership.kind === 'ours' || ownership.kind === 'ours-if-wanted') &&
    !draft.consumed.has(record.id) &&
    !draft.row.wants.some((other) => other.type === record.type)
  );
}
