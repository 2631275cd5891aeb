import type { ApiProblem } from '../domain/write.ts';
import type { Change } from '../plan/plan.ts';
import type { Outcome } from './outcome.ts';
import type { ApplyPorts } from './ports.ts';

/** The changes that may be written now. The others, each name as a whole, are noted as not tried. */
export function permitted(
  batch: readonly Change[],
  { forbids }: ApplyPorts,
  outcomes: Outcome[],
): readonly Change[] {
  const why = new Map<string, string>();
  for (const change of batch) {
    const reason = why.get(change.name) ?? forbids(change);
    if (reason !== undefined) why.set(change.name, reason);
  }
  for (const change of batch) {
    const reason = why.get(change.name);
    if (reason !== undefined) outcomes.push({ change, kind: 'not-tried', problem: later(reason) });
  }
  return batch.filter(({ name }) => !why.has(name));
}

/** Why a batch may not leave after all; `undefined` when all of it may. */
export function heldBack(batch: readonly Change[], { forbids }: ApplyPorts): string | undefined {
  for (const change of batch) {
    const reason = forbids(change);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Nothing was sent, and it is worth trying again. */
export function later(message: string): ApiProblem {
  return { kind: 'unavailable', message, status: undefined, codes: [], retryAfterMs: undefined };
}
