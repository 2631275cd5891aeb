import type { Hostname } from '../domain/hostname.ts';
import { sameRef, type GatewayRef } from '../domain/source.ts';
import type { ParentName } from './annotation-values.ts';
import type { Parent } from './attachment.ts';

/** The one parent that counts for a name, or why none does for now. */
export type ParentChoice =
  | { readonly kind: 'parent'; readonly parent: Parent }
  | { readonly kind: 'waiting'; readonly why: string; readonly parent: Parent }
  | { readonly kind: 'detached' };

/**
 * Per name one parent counts: the one that `gateway` names; else the one that gave the present record, while the
 * route still refers to it; else the first in spec order that gives the name and yields content.
 */
export function chooseParent(
  name: Hostname,
  parents: readonly Parent[],
  named: ParentName | undefined,
  via: GatewayRef | undefined,
  yieldsContent: (parent: Parent) => boolean,
): ParentChoice {
  if (named !== undefined) {
    const meant = parents.filter((parent) => isNamed(parent, named));
    const choice = firstOf(name, meant, yieldsContent);
    const other = choice.kind === 'detached' ? firstOf(name, parents, yieldsContent) : choice;
    if (choice.kind !== 'detached' || other.kind === 'detached') return choice;
    // Another parent still gives it, so no edit took the name away: the present record stays.
    const why = `the parent named by routeflare/gateway does not give ${name}, and only that one counts`;
    return { kind: 'waiting', why, parent: meant[0] ?? other.parent };
  }
  if (via !== undefined) {
    const present = parents.filter(({ gateway }) => gateway !== undefined && sameRef(gateway, via));
    const choice = firstOf(name, present, yieldsContent);
    if (choice.kind !== 'detached') return choice;
  }
  return firstOf(name, parents, yieldsContent);
}

function isNamed(parent: Parent, named: ParentName): boolean {
  const { gateway } = parent;
  return (
    gateway !== undefined &&
    gateway.name === named.name &&
    (named.namespace === undefined || gateway.namespace === named.namespace)
  );
}

function firstOf(
  name: Hostname,
  parents: readonly Parent[],
  yieldsContent: (parent: Parent) => boolean,
): ParentChoice {
  const giving = parents.filter(({ offers }) => offers.has(name) && offers.get(name) === undefined);
  const parent = giving.length > 1 ? (giving.find(yieldsContent) ?? giving[0]) : giving[0];
  if (parent !== undefined) return { kind: 'parent', parent };
  for (const waiting of parents) {
    const why = waiting.offers.get(name) ?? waiting.open;
    if (why !== undefined) return { kind: 'waiting', why, parent: waiting };
  }
  return { kind: 'detached' };
}
