import type { FoundData, HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import { dataOf, excludes, type ActualRecord } from '../domain/record.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import type { Change, RowChange } from './plan.ts';
import { BECOMES } from './create.ts';
import { registryOwner } from './external-dns.ts';
import { forget, standingOf, strip, type Standing } from './strip.ts';
import { contextOf } from './table.ts';

const WHY = 'released by a person';

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
  const notes: string[] = [];
  let changes: readonly Change[] | undefined;
  if (restore) {
    const restored = restoration(input, name, standings);
    if (typeof restored === 'string') notes.push(`nothing is put back at ${name}: ${restored}`);
    else changes = restored;
    if (changes === undefined) return { zone, changes: [], rows: [], refuse: [], notes };
  }
  changes ??= standings.flatMap(({ claim, record, gone }) =>
    record === undefined || gone !== undefined ? [] : [strip(claim, record, WHY)],
  );
  const rows = standings.flatMap(({ claim, gone }): RowChange[] =>
    gone === undefined ? [] : [forget(claim, `${WHY}; ${gone}`)],
  );
  const wanting = desired.wants.filter((want) => want.name === name).map((want) => want.source);
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

/** The changes that put back what was there, or why that cannot be done. */
function restoration(
  input: ActInput,
  name: Hostname,
  standings: readonly Standing[],
): readonly Change[] | string {
  const found = adoptedAt(input.history(name)).filter(({ type }) => {
    const same = standings.filter(({ claim }) => claim.type === type);
    return (same.length > 0 ? same : standings).some(({ claim }) => claim.adopted);
  });
  const lost = standings.find(({ gone }) => gone !== undefined);
  if (standings.length === 0) return 'nothing of ours is there';
  if (lost !== undefined) return lost.gone ?? '';
  if (found.length === 0) return 'no record there was adopted; without --restore it is released as it is';
  const types = new Set(standings.map(({ claim }) => claim.type));
  if (types.size < standings.length || new Set(found.map(({ type }) => type)).size < found.length) {
    return `several records of one type are there; "routeflare history ${name}" has what they held`;
  }
  const becomesOther = found.some(({ type }) => [...types].some((each) => excludes(each, type)));
  if (becomesOther && input.limits.strategy === 'upsert-only') {
    return 'that needs a deletion, and STRATEGY is upsert-only';
  }
  const changes: Change[] = [];
  for (const { claim, record } of standings) {
    if (record === undefined) continue;
    const before = found.find(({ type }) => type === claim.type);
    const released = strip(claim, record, `${WHY}; what adopt found is put back`, before);
    if (before !== undefined || !becomesOther) changes.push(released);
    else
      changes.push({
        ...released,
        action: 'delete',
        after: undefined,
        write: { kind: 'delete', id: record.id },
      });
  }
  for (const before of found) if (!types.has(before.type)) changes.push(creation(before));
  return changes.map((change) => withTextsBack(change, input.actual.all ?? []));
}

/**
 * What the latest adoption of each record found, as far back as the last release of the name. A record that was
 * deleted is no part of what stands there later; one whose name changed its type is.
 */
function adoptedAt(history: readonly HistoryEntry[]): readonly FoundData[] {
  const found: FoundData[] = [];
  const ended = new Set<string>();
  for (const entry of history) {
    const { action, type, outcome, before, reason } = entry;
    // A restoration that changed the type is a deletion and a creation, with this reason.
    if (isRelease(entry) || (outcome === 'done' && reason.startsWith(WHY))) break;
    if (action === 'delete' && outcome === 'done' && !reason.startsWith(BECOMES)) ended.add(type);
    if (isAdoption(entry) && before !== undefined && !ended.has(type)) found.push(before);
  }
  return found;
}

/** Whether it tells of a release that took place, also of one whose answer was lost. */
export function isRelease({ action, outcome, reason }: HistoryEntry): boolean {
  return action === 'release'
    ? outcome === 'done'
    : action === 'settle' && outcome === 'landed' && reason.startsWith('release ');
}

/** Whether it tells of an adoption that took place, also of one whose answer was lost. */
export function isAdoption({ action, outcome, reason }: HistoryEntry): boolean {
  return action === 'adopt'
    ? outcome === 'done'
    : action === 'settle' && outcome === 'landed' && reason.startsWith('adopt ');
}

/** What external-dns said of the record comes back with it, but for what is there again. */
function withTextsBack(change: Change, records: readonly ActualRecord[]): Change {
  const there = new Set(
    records.filter((record) => registryOwner(record) !== undefined).map(({ name }) => name),
  );
  const texts = (change.after?.registry ?? []).filter(({ name }) => !there.has(name));
  if (texts.length === 0) return change;
  return { ...change, companions: texts.map((text) => ({ kind: 'create-text', ...text })) };
}

function creation(data: FoundData): Change {
  return {
    action: 'create',
    happening: 'Released',
    name: data.name,
    type: data.type,
    before: undefined,
    after: data,
    write: { kind: 'create', ...dataOf(data), comment: '' },
    claim: undefined,
    drops: [],
    source: undefined,
    reason: `${WHY}; what adopt found is put back`,
    unpublishes: false,
  };
}

function unique(refs: readonly SourceRef[]): readonly SourceRef[] {
  return refs.filter((ref, index) => refs.findIndex((each) => sameRef(each, ref)) === index);
}
