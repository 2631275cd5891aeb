import type { History, HistoryEvent } from './history.ts';

/**
 * Delta debugging: the shortest list of the events that still fails. Halves first, then ever smaller parts are left
 * out, until no single event can be spared. https://doi.org/10.1109/32.988498
 */
export async function shrink(
  history: History,
  fails: (history: History) => Promise<boolean>,
): Promise<History> {
  let events: readonly HistoryEvent[] = history.events;
  let parts = 2;
  while (events.length >= 2) {
    const size = Math.ceil(events.length / parts);
    const shorter = await firstThatFails(history, events, size, fails);
    if (shorter !== undefined) {
      events = shorter;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) break;
    else parts = Math.min(events.length, parts * 2);
  }
  return { ...history, events };
}

async function firstThatFails(
  history: History,
  events: readonly HistoryEvent[],
  size: number,
  fails: (history: History) => Promise<boolean>,
): Promise<readonly HistoryEvent[] | undefined> {
  for (let from = 0; from < events.length; from += size) {
    const rest = [...events.slice(0, from), ...events.slice(from + size)];
    if (rest.length > 0 && (await fails({ ...history, events: rest }))) return rest;
  }
  return undefined;
}
