import type { Claim } from '../domain/claim.ts';
import type { Problem } from '../domain/problem.ts';
import { excludes, type RecordType } from '../domain/record.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { Fate, Want } from '../domain/want.ts';
import { compareKeys } from './compare-keys.ts';
import { note } from './trace.ts';
import type { World } from './world.ts';

/** A record whose holder is not evidently done with it: nobody of another namespace takes its name. */
interface Hold {
  readonly source: SourceRef;
  readonly type: RecordType;
  readonly isSuspended: boolean;
}

export interface Verdict {
  readonly winners: readonly Want[];
  readonly losers: readonly Want[];
  readonly problems: readonly Problem[];
}

/**
 * Two sources, one name; contract 2. Whoever holds the record keeps it against another namespace, also while
 * pending, frozen or suspended; within a namespace, or when nobody holds it, the oldest wins, then namespace,
 * name, kind. CNAME and the address types exclude each other; A and AAAA are judged apart.
 */
export function settleConflicts(
  wants: readonly Want[],
  ownFates: ReadonlyMap<string, Fate>,
  createdAt: (source: SourceRef) => string,
  world: World,
): Verdict {
  const winners: Want[] = [];
  const losers: Want[] = [];
  const problems: Problem[] = [];
  for (const [name, rivals] of Map.groupBy(wants, (want) => want.name)) {
    const held = world
      .claimsAt(name)
      .map((claim) => holdOf(claim, ownFates))
      .filter((hold) => hold !== undefined);
    if (rivals.length === 1 && held.every((hold) => isOf(hold, rivals[0]))) {
      winners.push(...rivals);
      for (const want of rivals) noteWinner(want, world);
      continue;
    }
    const accepted: Want[] = [];
    const lost: Want[] = [];
    for (const want of byAge(rivals, createdAt)) {
      const isFree =
        !accepted.some((each) => clashes(each.type, want.type)) && holdAgainst(want, held) === undefined;
      (isFree ? accepted : lost).push(want);
    }
    for (const want of lost) {
      const told = conflictOf(want, accepted, held);
      const why = told[0]?.message ?? 'a record of another type waits on the name';
      note({ source: want.source, world }, 'conflict', false, () => why, {
        name: want.name,
        type: want.type,
      });
      problems.push(...told);
    }
    for (const want of accepted) noteWinner(want, world);
    winners.push(...accepted);
    losers.push(...lost);
  }
  return { winners, losers, problems };
}

function noteWinner({ source, name, type }: Want, world: World): void {
  note({ source, world }, 'conflict', true, () => 'no other source has a better right to it', { name, type });
}

function isOf(hold: Hold, want: Want | undefined): boolean {
  return want !== undefined && sameRef(hold.source, want.source);
}

function holdOf({ type, holder, recordId }: Claim, ownFates: ReadonlyMap<string, Fate>): Hold | undefined {
  const fate = ownFates.get(recordId);
  if (holder === undefined || fate?.kind !== 'kept' || fate.state === 'left') return undefined;
  return { source: holder, type, isSuspended: fate.state === 'suspended' };
}

/** The hold that keeps a name from `want`; one that a source has itself counts for as much as another's. */
function holdAgainst(want: Want, held: readonly Hold[]): Hold | undefined {
  const isHolder = held.some((each) => isOf(each, want) && each.type === want.type);
  return held.find(
    (each) =>
      !isOf(each, want) &&
      clashes(each.type, want.type) &&
      (each.isSuspended || (!isHolder && each.source.namespace !== want.source.namespace)),
  );
}

function byAge(rivals: readonly Want[], createdAt: (source: SourceRef) => string): readonly Want[] {
  return rivals
    .map((want) => {
      const { namespace, name, kind } = want.source;
      return { want, keys: [createdAt(want.source), namespace, name, kind, want.type] };
    })
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ want }) => want);
}

function clashes(a: RecordType, b: RecordType): boolean {
  return a === b || excludes(a, b);
}

/** Told on the loser. A source that loses to itself (a type that waits beside one that does not) is not told. */
function conflictOf(want: Want, accepted: readonly Want[], held: readonly Hold[]): readonly Problem[] {
  const hold = holdAgainst(want, held);
  const winner = accepted.find((each) => clashes(each.type, want.type))?.source ?? hold?.source;
  if (winner === undefined || sameRef(winner, want.source)) return [];
  const why =
    hold === undefined ? 'is older, or first by name' : `holds it${hold.isSuspended ? ' suspended' : ''}`;
  return [
    {
      reason: 'HostnameConflict',
      source: want.source,
      zone: want.zone.name,
      name: want.name,
      type: want.type,
      message: `${want.type} ${want.name} belongs to ${refText(winner)}, which ${why}; take the name out of one of them, or leave it: it comes here when that one goes`,
    },
  ];
}
