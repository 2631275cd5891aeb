import { REASON_OF, type Outcome } from '../apply/outcome.ts';
import type { Problem } from '../domain/problem.ts';
import type { ApiProblem } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import { orphanProblem } from '../plan/orphans.ts';
import type { NamePlan, Plan } from '../plan/plan.ts';
import type { ZoneMemory } from './memory.ts';
import type { ZoneState } from './zone-state.ts';

/** What a pass teaches for the next ones. */
export const learn = {
  /** Names that were read, or whose write was refused, are left alone until something about them changes. */
  from(zone: Zone, plan: Plan, outcomes: readonly Outcome[], state: ZoneState): void {
    const { world, memory } = state;
    const refused = new Map<string, Problem[]>();
    for (const outcome of outcomes) {
      if (outcome.kind !== 'refused') continue;
      const name = outcome.change.name;
      refused.set(name, [...(refused.get(name) ?? []), problemOf(zone, outcome)]);
    }
    const changed = new Set(outcomes.map((outcome) => outcome.change.name));
    for (const name of plan.names) {
      const problems = refused.get(name.name);
      if (problems !== undefined) memory.remember(name, problems);
      else if (
        isDecided(name) &&
        !changed.has(name.name) &&
        (name.changes.length === 0 || world.settings.dryRun)
      )
        memory.remember(name, name.problems);
    }
    const deleted = outcomes.filter(({ kind, change }) => kind === 'done' && change.action === 'delete');
    if (deleted.length > 0) memory.roomMade();
    const gone = new Set(deleted.flatMap(({ change }) => change.drops));
    // The list that they were seen in is older than what was written since.
    memory.orphans = (plan.orphans ?? memory.orphans).filter(({ record }) => !gone.has(record.id));
    memory.surroundings = plan.surroundings;
    const doubtful = outcomes.some((outcome) => outcome.kind === 'in-doubt' || outcome.kind === 'stale');
    const overtaken = outcomes.filter((outcome) => isOvertaken(outcome, memory));
    if (doubtful || overtaken.length > 0) memory.listAt(world.steady());
  },

  /** The zone, or a name in it, could not be read; `others` is what is wrong beside that. */
  unreadable(
    zone: Zone,
    { world, memory }: ZoneState,
    problem: ApiProblem,
    others: readonly Problem[] = [],
  ): void {
    memory.tried = true;
    // That the token is refused is told once for all, by the circuit.
    if (problem.kind === 'token-refused') {
      world.observer.problems(`zone ${zone.id}`, others);
      return;
    }
    const reason = REASON_OF[problem.kind];
    const message =
      problem.kind === 'forbidden'
        ? `the token may not read the records of zone ${zone.name}: give it DNS:Edit (and Zone:Read) for that zone. ${problem.message}`
        : `zone ${zone.name} could not be read, so nothing is created or deleted there: ${problem.message}`;
    world.observer.problems(`zone ${zone.id}`, [...others, { reason, zone: zone.name, message }]);
  },
};

/** Read, and nothing more to be read for it: a read that failed has taught nothing. */
function isDecided({ read, reads }: NamePlan): boolean {
  return read && !reads.name && reads.ids.length === 0 && !reads.whole;
}

/**
 * Somebody else was faster between our list and our write. One more list says who; should even that show nobody,
 * the name waits like any that is refused.
 */
function isOvertaken({ change: { name }, ...outcome }: Outcome, { overtaken }: ZoneMemory): boolean {
  if (outcome.kind === 'done') {
    overtaken.delete(name);
    return false;
  }
  if (outcome.problem.kind !== 'exists' && outcome.problem.kind !== 'type-conflict') return false;
  const isNew = !overtaken.has(name);
  overtaken.add(name);
  return isNew;
}

function problemOf(zone: Zone, outcome: Exclude<Outcome, { kind: 'done' }>): Problem {
  const { change, problem } = outcome;
  const { name, type } = change;
  const what = `${change.action} of ${type} ${name}`;
  const message = `${what} in zone ${zone.name} was refused: ${problem.message}`;
  const reason = REASON_OF[problem.kind];
  return {
    reason,
    zone: zone.name,
    name,
    type,
    message,
    ...(change.source === undefined ? {} : { source: change.source }),
  };
}

/** All that is wrong in a zone now: what the plan found, what was refused, what was learnt earlier. */
export function problemsOf(
  plan: Plan,
  outcomes: readonly Outcome[],
  memory: ZoneMemory,
  zone: Zone,
): readonly Problem[] {
  const failed = outcomes.flatMap((outcome) => {
    if (outcome.kind === 'done' || outcome.kind === 'stale') return [];
    // The circuit tells it once for all.
    return outcome.problem.kind === 'token-refused' ? [] : [problemOf(zone, outcome)];
  });
  const orphans = memory.orphans.map((orphan) => orphanProblem(orphan, zone.name));
  return [...plan.problems, ...failed, ...orphans];
}
