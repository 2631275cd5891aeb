import type { Claim, ClaimState } from '../domain/claim.ts';
import { formatComment, parseMarker, wordsOf } from '../domain/owner.ts';
import type { RecordData } from '../domain/record.ts';
import { sameRef } from '../domain/source.ts';
import type { Want } from '../domain/want.ts';
import type { RecordPatch } from '../domain/write.ts';
import { reportBlocked } from './adopt.ts';
import { blockersOf, givesWay, isRetyped } from './blockers.ts';
import { createMissing } from './create.ts';
import { fieldsFor, isEmptyPatch, patchOf } from './fields.ts';
import { compare } from './order.ts';
import { pairContents } from './pairs.ts';
import type { Draft, Judged } from './read.ts';
import { commentTooLong, deletion, released, remark } from './removal.ts';
import { holdAlone } from './hold.ts';
import { claimFor, settleRow } from './rows.ts';

const STILL: ReadonlySet<ClaimState> = new Set(['suspended', 'frozen']);

/** Brings the records of one name and type to what is wanted, around everything that is not ours. */
export function planWant(draft: Draft, want: Want, contents: readonly string[]): void {
  const { ours, spare } = needed(draft, want, contents);
  const gone = draft.gone.filter(({ claim }) => claim.type === want.type && claim.state !== 'released');
  for (const each of [...ours.map(({ record }) => record.id), ...gone.map(({ claim }) => claim.recordId)]) {
    draft.consumed.add(each);
  }
  // One that was renamed comes back only where nothing stands in its way: else that were a create beside it.
  const blocked = blockersOf(draft, want).some((each) => !givesWay(draft, each, want, contents));
  const atHome = pairContents(presentOf(ours.filter(({ record }) => record.name === want.name)), contents);
  const away = presentOf(ours.filter(({ record }) => record.name !== want.name));
  const back = pairContents(blocked ? [] : away, atHome.missing);
  for (const [{ judged }, content] of [...atHome.pairs, ...back.pairs]) {
    // Cloudflare takes no two records that are alike.
    const twins = [...blockersOf(draft, want), ...spare].filter(
      ({ record }) => record.type === want.type && record.content === content,
    );
    if (twins.length > 0 && judged.record.content !== content) reportBlocked(draft, want, twins);
    else keepOrUpdate(draft, want, judged, content);
  }
  for (const { judged } of atHome.extra) removeExtra(draft, want, judged);
  const { missing } = back;
  if (missing.length === 0) {
    for (const { judged } of blocked ? away : back.extra) removeExtra(draft, want, judged);
    for (const judged of draft.judged) if (isRetyped(draft, judged, want)) removeExtra(draft, want, judged);
    for (const { claim } of gone) draft.rows.push({ kind: 'drop', recordId: claim.recordId });
  } else {
    createMissing(
      draft,
      want,
      missing,
      gone.map(({ claim }) => claim),
    );
  }
}

/**
 * Ours of one name and type. One that is marked elsewhere or before may be another installation's that runs: it is taken
 * over where there are not enough beside it for all that is wanted, and else left, for a person to let go.
 */
function needed(draft: Draft, want: Want, contents: readonly string[]) {
  const all = draft.judged.filter((each) => isOurs(draft, each, want)).sort(rowFirst);
  const isSure = ({ held, ownership }: Judged) => held !== undefined || ownership.kind === 'ours';
  const sure = all.filter(isSure);
  const fits = ({ record }: Judged) => contents.includes(record.content);
  const takeable = all.filter((each) => !isSure(each));
  const byFit = [...takeable.filter(fits), ...takeable.filter((each) => !fits(each))];
  const room = Math.max(0, contents.length - sure.length);
  const spare = byFit.slice(room);
  for (const { record, ownership } of spare)
    draft.spare.push({ record, why: ownership.why, idle: 'ours stands there for what is wanted' });
  return { ours: [...sure, ...byFit.slice(0, room)], spare };
}

function isOurs(draft: Draft, { record, ownership, held }: Judged, want: Want): boolean {
  if (record.type !== want.type) return false;
  // Renamed to this name by somebody: its own row puts it back first.
  if (held === undefined && draft.input.rowOf(record.id) !== undefined) return false;
  // Given this type by somebody, while nothing may be written on it for its own source.
  if (held?.fate.kind === 'kept' && STILL.has(held.fate.state) && held.claim.type !== want.type) return false;
  return ownership.kind === 'ours' || ownership.kind === 'ours-if-wanted';
}

function presentOf(judged: readonly Judged[]) {
  return judged.map((each) => ({ judged: each, content: each.record.content }));
}

/** Of several of ours for one want, the one in the ledger stays, else the lowest id: the same on every pass. */
function rowFirst(a: Judged, b: Judged): number {
  return Number(a.held === undefined) - Number(b.held === undefined) || compare(a.record.id, b.record.id);
}

function keepOrUpdate(draft: Draft, want: Want, judged: Judged, content: string): void {
  const { record, held, ownership } = judged;
  const { identity, limits } = draft.input;
  const last = held?.claim;
  const after = fieldsFor(want, content, record, last);
  const fit = formatComment(wordsOf(record.comment), identity, want.source);
  if (!fit.ok) draft.problems.push({ ...commentTooLong(draft, judged, fit.tooLongBy), source: want.source });
  const comment = fit.ok && fit.comment !== record.comment ? { comment: fit.comment } : {};
  const patch = { ...patchOf(record, after), ...comment };
  const cluster = parseMarker(fit.ok ? fit.comment : record.comment)?.cluster ?? '';
  const next = claimFor(want, after, record.id, last, { now: limits.now, cluster });
  if (isEmptyPatch(patch)) {
    const recovered = { action: 'recover' as const, reason: ownership.why, before: undefined, after };
    draft.rows.push(
      ...(last === undefined
        ? [{ kind: 'put' as const, claim: next, history: recovered }]
        : settleRow(last, next)),
    );
    return;
  }
  const drifted = last !== undefined && drift(patch, after, last);
  draft.changes.push({
    action: 'update',
    happening:
      drifted || (patch.comment !== undefined && ownership.kind === 'ours' && !ownership.marked)
        ? 'DriftCorrected'
        : 'RecordUpdated',
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
    write: { kind: 'update', id: record.id, ...patch },
    claim: next,
    drops: [],
    source: want.source,
    reason: reasonFor(want, judged, drifted),
    unpublishes: false,
  });
}

function reasonFor(want: Want, { held, ownership }: Judged, drifted: boolean): string {
  if (drifted) return 'it was changed at Cloudflare by somebody else';
  const holder = held?.claim.holder;
  if (holder !== undefined && !sameRef(holder, want.source)) {
    return `taken over from ${holder.kind} ${holder.namespace}/${holder.name}`;
  }
  return held === undefined || (ownership.kind === 'ours' && !ownership.marked)
    ? ownership.why
    : `wanted by its holder, mode ${want.mode}`;
}

/** Whether what is put right was as wanted when we last wrote it, so that somebody else changed it. */
function drift(patch: RecordPatch, after: RecordData, last: Claim): boolean {
  return (
    (patch.content !== undefined && last.content === after.content) ||
    (patch.proxied !== undefined && last.proxied === after.proxied) ||
    (patch.ttl !== undefined && last.ttl === after.ttl) ||
    (patch.name !== undefined && last.name === after.name)
  );
}

/**
 * One of ours too many: two writes raced, or a person copied it. The name goes on being published. One without
 * a row is given it first, and goes when its marker is read again; one without a marker is marked first, or let go.
 */
function removeExtra(draft: Draft, want: Want, judged: Judged): void {
  const { record, held, ownership } = judged;
  if (draft.input.limits.strategy === 'upsert-only') return;
  draft.consumed.add(record.id);
  if (held === undefined) keepOrUpdate(draft, want, judged, record.content);
  else if (held.fate.kind !== 'wanted') draft.consumed.delete(record.id);
  else if (ownership.kind !== 'ours') draft.rows.push(released(draft, held.claim, ownership.why));
  else if (!ownership.marked) remark(draft, judged, held.claim);
  else {
    const why = `one of ours too many for ${want.type} ${want.name}`;
    const hold = holdAlone(draft, held.claim, why);
    if (hold === undefined) draft.changes.push(deletion(judged, held.claim, why, false));
    else draft.rows.push(...hold);
  }
}
