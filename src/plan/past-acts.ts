import type { FoundData, HistoryEntry } from '../domain/entry.ts';
import { BECOMES } from './create.ts';

/** How the reason of every change begins that `release` makes. */
export const RELEASED = 'released by a person';

/**
 * What the latest adoption of each record found, as far back as the last release of the name. A record that was
 * deleted is no part of what stands there later; one whose name changed its type is.
 */
export function adoptedAt(history: readonly HistoryEntry[]): readonly FoundData[] {
  const found: FoundData[] = [];
  const ended = new Set<string>();
  for (const entry of history) {
    const { action, type, outcome, before, reason } = entry;
    // A restoration that changed the type is a deletion and a creation, with this reason.
    if (isRelease(entry) || (outcome === 'done' && reason.startsWith(RELEASED))) break;
    if (action === 'delete' && outcome === 'done' && !reason.startsWith(BECOMES)) ended.add(type);
    if (!isAdoption(entry) || before === undefined || ended.has(type)) continue;
    // An adoption whose answer was lost can stand there twice, by its own line and by that of the next try.
    if (!found.some((each) => each.type === type && each.content === before.content)) found.push(before);
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
