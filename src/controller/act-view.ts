import { err, ok, type Result } from '../domain/result.ts';
import type { ActualRecord } from '../domain/record.ts';
import type { Zone } from '../domain/zone.ts';
import type { ActRequest } from '../plan/act-plan.ts';
import { viewOfZone, withReads, type ActualView } from '../plan/actual.ts';
import type { World } from './ports.ts';

/**
 * What an act on a zone is planned from: its list, and each record of ours that the act is about and the list lacks, read
 * by its id. A list alone proves no record gone. The error is for people.
 */
export async function viewForAct(
  world: Pick<World, 'ledger' | 'records'>,
  zone: Zone,
  request: ActRequest,
  listed: readonly ActualRecord[],
): Promise<Result<ActualView, string>> {
  const seen = new Set(listed.map(({ id }) => id));
  const name = 'name' in request ? request.name : undefined;
  const unlisted = world.ledger
    .claims()
    .filter(({ zoneId, state }) => zoneId === zone.id && state !== 'released')
    .filter((claim) => (name === undefined || claim.name === name) && !seen.has(claim.recordId))
    .map(({ recordId }) => recordId);
  const view = viewOfZone(listed);
  if (unlisted.length === 0) return ok(view);
  const found = await world.records.readIds(zone, unlisted);
  if (found.ok) return ok(withReads(view, new Map(), found.value));
  return err(`a record of zone ${zone.name} could not be read by its id: ${found.problem.message}`);
}
