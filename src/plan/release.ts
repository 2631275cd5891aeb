import type { Hostname } from '../domain/hostname.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import { RELEASED } from './past-acts.ts';
import type { Change, RowChange } from './plan.ts';
import { restoration } from './restoration.ts';
import { forget, standingOf, strip, unreadText } from './strip.ts';
import { contextOf } from './table.ts';

/**
 * Lets go of all records of ours at a name: marker and row go, the records stay. The name is refused to the sources
 * that have it or ask for it. With `restore` the records become what `adopt` found.
 */
export function planRelease(input: ActInput, name: Hostname, restore: boolean): ActPlan {
  const context = contextOf(input);
  const { zone, desired, claims } = input;
  const here = claims.filter(
    (claim) => claim.name === name && claim.zoneId === zone.id && claim.state !== 'released',
  );
  const why =
    input.protectedBy(name) ??
    suspension(
      input,
      here.map((claim) => claim.recordId),
    );
  if (why !== undefined && here.length > 0) {
    return { zone, changes: [], rows: [], refuse: [], notes: [`${name} is left as it is: ${why}`] };
  }
  const standings = here.map((claim) => standingOf(context, claim));
  const unread = standings.find(({ record, gone }) => record === undefined && gone === undefined);
  if (unread !== undefined) {
    return { zone, changes: [], rows: [], refuse: [], notes: [unreadText(unread.claim)] };
  }
  const notes: string[] = [];
  let changes: readonly Change[] | undefined;
  if (restore) {
    const restored = restoration(input, name, standings);
    if (typeof restored === 'string') notes.push(`nothing is put back at ${name}: ${restored}`);
    else changes = restored;
    if (changes === undefined) return { zone, changes: [], rows: [], refuse: [], notes };
  }
  changes ??= standings.flatMap(({ claim, record, gone }) =>
    record === undefined || gone !== undefined ? [] : [strip(claim, record, RELEASED)],
  );
  const rows = standings.flatMap(({ claim, gone }): RowChange[] =>
    gone === undefined ? [] : [forget(claim, `${RELEASED}; ${gone}`)],
  );
  // Who lost it to the one that has it would be next.
  const wanting = [...desired.wants, ...desired.losers]
    .filter((want) => want.name === name)
    .map((want) => want.source);
  const holders = here.flatMap(({ holder }) => (holder === undefined ? [] : [holder]));
  const refuse =
    here.length === 0 ? [] : unique([...holders, ...wanting]).map((holder) => ({ name, holder }));
  for (const { holder } of refuse) {
    notes.push(`${name} is refused to ${refText(holder)} until one of its routeflare/ annotations is edited`);
  }
  return { zone, changes, rows, refuse, notes };
}

function suspension(input: ActInput, recordIds: readonly string[]): string | undefined {
  const isSuspended = recordIds.some((id) => {
    const fate = input.desired.fates.get(id);
    return fate?.kind === 'kept' && fate.state === 'suspended';
  });
  return isSuspended ? 'its source carries routeflare/suspend; take that away first' : undefined;
}

function unique(refs: readonly SourceRef[]): readonly SourceRef[] {
  return refs.filter((ref, index) => refs.findIndex((each) => sameRef(each, ref)) === index);
}
