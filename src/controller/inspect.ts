import { err, ok, type Result } from '../domain/result.ts';
import type { Zone } from '../domain/zone.ts';
import { viewOfZone } from '../plan/actual.ts';
import type { PlanInput } from '../plan/plan.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';

/**
 * Lists a zone and answers what a plan of it would be made from, deletions judged as due. For commands that look:
 * it reads, and writes nothing. The error is for people.
 */
export function inspectZone(loop: Loop, world: World, zone: Zone): Promise<Result<PlanInput, string>> {
  return loop.exclusively(zone, async (state): Promise<Result<PlanInput, string>> => {
    const listed = await world.records.listZone(zone);
    if (!listed.ok) return err(`zone ${zone.name} could not be listed: ${listed.problem.message}`);
    const input = state.planInput(zone, viewOfZone(listed.value));
    return ok({
      ...input,
      limits: { ...input.limits, held: loop.whyHeld(), unjudged: false },
      remembered: () => undefined,
    });
  });
}
