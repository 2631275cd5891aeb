import { formatComment, wordsOf } from '../domain/owner.ts';
import { isRecordType, type RecordData } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { fieldsFor, patchOf } from './fields.ts';
import { pairContents } from './pairs.ts';
import type { Draft, Judged } from './read.ts';
import { commentTooLong } from './removal.ts';
import { claimFor } from './rows.ts';

/** Whether a person named every one of these for adoption, and each may be taken over at all. */
export function areNamed(draft: Draft, blockers: readonly Judged[]): boolean {
  const { adopting } = draft.input.limits;
  return blockers.every(
    ({ record, ownership }) =>
      ownership.kind === 'unmarked' && isRecordType(record.type) && adopting?.has(record.id) === true,
  );
}

/**
 * Takes over records that a person named. As many as are wanted get their contents; one too many, or of another
 * type, is only marked, so that the next pass deals with it as with any of ours.
 */
export function adoptNamed(
  draft: Draft,
  want: Want,
  contents: readonly string[],
  blockers: readonly Judged[],
): void {
  const same = blockers.filter(({ record }) => record.type === want.type);
  const others = blockers.filter(({ record }) => record.type !== want.type);
  const present = same.map((judged) => ({ judged, content: judged.record.content }));
  const { pairs, extra } = pairContents(present, contents);
  const why = 'adopted by a person; from now on it is deleted when its holder goes';
  for (const [{ judged }, content] of pairs) {
    pushAdoption(draft, want, judged, fieldsFor(want, content, judged.record, undefined), why);
  }
  const rest = 'adopted by a person; the next pass puts what is wanted in its place';
  for (const judged of [...extra.map((each) => each.judged), ...others]) {
    const { type, content, ttl, proxied } = judged.record;
    if (isRecordType(type))
      pushAdoption(draft, want, judged, { name: want.name, type, content, ttl, proxied }, rest);
  }
}

/** The one change that makes an unmarked record ours; `after` is what it shall hold. */
export function pushAdoption(
  draft: Draft,
  want: Want,
  judged: Judged,
  after: RecordData,
  reason: string,
): void {
  const { record } = judged;
  const { identity, limits } = draft.input;
  const fit = formatComment(wordsOf(record.comment), identity, want.source);
  if (!fit.ok) {
    draft.problems.push({ ...commentTooLong(draft, judged, fit.tooLongBy), source: want.source });
    return;
  }
  draft.consumed.add(record.id);
  const { content, ttl, proxied } = record;
  draft.changes.push({
    action: 'adopt',
    happening: 'Adopted',
    name: want.name,
    type: after.type,
    before: { name: want.name, type: after.type, content, ttl, proxied },
    after,
    write: { kind: 'update', id: record.id, ...patchOf(record, after), comment: fit.comment },
    claim: claimFor(want, after, record.id, undefined, {
      now: limits.now,
      cluster: identity.cluster,
      adopted: true,
    }),
    drops: [],
    source: want.source,
    reason,
    unpublishes: false,
  });
}
