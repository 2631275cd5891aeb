import type { Outcome } from '../apply/outcome.ts';
import { instantOf } from '../domain/clock.ts';
import type { Permit } from '../domain/permit.ts';
import { ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { viewOfZone, type ActualView } from '../plan/actual.ts';
import type { Plan } from '../plan/plan.ts';
import { learn, problemsOf } from './learn.ts';
import { nextStep, retryOf, type NextStep } from './next-step.ts';
import { planWithReads } from './observe.ts';
import { absorbList } from './settle.ts';
import { writePlan } from './write-plan.ts';
import type { ZoneState } from './zone-state.ts';

/**
 * One pass over one zone: look, derive, plan (reading what the plan needs), write, remember. The whole story of
 * the program; everything else serves it.
 */
export async function reconcileZone(zone: Zone, state: ZoneState): Promise<NextStep> {
  const { world, memory } = state;
  const permit = world.permit();
  let list: ActualView | undefined;
  if (memory.listDue(world.steady())) {
    const begun = instantOf(world);
    const listed = await world.records.listZone(zone);
    if (!listed.ok) {
      learn.unreadable(zone, state, listed.problem);
      return retryOf(listed.problem);
    }
    const absorbed = absorbList(zone, listed.value, begun, state);
    if (absorbed !== undefined) return absorbed;
    list = viewOfZone(listed.value);
  }
  const { plan, view, unread } = await planWithReads(zone, state, list);
  world.observer.planned(plan);
  const recorded = state.record(plan);
  if (recorded.error !== undefined) return { kind: 'retry', why: recorded.error, notBeforeMs: 0 };
  const written = await write(zone, plan, state, { view, permit });
  if (!written.ok) return { kind: 'retry', why: written.error, notBeforeMs: 0 };
  const outcomes = written.value;
  learn.from(zone, plan, outcomes, state);
  // What the Lease keeps back is told once for all.
  const isWriter = world.permit().kind === 'all';
  const told = isWriter ? outcomes : outcomes.filter(({ kind }) => kind !== 'not-tried');
  const problems = problemsOf(plan, told, memory, zone);
  if (unread !== undefined) {
    learn.unreadable(zone, state, unread, problems);
    return retryOf(unread);
  }
  world.observer.problems(`zone ${zone.id}`, problems);
  const wrote = recorded.rows > 0 || outcomes.some((outcome) => outcome.kind === 'done');
  return nextStep(outcomes, wrote, state.nextLook(plan.due));
}

function write(
  zone: Zone,
  plan: Plan,
  state: ZoneState,
  { view, permit }: { readonly view: ActualView; readonly permit: Permit },
): Promise<Result<readonly Outcome[], string>> {
  const { settings, ledger, stopping } = state.world;
  const still = settings.dryRun || ledger.stopped() !== undefined;
  if (plan.changes.length === 0 || still) return Promise.resolve(ok([]));
  return writePlan(zone, plan, state, {
    listed: view.all,
    permit,
    stopping: () => stopping() || ledger.stopped() !== undefined,
  });
}
