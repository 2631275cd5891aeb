import { isWildcard } from '../domain/hostname.ts';
import type { Zone } from '../domain/zone.ts';
import type { ApiProblem } from '../domain/write.ts';
import { nothingRead, viewOfZone, withReads, type ActualView } from '../plan/actual.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import type { ZoneState } from './zone-state.ts';

/** Up to this many names are read one by one; for more, one list of the zone is cheaper. */
const FEW_NAMES = 3;
/** Reading a name can show that an id, then that the whole zone must be read: three rounds settle it. */
const ROUNDS = 4;

/**
 * Plans, reads what the plan asked for, and plans again. A read that fails leaves its names undecided in the
 * plan and is answered beside it; the rest of the plan stands.
 */
export async function planWithReads(
  zone: Zone,
  state: ZoneState,
  list: ActualView | undefined,
): Promise<{ readonly plan: Plan; readonly view: ActualView; readonly unread: ApiProblem | undefined }> {
  let view = list ?? nothingRead;
  for (let round = 1; ; round += 1) {
    const plan = makePlan(state.planInput(zone, view));
    const { reads } = plan;
    // The copy that is kept before a zone's first write is a list, and what it shows counts.
    const isUnseen = plan.changes.length > 0 && view.all === undefined && !isCopied(zone, state);
    const nothing = !reads.whole && reads.names.size === 0 && reads.ids.size === 0 && !isUnseen;
    if (nothing) return { plan, view, unread: undefined };
    if (round === ROUNDS) return { plan, view, unread: RESTLESS };
    const more = await read(zone, state, view, plan);
    // The call may have taken half a minute: what goes on without it is planned from what is known now.
    if ('problem' in more) {
      return { plan: makePlan(state.planInput(zone, view)), view, unread: more.problem };
    }
    view = more.view;
  }
}

async function read(
  zone: Zone,
  state: ZoneState,
  view: ActualView,
  { reads, changes }: Plan,
): Promise<{ readonly view: ActualView } | { readonly problem: ApiProblem }> {
  const { world } = state;
  let next = view;
  // A zone that is about to have its first write needs a copy, so its list serves both.
  const first = !isCopied(zone, state) && (reads.names.size > 0 || changes.length > 0);
  // Whether the filter takes `*` literally is undocumented, and a wrongly empty answer would not be noticed.
  const wild = [...reads.names].some(isWildcard);
  if (reads.whole || wild || reads.names.size > FEW_NAMES || first) {
    const listed = await world.records.listZone(zone);
    if (!listed.ok) return listed;
    next = knowingAbsent(view, viewOfZone(listed.value));
  } else if (reads.names.size > 0) {
    const names = await world.records.readNames(zone, [...reads.names]);
    if (!names.ok) return names;
    next = withReads(next, names.value, new Map());
  }
  if (reads.ids.size > 0) {
    const ids = await world.records.readIds(zone, [...reads.ids]);
    if (!ids.ok) return ids;
    next = withReads(next, new Map(), ids.value);
  }
  return { view: next };
}

/** A list does not tell of an id that it is gone; that was asked for before. */
function knowingAbsent(before: ActualView, listed: ActualView): ActualView {
  return {
    ...listed,
    byId: (id) => listed.byId(id) ?? (before.byId(id) === 'absent' ? 'absent' : undefined),
  };
}

const RESTLESS: ApiProblem = {
  kind: 'unavailable',
  message: 'its records changed while they were being read',
  status: undefined,
  codes: [],
  retryAfterMs: undefined,
};

function isCopied(zone: Zone, { world }: ZoneState): boolean {
  return world.ledger.zoneCopied(zone.id);
}
