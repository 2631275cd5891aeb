import type { Claim } from '../domain/claim.ts';
import type { Problem } from '../domain/problem.ts';
import type { Fate } from '../domain/want.ts';
import { NONE_ALLOWED } from './no-deletions.ts';

export interface BrakeInput {
  readonly claims: readonly Claim[];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly approved: ReadonlySet<string>;
  readonly maxDeletes: number | 'off';
  /** Records taken out of DNS within the last DELETE_DELAY. */
  readonly recent: number;
  /** Why no deletion may be judged yet (zones not read, the ledger of another cluster); `undefined` otherwise. */
  readonly stop: string | undefined;
}

/**
 * The brake on deletions, over all zones: those that fall due within one DELETE_DELAY are held when they are more
 * than MAX_DELETES and more than half of all managed records. Answers the ids to hold, each with the reason.
 */
export function brake(input: BrakeInput): ReadonlyMap<string, string> {
  const live = input.claims.filter((claim) => claim.state !== 'released');
  const going = (...kinds: readonly Fate['kind'][]) =>
    live.filter(
      ({ recordId }) =>
        kinds.some((kind) => kind === input.fates.get(recordId)?.kind) && !input.approved.has(recordId),
    );
  const hold = (claims: readonly Claim[], why: string) =>
    new Map(claims.map(({ recordId }) => [recordId, why]));
  if (input.stop !== undefined) return hold(going('doomed', 'moved', 'replaced'), input.stop);
  if (input.maxDeletes === 0) {
    return hold(going('doomed', 'moved'), NONE_ALLOWED);
  }
  const doomed = going('doomed');
  const why = tooMany(input, doomed.length, live.length);
  return why === undefined ? new Map() : hold(doomed, why);
}

function tooMany(input: BrakeInput, doomed: number, live: number): string | undefined {
  if (doomed === 0 || input.maxDeletes === 'off') return undefined;
  const together = doomed + input.recent;
  const managed = live + input.recent;
  if (together <= input.maxDeletes || together * 2 <= managed) return undefined;
  return `${together} of ${managed} managed records would be deleted together, more than MAX_DELETES (${input.maxDeletes}) and more than half`;
}

/**
 * What the operator is told, once for all of them and as long as they last: how many they are grows while objects go
 * one by one, and is a detail. `alone`: held though no deletion of theirs is due, since nothing at all is deleted.
 */
export function heldProblem(
  { stop, maxDeletes }: Pick<BrakeInput, 'stop' | 'maxDeletes'>,
  held: ReadonlyMap<string, string>,
  alone: number,
): readonly Problem[] {
  const count = held.size + alone;
  if (count === 0) return [];
  const many = `together they would be more than MAX_DELETES (${maxDeletes}) and more than half of all managed records`;
  const why = stop ?? (maxDeletes === 0 ? NONE_ALLOWED : many);
  const [numbers = why] = held.values();
  return [
    {
      reason: 'DeletionsHeld',
      message: `deletions are held: ${why}. Look at them, and let them go, with "routeflare approve"`,
      detail: numbers === why ? `${count} now` : `${count} now: ${numbers}`,
    },
  ];
}
