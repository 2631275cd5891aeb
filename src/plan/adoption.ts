import type { Hostname } from '../domain/hostname.ts';
import { isRecordType } from '../domain/record.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import { ownershipOf } from './ownership.ts';
import { makePlan, type Change } from './plan.ts';

/**
 * Takes over unmarked records that block what is wanted: at one name all of them, however many and of whatever
 * type; without a name those of all names that are already exactly what is wanted. It is the planner's own
 * adoption; what is too many or of the wrong type then is brought in order by the next pass, as ours.
 */
export function planAdoption(input: ActInput, name: Hostname | undefined): ActPlan {
  const unmarked = (input.actual.all ?? []).filter(
    (record) =>
      isRecordType(record.type) &&
      (name === undefined || record.name === name) &&
      ownershipOf(record, undefined, input.identity).kind === 'unmarked',
  );
  const adopting = new Set(unmarked.map((record) => record.id));
  const plan = makePlan({ ...input, limits: { ...input.limits, adopting }, remembered: () => undefined });
  const adoptions = plan.changes.filter((change) => change.action === 'adopt');
  const changes =
    name === undefined
      ? adoptions.filter((change) => isIdentical(change, adoptions, input))
      : adoptions.filter((change) => change.name === name);
  const notes =
    name === undefined
      ? []
      : plan.problems.filter((problem) => problem.name === name).map((problem) => problem.message);
  return { zone: input.zone, changes, rows: [], refuse: [], notes };
}

/** Only the marker is written, and all that blocks the name and type are exactly what it shall hold. */
function isIdentical(change: Change, adoptions: readonly Change[], { desired, zone }: ActInput): boolean {
  const want = desired.wants.find(
    (each) => each.zone.id === zone.id && each.name === change.name && each.type === change.type,
  );
  const contents: readonly string[] = want?.standing.kind === 'publish' ? want.standing.contents : [];
  return adoptions
    .filter(({ name }) => name === change.name)
    .every(
      ({ type, write, after }) =>
        type !== change.type ||
        (after !== undefined &&
          contents.includes(after.content) &&
          Object.keys(write).every((key) => ['kind', 'id', 'comment'].includes(key))),
    );
}
