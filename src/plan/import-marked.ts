import { parseMarker } from '../domain/owner.ts';
import { isRecordType, recordKey } from '../domain/record.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import { notTaken } from './import-notes.ts';
import { makePlan } from './plan.ts';

/**
 * Takes over, in place, the records that bear the mark of another installation, such as the Go version's, where a source
 * here wants their name and type: as if that owner stood in FORMER_OWNER_IDS, this once.
 */
export function planMarkedImport(input: ActInput, owner: string): ActPlan {
  const { zone, identity, actual, desired } = input;
  if (owner === identity.owner) {
    return { zone, changes: [], rows: [], refuse: [], notes: [`${owner} is this installation itself`] };
  }
  const marked = (actual.all ?? []).filter(
    ({ type, comment }) => isRecordType(type) && parseMarker(comment)?.owner === owner,
  );
  const ids = new Set(marked.map(({ id }) => id));
  const plan = makePlan({
    ...input,
    identity: { ...identity, formerOwners: [...identity.formerOwners, owner] },
    remembered: () => undefined,
  });
  const why = `imported: it was marked ${owner}`;
  const changes = plan.changes
    .filter(({ action, write }) => action === 'update' && write.kind === 'update' && ids.has(write.id))
    .map((change) => ({ ...change, reason: why }));
  const names = new Set(changes.map(({ name }) => String(name)));
  const wanted = new Set(
    desired.wants.filter((want) => want.zone.id === zone.id).map(({ name, type }) => recordKey(name, type)),
  );
  const left = marked.filter(({ name }) => !names.has(name));
  const problems = plan.problems.filter(({ name = '' }) => left.some((record) => record.name === name));
  const orphans = left.filter(({ name, type }) => !wanted.has(recordKey(name, type)));
  return {
    zone,
    changes,
    rows: [],
    refuse: [],
    notes: [
      ...problems.map(({ message }) => message),
      ...notTaken(orphans, zone.name, `left as found, marked ${owner}, as no source here wants it`),
    ],
  };
}
