import type { Observer } from '../controller/ports.ts';
import type { Claim } from '../domain/claim.ts';
import { describePlan } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import type { Happenings } from '../telemetry/happenings.ts';
import type { Health } from '../telemetry/health.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ProblemBoard } from '../telemetry/problem-board.ts';

export interface ObserverParts {
  readonly happenings: Happenings;
  readonly board: ProblemBoard;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly dryRun: boolean;
  readonly now: () => number;
  /** For commands that want the plans themselves. */
  readonly onPlan?: (plan: Plan) => void;
}

/** Turns what the controller tells into log lines, metrics, Events and health. */
export function observerOf(parts: ObserverParts): Observer {
  const { happenings, board, health, metrics, log, dryRun, now } = parts;
  let zonesKnown = false;
  let toldReady = false;
  return {
    planned: (plan) => {
      parts.onPlan?.(plan);
      if (plan.changes.length === 0) return;
      happenings.planned(describePlan({ ...plan, problems: [], orphans: [] }), dryRun);
    },
    applied: (zone, outcomes) => {
      for (const outcome of outcomes) happenings.changeEnded(zone.name, outcome);
    },
    told: (zone, change) => {
      if (change.told !== undefined) happenings.rowTold(zone.name, change.told);
    },
    problems: (scope, problems) => {
      const [first] = problems;
      if (scope === 'zones' && !zonesKnown && first !== undefined) {
        health.unmet('every zone tried once', first.message);
      }
      board.update(scope, problems);
    },
    passed: (zone, ms, step) => {
      health.beat();
      happenings.passEnded({ zone: zone.name, ms, well: step.kind !== 'retry', at: now(), changes: 0 });
      if (step.kind === 'retry') log.debug({ zone: zone.name, why: step.why }, 'pass to be retried');
    },
    failed: (what, error) => log.error({ what, err: error }, 'fault of the program; the work is tried again'),
    claims: (claims) => metrics.managedRecords(countsOf(claims)),
    held: (count) => metrics.heldDeletions(count),
    zones: (tried, of) => {
      zonesKnown = true;
      if (tried >= of) health.met('every zone tried once');
      else health.unmet('every zone tried once', `${of - tried} of ${of} zones are still to be read`);
      if (toldReady || !health.ready().ok) return;
      toldReady = true;
      log.info({ zones: of }, 'ready');
    },
  };
}

function countsOf(claims: readonly Claim[]): { zone: string; type: string; count: number }[] {
  const counts = new Map<string, { zone: string; type: string; count: number }>();
  for (const claim of claims) {
    if (claim.state === 'released') continue;
    const key = `${claim.zoneName} ${claim.type}`;
    const entry = counts.get(key) ?? { zone: claim.zoneName, type: claim.type, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  return [...counts.values()];
}
