import type { SourceObject } from '../../src/domain/cluster.ts';
import type { Lab } from './lab.ts';
import { routeKindOf } from './names.ts';
import type { SimProcess } from './process.ts';

/**
 * Once the API server is well, the program sees its routes as they are: no watch or list has lost one for good. After a
 * snapshot the list that is made anew every some hours may be needed for that.
 */
export function judgeSight(lab: Lab, process: SimProcess): void {
  if (lab.cluster.isRestored) return;
  const { routes } = lab.cluster.truth;
  const { sources } = process.cluster.snapshot();
  for (const kind of lab.settings.routeKinds) {
    const trust = sources[kind]?.trust.kind;
    if (trust !== 'current') {
      lab.fail('the cluster is seen as it is', `its ${kind}s are ${trust ?? 'not watched'}`);
      return;
    }
  }
  for (const [key, route] of routes) {
    const view = sources[routeKindOf(key)];
    const seen = view?.objects.get(key);
    // Of one without an annotation of ours only that it is there is kept.
    const isPlain = seen === undefined && Object.keys(route.annotations).length === 0;
    const isSeen = isPlain ? view?.present(key) === true : seen !== undefined && gist(seen) === gist(route);
    if (!isSeen)
      lab.fail(
        'the cluster is seen as it is',
        `route ${key} is ${seen === undefined ? 'not seen' : 'another one'}`,
      );
  }
  for (const key of Object.values(sources).flatMap(({ objects }) => [...objects.keys()]))
    if (!routes.has(key)) lab.fail('the cluster is seen as it is', `route ${key} is gone, and still seen`);
}

function gist({ annotations, hostnames, generation }: SourceObject): string {
  const notes = Object.keys(annotations)
    .sort()
    .map((key) => [key, annotations[key]]);
  return JSON.stringify([notes, hostnames, generation]);
}
