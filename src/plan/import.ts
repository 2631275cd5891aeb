import { excludes, isRecordType, recordKey, type ActualRecord, type RecordType } from '../domain/record.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import type { RegistryOptions } from './external-dns.ts';
import { encryptedAt, meansTwo, notTaken, ownersFound, speakForNothing } from './import-notes.ts';
import { ownershipOf } from './ownership.ts';
import { makePlan } from './plan.ts';
import { withTexts } from './registry-texts.ts';
import { Registry } from './registry.ts';

/**
 * Takes over, in place, the records that a TXT registry of external-dns names and a source here wants. It is the planner's
 * own adoption; the TXT records go in the transaction that writes the marker, so that at any moment one of the two
 * names the owner. What nothing here wants stays external-dns's.
 */
export function planImport(input: ActInput, options: RegistryOptions): ActPlan {
  const { zone, identity, limits, desired } = input;
  const records = input.actual.all ?? [];
  const registry = new Registry(records, options);
  const plan = { zone, changes: [], rows: [], refuse: [] };
  if (options.owner === '') return { ...plan, notes: ownersFound(registry, zone.name) };
  const registered = records.filter((record) => isRegistered(record, registry, options.owner));
  const isUnmarked = (record: ActualRecord): boolean =>
    ownershipOf(record, undefined, identity).kind === 'unmarked';
  const adopting = idsOf(registered.filter(isUnmarked));
  const known = registry.texts.filter((text) => registry.fits(text) && !registry.isUnsure(text));
  const whole = makePlan({
    ...input,
    limits: { ...limits, adopting, explained: idsOf(known) },
    remembered: () => undefined,
  });
  const adoptions = whole.changes.filter(
    ({ action, write }) => action === 'adopt' && write.kind === 'update' && adopting.has(write.id),
  );
  const { changes, tied } = withTexts(adoptions, registered, registry, options.owner);
  const taken = new Set(changes.flatMap(({ write }) => ('id' in write ? [write.id] : [])));
  const left = registered.filter(({ id }) => !taken.has(id));
  const told = whole.problems.filter(({ name = '' }) => left.some((record) => record.name === name));
  const explainedNames = new Set([...told.map(({ name = '' }) => name), ...tied.keys()]);
  const wants = desired.wants.filter((want) => want.zone.id === zone.id);
  const isWanted = (record: ActualRecord): boolean =>
    wants.some(({ name, type }) => name === record.name && stands(type, record.type));
  const silent = left.filter((record) => isUnmarked(record) && !explainedNames.has(record.name));
  return {
    ...plan,
    changes,
    notes: [
      ...told.map(({ message }) => message),
      ...tied.values(),
      ...encryptedAt(records, new Set(wants.map(({ name }) => name)), options),
      ...notTaken(
        silent.filter(isWanted),
        zone.name,
        'left for now, as its source waits ("routeflare explain" has the reason)',
      ),
      ...notTaken(
        silent.filter((record) => !isWanted(record)),
        zone.name,
        'left to external-dns, as no source here wants it',
      ),
      ...notTaken(
        left.filter((record) => !isUnmarked(record)),
        zone.name,
        'left as found, as there is a marker besides the TXT record',
      ),
      ...meansTwo(registry, options.owner),
      ...speakForNothing(registry, options.owner, zone.name),
    ],
  };
}

/** Whether a wanted type takes the place of a present one. */
function stands(wanted: RecordType, present: string): boolean {
  return wanted === present || (isRecordType(present) && excludes(wanted, present));
}

function idsOf(records: readonly ActualRecord[]): ReadonlySet<string> {
  return new Set(records.map(({ id }) => id));
}

/** Whether that owner's registry, and nobody else's, says that the record is its own. */
function isRegistered(record: ActualRecord, registry: Registry, owner: string): boolean {
  if (!isRecordType(record.type)) return false;
  const key = recordKey(record.name, record.type);
  const texts = registry.near(key).filter((text) => registry.coveredBy(text).includes(key));
  return (
    texts.length > 0 && texts.every((text) => registry.ownerOf(text) === owner && !registry.isUnsure(text))
  );
}
