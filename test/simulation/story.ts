import type { History } from './history.ts';
import { favourFlag } from './replay-flags.ts';
import type { Outcome } from './run.ts';

/** A history that breaks a promise, for people: what was set, what happened, what was done, what broke. */
export function storyOf(history: History, outcome: Outcome, before: number): string {
  const { failure, story } = outcome;
  const settings = Object.entries(history.settings)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  return [
    `Seed ${history.seed}${favourFlag(history.favoured)}, ${history.events.length} events left of ${before}; ${settings}.`,
    '',
    ...story,
    '',
    failure === undefined ? 'Nothing was broken.' : `BROKEN: ${failure.invariant}`,
    failure?.message ?? '',
    '',
    `As a regression: ${JSON.stringify(history)}`,
  ].join('\n');
}
