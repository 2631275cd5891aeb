import { parseHostname, type Hostname, intersectHostnames } from '../domain/hostname.ts';
import { fewOf } from '../domain/shown-text.ts';
import type { SourceObject } from '../domain/cluster.ts';
import { isRoute } from '../domain/source.ts';

/** A list of names as somebody wrote it. `wrong`: a sentence for each entry that is none, or for many at once. */
export interface NameList {
  readonly names: readonly Hostname[];
  readonly wrong: readonly string[];
  readonly hasEmptyItem: boolean;
}

/**
 * What a source asks for: a list of names, or (a route without any) the listeners' exact names.
 * A list with a wrong entry stays a list: it never falls back to the listeners.
 */
export type Requested =
  | { readonly kind: 'list'; readonly names: readonly Hostname[]; readonly wrong: readonly string[] }
  | { readonly kind: 'listeners' };

export function parseNameList(raw: readonly string[]): NameList {
  const names = new Set<Hostname>();
  const wrong: string[] = [];
  let hasEmptyItem = false;
  for (const entry of raw) {
    const name = entry.trim() === '' ? undefined : parseHostname(entry.trim());
    if (name === undefined) hasEmptyItem = true;
    else if (name.ok) names.add(name.value);
    else wrong.push(name.error);
  }
  // A list can have tens of thousands.
  const told = fewOf(wrong, (count) => `${count} more entries are no DNS names`);
  return { names: [...names], wrong: told, hasEmptyItem };
}

/** The annotation `hostnames` replaces the object's own names. Only a route may leave them to its listeners. */
export function requestedNames(object: SourceObject, annotated: NameList | undefined): Requested {
  if (annotated !== undefined) return { kind: 'list', names: annotated.names, wrong: annotated.wrong };
  if (object.hostnames.length === 0 && isRoute(object.kind)) return { kind: 'listeners' };
  const own = parseNameList(object.hostnames);
  const empty = own.hasEmptyItem ? ['"" is not a DNS name: it is empty'] : [];
  return { kind: 'list', names: own.names, wrong: [...own.wrong, ...empty] };
}

/** Whether the source asks for `name` at all, whichever listener would have to accept it. */
export function asksFor(requested: Requested, name: Hostname): boolean {
  return (
    requested.kind === 'listeners' || requested.names.some((each) => intersectHostnames(each, name) === name)
  );
}
