import type { Claim } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { zoneFor, type Zone } from '../domain/zone.ts';
import type { ActRequest } from '../plan/act-plan.ts';
import type { Loop } from './loop.ts';
import type { World } from './ports.ts';

interface Concerned {
  readonly zones: readonly Zone[];
  readonly notes: readonly string[];
}

/** The zones an act is about, or why it cannot be done at all now. */
export function concerned(loop: Loop, world: World, request: ActRequest): Result<Concerned, string> {
  const { ledger, settings } = world;
  if (!loop.zones.known) return err(`the zones are not known: ${loop.zones.why}`);
  if (!world.cluster.synced()) return err('the cluster is not completely read yet');
  const visible = loop.zones.value;
  const stopped = ledger.stopped();
  if (request.kind === 'uninstall') {
    const other = world.otherCluster();
    if (other !== undefined && !request.keepRecords) {
      return err(
        `the ledger was written for cluster ${other}: nothing is deleted before "routeflare approve"`,
      );
    }
    if (settings.strategy === 'upsert-only' && !request.keepRecords) {
      return err('STRATEGY is upsert-only: nothing is deleted. Use --keep-records, or set STRATEGY to full');
    }
    return ok({ zones: visible, notes: hiddenZones(ledger.claims(), visible) });
  }
  if (stopped !== undefined)
    return err(`everything is stopped since ${stopped}: "routeflare uninstall --undo" first`);
  if (request.kind === 'import' && settings.strategy === 'upsert-only')
    return err('STRATEGY is upsert-only, and import takes TXT records away: set STRATEGY to full for it');
  if (request.kind === 'import' || request.kind === 'import-marked') return ok({ zones: visible, notes: [] });
  const ids = new Set<string>();
  const notes: string[] = [];
  if (request.kind === 'adopt' || request.kind === 'adopt-identical') {
    for (const want of loop.desired().wants) {
      if (request.kind === 'adopt-identical' || want.name === request.name) ids.add(want.zone.id);
    }
  } else {
    const { name } = request;
    const claims = ledger.claims().filter((claim) => name === undefined || claim.name === name);
    for (const { zoneId } of claims) ids.add(zoneId);
    const concerns = claims.filter(({ adopted }) => request.kind === 'release' || adopted);
    notes.push(...hiddenZones(concerns, visible));
    const own = name === undefined ? undefined : zoneFor(name, visible);
    if (own?.kind === 'zone') ids.add(own.zone.id);
  }
  if (request.kind === 'adopt' && ids.size === 0) notes.push(...whyUnwanted(loop, request.name));
  return ok({ zones: visible.filter((zone) => ids.has(zone.id)), notes });
}

/** Zones with records of ours that cannot be reached, one line each. */
function hiddenZones(claims: readonly Claim[], visible: readonly Zone[]): readonly string[] {
  const hidden = claims.filter(
    ({ state, zoneId }) => state !== 'released' && !visible.some((zone) => zone.id === zoneId),
  );
  return [...new Set(hidden.map(({ zoneName }) => zoneName))].map(
    (name) => `zone ${name} is not visible (token, or ZONES): its records stay as they are`,
  );
}

/** What keeps the sources from asking for a name, such as a `release` that holds. */
function whyUnwanted(loop: Loop, name: Hostname): readonly string[] {
  const told = loop.desired().problems.filter((problem) => problem.name === name);
  return [...new Set(told.map(({ message }) => message))];
}
