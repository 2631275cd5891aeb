import type { Problem } from '../domain/problem.ts';
import { refText, SOURCE_KINDS, type SourceRef } from '../domain/source.ts';
import type { Desired, Fate, Want } from '../domain/want.ts';
import { cautionsOf } from './cautions.ts';
import { compareKeys } from './compare-keys.ts';
import { settleConflicts } from './conflicts.ts';
import { settleFates } from './fates.ts';
import { idleGatewayKeys } from './gateway-defaults.ts';
import { liveSources, ownFate, whyUnknown } from './holders.ts';
import { judgeSource } from './source-verdict.ts';
import { toldProblems } from './told-problems.ts';
import { worldOf, type DesiredInput } from './world.ts';
import { zoningOf } from './zoning.ts';

export type { DesiredInput } from './world.ts';

/**
 * Cluster + egress addresses + claims -> what should exist, over all zones, and what may happen to every record
 * that is ours. Pure; the order of the input changes nothing. First each source is judged by itself, then those
 * that want one name against each other, then every claim.
 */
export function deriveDesired(input: DesiredInput): Desired {
  const world = worldOf(input);
  const zoning = zoningOf(input);
  const objects = liveSources(input);
  const verdicts = new Map(objects.map((object) => [refText(object), judgeSource(object, world, zoning)]));
  const claims = input.claims;
  const ownFates = new Map<string, Fate>(
    claims.map((claim) => [claim.recordId, ownFate(input, verdicts, claim)]),
  );
  const asked = [...verdicts.values()].flatMap(({ wants }) => wants);
  const createdAt = (source: SourceRef): string =>
    input.cluster.sources[source.kind]?.objects.get(`${source.namespace}/${source.name}`)?.createdAt ?? '';
  const { winners, losers, problems } = settleConflicts(asked, ownFates, createdAt, world);
  const all: readonly Problem[] = [
    ...[...verdicts.values()].flatMap((verdict) => verdict.problems),
    ...problems,
    ...cautionsOf(winners, zoning),
    ...zoning.problems(winners.map(({ zone }) => zone)),
    ...unknownKinds(input),
    ...idleGatewayKeys(input.cluster),
  ];
  return {
    wants: [...winners].sort(byNameAndType),
    losers,
    fates: settleFates(claims, winners, ownFates, zoning),
    problems: sortedBy(toldProblems(all), (problem) => [
      problem.source === undefined ? '' : refText(problem.source),
      problem.name ?? '',
      problem.type ?? '',
      problem.reason,
      problem.message,
    ]),
    egressFamilies: new Set([...verdicts.values()].flatMap(({ egressFamilies }) => egressFamilies)),
  };
}

/** Kinds that hold records and whose objects are not known, or only as they were: none of those records goes. */
function unknownKinds(input: DesiredInput): readonly Problem[] {
  const held = new Set(input.claims.map(({ holder }) => holder?.kind));
  return SOURCE_KINDS.filter(
    (kind) => held.has(kind) && input.cluster.sources[kind]?.trust.kind !== 'current',
  ).map((kind) => {
    const isStale = input.watchedKinds.has(kind) && input.cluster.sources[kind]?.trust.kind === 'stale';
    const rest = isStale
      ? 'the last known ones count, and no record of theirs goes'
      : 'their records stay as they are';
    return {
      reason: 'Pending',
      message: `${whyUnknown(input, kind, '') ?? `${kind} objects are not known`}; ${rest}`,
    };
  });
}

function byNameAndType(a: Want, b: Want): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.type < b.type ? -1 : Number(a.type > b.type);
}

function sortedBy<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): readonly T[] {
  return items
    .map((item) => ({ item, keys: keysOf(item) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ item }) => item);
}
