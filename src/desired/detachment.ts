import type { SourceObject } from '../domain/cluster.ts';
import { intersectHostnames, type Hostname } from '../domain/hostname.ts';
import type { Evidence } from '../domain/want.ts';
import { parentText } from './acceptance.ts';
import { listenersFor, type Parent } from './attachment.ts';
import { nameOf, refusalOf } from './listener-checks.ts';
import { placeText } from './places.ts';
import type { World } from './world.ts';

/** Proof, from the specs of objects that are there, that no parent gives a name. */
export interface Detachment {
  readonly evidence: Evidence;
  readonly why: string;
}

/**
 * Why no parent gives `name`: the refusal that came nearest to taking it, so that a missing permission is told
 * rather than the ten listeners of other names. Call it only for a name that no parent offers, and where no
 * parent is open. `undefined` as the name is any name.
 */
export function detachmentOf(
  route: SourceObject,
  parents: readonly Parent[],
  name: Hostname | undefined,
  world: World,
): Detachment {
  let best: (Detachment & { readonly rank: number }) | undefined;
  for (const refusal of parents.flatMap((parent) => refusalsOf(route, parent, name, world))) {
    if (best === undefined || refusal.rank > best.rank) best = refusal;
  }
  const { evidence, why } = best ?? {
    evidence: 'parent-removed' as const,
    why: `${route.kind} ${route.namespace}/${route.name} has no parentRef`,
  };
  return { evidence, why };
}

const NEARER_THAN_ANY_OTHER_NAME = 2;

function refusalsOf(
  route: SourceObject,
  parent: Parent,
  name: Hostname | undefined,
  world: World,
): readonly (Detachment & { readonly rank: number })[] {
  const { ref, place } = parent;
  if (place === undefined || ref === undefined) {
    const why = ref === undefined ? 'it has no parent' : `parentRef ${parentText(ref)} is no Gateway`;
    return [{ evidence: 'parent-removed', why, rank: 0 }];
  }
  const listeners = listenersFor(ref, place);
  if (listeners.length === 0) {
    const why =
      ref.sectionName === undefined
        ? `${placeText(place.ref)} has no listener`
        : `${placeText(place.ref)} has no listener ${ref.sectionName}`;
    return [{ evidence: 'listener-removed', why, rank: 1 }];
  }
  return listeners.map((prepared) => {
    const { listener, hostname } = prepared;
    const own = hostname.ok ? hostname.value : undefined;
    const refusal = refusalOf({
      route,
      ref,
      place: place.ref,
      prepared,
      cluster: world.input.cluster,
    });
    if (refusal?.evidence !== undefined && intersectHostnames(name, own) !== undefined) {
      const { evidence, why, step } = refusal;
      return { evidence, why, rank: NEARER_THAN_ANY_OTHER_NAME + step };
    }
    const where = nameOf(listener, place.ref);
    const why =
      own === undefined
        ? `${where} has no hostname, and the route has none either`
        : `${where} has hostname ${own}, which ${name === undefined ? 'is not published by implication' : `does not cover ${name}`}`;
    return { evidence: 'listener-removed', why, rank: 1 };
  });
}
