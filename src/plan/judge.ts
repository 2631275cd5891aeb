import { dataOf, excludes } from '../domain/record.ts';
import type { Claim } from '../domain/claim.ts';
import { unreachable } from '../domain/result.ts';
import type { Limits, RowChange } from './plan.ts';
import { toState } from './rows.ts';
import type { ClaimFate, PlanContext } from './table.ts';

/** What is to happen with a claim that no want of its name and type takes. */
export interface Verdict {
  readonly rows: readonly RowChange[];
  readonly due: number | undefined;
  /** May be deleted now, provided its marker is read as ours; and whether that unpublishes a name. */
  readonly remove: { readonly why: string; readonly unpublishes: boolean } | undefined;
}

const NOTHING: Verdict = { rows: [], due: undefined, remove: undefined };

const LOOK_AGAIN_MS = 200;

/**
 * Delay, strategy and brake, for one claim. Only a fate of `doomed` or `moved` can ever end in `remove`;
 * `replaced` is carried out together with the want that replaces it, or not at all.
 */
export function judge({ claim, fate }: ClaimFate, input: PlanContext): Verdict {
  const now = input.limits.now;
  if (claim.state === 'released') return NOTHING;
  switch (fate.kind) {
    case 'wanted':
    case 'replaced':
      return NOTHING;
    case 'kept':
      if (fate.state === 'left' && mayGo(claim, input)) {
        return {
          ...NOTHING,
          remove: { why: 'left by a suspended source; approved by a person', unpublishes: true },
        };
      }
      return { ...NOTHING, rows: toState(claim, fate.state, fate.why, { now }) };
    case 'moved':
      return judgeMove(claim, fate.to.id, fate.to.name, input);
    case 'doomed':
      return judgeDoomed(claim, fate.why, input);
    default:
      return unreachable(fate);
  }
}

/** A record that is kept goes by a person's word alone, and where nothing at all is deleted not even so. */
function mayGo({ recordId }: Claim, { limits }: PlanContext): boolean {
  return limits.strategy !== 'upsert-only' && limits.approved.has(recordId);
}

function judgeMove(claim: Claim, zoneId: string, zoneName: string, input: PlanContext): Verdict {
  const { now, strategy } = input.limits;
  const confirmed = input
    .elsewhere(claim.name)
    .some((other) => other.zoneId === zoneId && other.state === 'active' && standsFor(other, claim, input));
  if (!confirmed) {
    const why = `moves to zone ${zoneName} once its record there is confirmed`;
    return { ...NOTHING, rows: toState(claim, 'pending', why, { now }) };
  }
  const { zone } = input;
  // Were the zone's status another at the next look, the name would belong here again, and a delegation of it never
  // left: two places cost nothing, an empty zone costs the name.
  if (zone.status !== 'active' && zone.name.length >= zoneName.length) {
    const why = `zone ${zone.name} has status "${zone.status}": stays there, beside the one in zone ${zoneName}`;
    return { ...NOTHING, rows: toState(claim, 'pending', why, { now }) };
  }
  if (strategy === 'upsert-only') return held(claim, 'STRATEGY is upsert-only', now);
  if (input.limits.held.has(claim.recordId)) return held(claim, `moved to zone ${zoneName}`, now);
  // The delay holds here too: a zone that was seen for a moment only must not cost the record its old place.
  const why = `moved to zone ${zoneName}`;
  const doomedAt = doomedSince(claim, now);
  const due = dueAt(claim.recordId, doomedAt, input.limits);
  const rows = toState(claim, 'deleting', why, { now, doomedAt });
  if (due > now) return { ...NOTHING, rows, due };
  return { rows, due: undefined, remove: { why, unpublishes: false } };
}

/** Wanted there, of the same type or of the one that the name has changed to; an AAAA that stands says nothing of an A. */
function standsFor(other: Claim, claim: Claim, input: PlanContext): boolean {
  const isWanted = input.desired.fates.get(other.recordId)?.kind === 'wanted';
  return isWanted && (other.type === claim.type || excludes(other.type, claim.type));
}

function judgeDoomed(claim: Claim, why: string, input: PlanContext): Verdict {
  const { now, strategy, unjudged, held: heldIds, approved } = input.limits;
  if (strategy === 'upsert-only') return held(claim, `${why}; STRATEGY is upsert-only`, now);
  // Sources that return one by one lift the brake for the last of them, which may be on their way too.
  const isLetGo = claim.state === 'held' && !heldIds.has(claim.recordId) && !approved.has(claim.recordId);
  const doomedAt = isLetGo && !unjudged ? new Date(now).toISOString() : doomedSince(claim, now);
  const due = dueAt(claim.recordId, doomedAt, input.limits);
  const heldWhy = heldIds.get(claim.recordId);
  if (heldWhy !== undefined) {
    const story = {
      history: {
        action: 'hold' as const,
        reason: `${why}; ${heldWhy}`,
        before: dataOf(claim),
        after: undefined,
      },
    };
    const rows = toState(claim, 'held', why, { now, doomedAt }, claim.state === 'held' ? {} : story);
    return { ...NOTHING, rows };
  }
  // What the brake held before is not told as let go, only because it cannot be asked yet.
  const rows = unjudged && claim.state === 'held' ? [] : toState(claim, 'deleting', why, { now, doomedAt });
  if (due > now) return { ...NOTHING, rows, due };
  if (unjudged) return { ...NOTHING, rows, due: now + LOOK_AGAIN_MS };
  return { rows, due: undefined, remove: { why, unpublishes: true } };
}

function held(claim: Claim, why: string, now: number): Verdict {
  const doomedAt = doomedSince(claim, now);
  return { ...NOTHING, rows: toState(claim, 'held', why, { now, doomedAt }) };
}

/** When DELETE_DELAY is over. */
function dueAt(recordId: string, doomedAt: string, { now, deleteDelayMs, waitedMs }: Limits): number {
  return now + deleteDelayMs - (waitedMs?.(recordId, doomedAt) ?? now - Date.parse(doomedAt));
}

/** When the evidence was first seen; anew where the clock was set back before that, or the delay would never end. */
function doomedSince({ doomedAt }: Claim, now: number): string {
  return doomedAt !== undefined && Date.parse(doomedAt) <= now ? doomedAt : new Date(now).toISOString();
}
