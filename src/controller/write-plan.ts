import { applyPlan } from '../apply/apply.ts';
import type { Outcome } from '../apply/outcome.ts';
import type { Permit } from '../domain/permit.ts';
import type { ActualRecord } from '../domain/record.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import type { Plan } from '../plan/plan.ts';
import { forbiddenBy } from './permitted-change.ts';
import type { ZoneState } from './zone-state.ts';

export interface WriteOrder {
  /** The zone's records, where all were read for the plan. */
  readonly listed: readonly ActualRecord[] | undefined;
  /** What the Lease permitted before anything was read for the plan. */
  readonly permit: Permit;
  /** No further batch is begun once this is so. */
  readonly stopping: () => boolean;
}

/** Writes a plan's changes, after a copy of a zone that was never written before. The error: why nothing was written. */
export async function writePlan(
  zone: Zone,
  plan: Pick<Plan, 'zone' | 'changes'>,
  state: ZoneState,
  { listed, permit, stopping }: WriteOrder,
): Promise<Result<readonly Outcome[], string>> {
  const { world } = state;
  const copied = await state.keepCopyBeforeFirstWrite(zone, listed);
  if (copied !== undefined) return err(copied);
  const outcomes = await applyPlan(plan, {
    ledger: world.ledger,
    batch: (of, writes, heldBack) => world.records.batch(of, writes, heldBack),
    forbids: (change) => forbiddenBy(world.permit(), change, permit, () => world.ledger.claims()),
    now: () => new Date(world.now()).toISOString(),
    batchLimit: world.settings.batchLimit,
    listed: listed !== undefined,
    stopping,
  });
  state.applied(zone, outcomes);
  return ok(outcomes);
}
