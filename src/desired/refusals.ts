import type { SourceObject } from '../domain/cluster.ts';
import type { Hostname } from '../domain/hostname.ts';
import { annotationsText, type Refusal } from '../domain/refusal.ts';
import { sameRef } from '../domain/source.ts';
import type { DesiredInput } from './world.ts';

/** Why a source may not have a name: a person took it, and its annotations are what they were. */
export function refusalWhy(
  refusals: readonly Refusal[] | undefined,
  object: SourceObject,
  name: Hostname,
): string | undefined {
  const refusal = refusals?.find((each) => each.name === name && sameRef(each.holder, object));
  if (refusal === undefined || refusal.annotations !== annotationsText(object.annotations)) return undefined;
  return `${name} was released by a person at ${refusal.at}: refused until an annotation of its source is edited`;
}

/** Refusals that an edit has ended, for good: the annotations coming back does not bring them back. */
export function endedRefusals({ refusals, cluster }: DesiredInput): readonly Refusal[] {
  return (refusals ?? []).filter(({ holder, annotations }) => {
    const view = cluster.sources[holder.kind];
    const object = view?.objects.get(`${holder.namespace}/${holder.name}`);
    return object !== undefined && annotationsText(object.annotations) !== annotations;
  });
}
