import { formatComment, wordsOf } from '../domain/owner.ts';
import { excludes, isRecordType } from '../domain/record.ts';
import type { Want } from '../domain/want.ts';
import { fieldsFor, patchOf } from './fields.ts';
import type { Draft, Judged } from './read.ts';
import { commentTooLong } from './removal.ts';
import { claimFor } from './rows.ts';

/**
 * Strangers' records stand where a record is wanted. They are reported; only the one existing unmarked record
 * of the wanted type, on a name whose source says `adopt`, is taken over in place. What an external-dns TXT
 * record claims is a stranger's, so the whole zone is read before.
 */
export function tryAdopt(
  draft: Draft,
  want: Want,
  contents: readonly string[],
  blockers: readonly Judged[],
): void {
  const [only, ...others] = blockers;
  const candidate =
    only !== undefined &&
    others.length === 0 &&
    only.ownership.kind === 'unmarked' &&
    only.record.type === want.type
      ? only
      : undefined;
  const [content] = contents;
  if (!want.adopt || candidate === undefined || contents.length !== 1 || content === undefined) {
    report(draft, want, blockers);
    return;
  }
  if (draft.input.actual.all === undefined) {
    draft.needsWhole = true;
    return;
  }
  const registry = externalDnsClaim(draft, want);
  if (registry !== undefined) {
    report(draft, want, blockers, `external-dns claims it (TXT ${registry})`);
    return;
  }
  const { record } = candidate;
  const { identity, limits } = draft.input;
  const fit = formatComment(wordsOf(record.comment), identity, want.source);
  if (!fit.ok) {
    draft.problems.push({ ...commentTooLong(draft, candidate, fit.tooLongBy), source: want.source });
    return;
  }
  const after = fieldsFor(want, content, record, undefined);
  draft.consumed.add(record.id);
  draft.changes.push({
    action: 'adopt',
    happening: 'Adopted',
    name: want.name,
    type: want.type,
    before: {
      name: want.name,
      type: want.type,
      content: record.content,
      ttl: record.ttl,
      proxied: record.proxied,
    },
    after,
    write: { kind: 'update', id: record.id, ...patchOf(record, after), comment: fit.comment },
    claim: claimFor(want, after, record.id, undefined, {
      now: limits.now,
      cluster: identity.cluster,
      adopted: true,
    }),
    drops: [],
    source: want.source,
    reason: 'routeflare/adopt; from now on it is deleted when its holder goes',
    unpublishes: false,
  });
}

function report(draft: Draft, want: Want, blockers: readonly Judged[], also?: string): void {
  const found = blockers.map(
    ({ record, ownership }) => `${record.type} ${record.content} (${ownershipText(record.id, ownership)})`,
  );
  const clash = blockers.some(({ record }) => isRecordType(record.type) && excludes(record.type, want.type));
  const mend = clash
    ? 'a CNAME cannot stand beside an address: remove one of them'
    : 'nothing is created beside it: remove it, or set routeflare/adopt: "true" where it has no owner';
  draft.problems.push({
    reason: 'RecordConflict',
    source: want.source,
    zone: want.zone.name,
    name: want.name,
    type: want.type,
    message: `${want.type} ${want.name} is blocked by ${found.join(', ')}${also === undefined ? '' : `; ${also}`}; ${mend}`,
  });
}

function ownershipText(id: string, ownership: Judged['ownership']): string {
  return ownership.why.includes(id) ? ownership.why : `record ${id}: ${ownership.why}`;
}

/**
 * The TXT registry of external-dns: on the name itself, or with its prefix, suffix and record type around the first
 * label. A wildcard's label is replaced by any word, so that every one of its zone's names counts.
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/txt/
 */
function externalDnsClaim(draft: Draft, want: Want): string | undefined {
  const [first = '', ...rest] = want.name.split('.');
  const label = first === '*' ? '' : first;
  const parent = `.${rest.join('.')}`;
  return draft.input
    .externalDnsNames()
    .find(
      (name) =>
        name.includes(want.name) || (name.endsWith(parent) && name.slice(0, -parent.length).includes(label)),
    );
}
