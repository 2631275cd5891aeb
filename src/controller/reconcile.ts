import { applyPlan } from '../apply/apply.ts';
import type { Outcome } from '../apply/outcome.ts';
import { instantOf } from '../domain/clock.ts';
import type { Permit } from '../domain/permit.ts';
import type { Zone } from '../domain/zone.ts';
import { viewOfZone, type ActualView } from '../plan/actual.ts';
import type { Plan } from '../plan/plan.ts';
import { learn, problemsOf } from './learn.ts';
import { nextStep, retryOf, type NextStep } from './next-step.ts';
import { planWithReads } from './observe.ts';
import { forbiddenBy } from './permitted-change.ts';
import { absorbList } from './settle.ts';
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
  if (written.problem !== undefined) return { kind: 'retry', why: written.problem, notBeforeMs: 0 };
  learn.from(zone, plan, written.outcomes, state);
  // What the Lease keeps back is told once for all.
  const isWriter = world.permit().kind === 'all';
  const told = isWriter ? written.outcomes : written.outcomes.filter(({ kind }) => kind !== 'not-tried');
  const problems = problemsOf(plan, told, memory, zone);
  if (unread !== undefined) {
    learn.unreadable(zone, state, unread, problems);
    return retryOf(unread);
  }
  world.observer.problems(`zone ${zone.id}`, problems);
  const wrote = recorded.rows > 0 || written.outcomes.some((outcome) => outcome.kind === 'done');
  return nextStep(written.outcomes, wrote, state.nextLook(plan.due));
}

interface Written {
  readonly outcomes: readonly Outcome[];
  readonly problem: string | undefined;
}

async function write(
  zone: Zone,
  plan: Plan,
  state: ZoneState,
  { view, permit }: { readonly view: ActualView; readonly permit: Permit },
): Promise<Written> {
  const { world } = state;
  const still = world.settings.dryRun || world.ledger.stopped() !== undefined;
  if (plan.changes.length === 0 || still) return { outcomes: [], problem: undefined };
  const copied = await state.keepCopyBeforeFirstWrite(zone, view.all);
  if (copied !== undefined) return { outcomes: [], problem: copied };
  const outcomes = await applyPlan(plan, {
    ledger: world.ledger,
    batch: (of, writes, heldBack) => world.records.batch(of, writes, heldBack),
    forbids: (change) => forbiddenBy(world.permit(), change, permit, () => world.ledger.claims()),
    now: () => new Date(world.now()).toISOString(),
    batchLimit: world.settings.batchLimit,
    listed: view.all !== undefined,
    stopping: () => world.stopping() || world.ledger.stopped() !== undefined,
  });
  state.applied(zone, outcomes);
  return { outcomes, problem: undefined };
}
