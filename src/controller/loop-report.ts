import type { Problem } from '../domain/problem.ts';
import type { Orphan } from '../plan/orphans.ts';
import type { ZoneMemory } from './memory.ts';
import type { ZoneBook } from './zone-book.ts';

type Memories = ReadonlyMap<string, ZoneMemory>;

export interface ZoneOrphan {
  readonly zoneId: string;
  readonly zone: string;
  readonly orphan: Orphan;
}

/** What was found in all zones that is marked as ours and wanted by nothing here. */
export function orphansOf(memories: Memories, book: ZoneBook): readonly ZoneOrphan[] {
  return [...memories].flatMap(([zoneId, memory]) => {
    const zone = book.byId(zoneId)?.name ?? zoneId;
    return memory.orphans.map((orphan) => ({ zoneId, zone, orphan }));
  });
}

/** What failed last and is tried again; `undefined` when nothing did. */
export function troubleOf(memories: Memories, book: ZoneBook): string | undefined {
  if (book.trouble !== undefined) return `the zones could not be listed: ${book.trouble}`;
  for (const [id, { failing }] of memories) {
    const zone = book.byId(id);
    if (zone !== undefined && failing !== undefined) return `zone ${zone.name}: ${failing}`;
  }
  return undefined;
}

/** @param since when a person stopped everything, ISO 8601 UTC */
export function stoppedProblems(since: string | undefined): readonly Problem[] {
  if (since === undefined) return [];
  const message = `nothing is written since ${since}: "routeflare uninstall" stopped it; "routeflare uninstall --undo" lets it go on`;
  return [{ reason: 'Pending', message }];
}
