import type { Claim } from '../domain/claim.ts';
import type { Problem } from '../domain/problem.ts';
import { excludes, type RecordType } from '../domain/record.ts';
import { refText, sameRef, type SourceRef } from '../domain/source.ts';
import type { Fate, Want } from '../domain/want.ts';
import { compareKeys } from './compare-keys.ts';
import type { World } from './world.ts';

/** A record whose holder is not evidently done with it: nobody of another namespace takes its name. */
interface Hold {
  readonly source: SourceRef;
  readonly type: RecordType;
  readonly isSuspended: boolean;
}

export interface Verdict {
  readonly winners: readonly Want[];
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
  const problems: Problem[] = [];
  for (const [name, rivals] of Map.groupBy(wants, (want) => want.name)) {
    const held = world
      .claimsAt(name)
      .map((claim) => holdOf(claim, ownFates))
      .filter((hold) => hold !== undefined);
    if (rivals.length === 1 && held.every((hold) => isOf(hold, rivals[0]))) {
      winners.push(...rivals);
      continue;
    }
    const accepted: Want[] = [];
    for (const want of ranked(rivals, held, createdAt)) {
      const lost = lostTo(want, accepted, held, rivals);
      if (lost === undefined) accepted.push(want);
      else if (!sameRef(lost.source, want.source)) problems.push(conflict(want, lost.source, lost.why));
    }
    winners.push(...accepted);
  }
  return { winners, problems };
}

function isOf(hold: Hold, want: Want | undefined): boolean {
  return want !== undefined && sameRef(hold.source, want.source);
}

function holdOf({ type, holder, recordId }: Claim, ownFates: ReadonlyMap<string, Fate>): Hold | undefined {
  const fate = ownFates.get(recordId);
  if (holder === undefined || fate?.kind !== 'kept' || fate.state === 'left') return undefined;
  return { source: holder, type, isSuspended: fate.state === 'suspended' };
}

function ranked(
  rivals: readonly Want[],
  held: readonly Hold[],
  createdAt: (source: SourceRef) => string,
): readonly Want[] {
  const rankOf = (want: Want): number => {
    const clashing = held.filter((hold) => clashes(hold.type, want.type));
    if (clashing.some((hold) => hold.isSuspended && isOf(hold, want))) return 0;
    return clashing.some((hold) => hold.source.namespace === want.source.namespace) ? 1 : 2;
  };
  return rivals
    .map((want) => {
      const { namespace, name, kind } = want.source;
      const keys = [String(rankOf(want)), createdAt(want.source), namespace, name, kind, want.type];
      return { want, keys };
    })
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ want }) => want);
}

function clashes(a: RecordType, b: RecordType): boolean {
  return a === b || excludes(a, b);
}

function lostTo(
  want: Want,
  accepted: readonly Want[],
  held: readonly Hold[],
  rivals: readonly Want[],
): { readonly source: SourceRef; readonly why: string } | undefined {
  const winner = accepted.find((each) => clashes(each.type, want.type));
  if (winner !== undefined) return { source: winner.source, why: whyFirst(winner, want, held) };
  const hold = held.find(
    (each) =>
      !isOf(each, want) &&
      clashes(each.type, want.type) &&
      (each.isSuspended || (each.source.namespace !== want.source.namespace && !competes(each, rivals))),
  );
  return hold === undefined
    ? undefined
    : { source: hold.source, why: hold.isSuspended ? 'holds it suspended' : 'holds it' };
}

/** Whether the holder itself is among the rivals, so that rank decides. */
function competes(hold: Hold, rivals: readonly Want[]): boolean {
  return rivals.some((want) => isOf(hold, want) && clashes(hold.type, want.type));
}

function whyFirst(winner: Want, loser: Want, held: readonly Hold[]): string {
  const isHeld = held.some(
    ({ source, type }) => clashes(type, loser.type) && source.namespace === winner.source.namespace,
  );
  return isHeld && winner.source.namespace !== loser.source.namespace ? 'holds it' : 'is older';
}

function conflict(want: Want, winner: SourceRef, why: string): Problem {
  return {
    reason: 'HostnameConflict',
    source: want.source,
    zone: want.zone.name,
    name: want.name,
    type: want.type,
    message: `${want.type} ${want.name} belongs to ${refText(winner)}, which ${why}; it comes here when that one goes`,
  };
}
