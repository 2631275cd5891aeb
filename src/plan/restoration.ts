import type { FoundData } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import { wordsOf } from '../domain/owner.ts';
import { dataOf, excludes, isRecordType, type ActualRecord } from '../domain/record.ts';
import type { ActInput } from './act-plan.ts';
import { registryOwner } from './external-dns.ts';
import { adoptedAt, RELEASED } from './past-acts.ts';
import type { Change } from './plan.ts';
import { strip, type Standing } from './strip.ts';

/** The changes that put back what was there, or why that cannot be done. */
export function restoration(
  input: ActInput,
  name: Hostname,
  standings: readonly Standing[],
): readonly Change[] | string {
  const found = adoptedAt(input.history(name)).filter(({ type }) => {
    const same = standings.filter(({ claim }) => claim.type === type);
    return (same.length > 0 ? same : standings).some(({ claim }) => claim.adopted);
  });
  const lost = standings.find(({ gone }) => gone !== undefined);
  if (standings.length === 0) return 'nothing of ours is there';
  if (lost !== undefined) return lost.gone ?? '';
  if (found.length === 0) return 'no record there was adopted; without --restore it is released as it is';
  const types = new Set(standings.map(({ claim }) => claim.type));
  if (types.size < standings.length || new Set(found.map(({ type }) => type)).size < found.length) {
    return `several records of one type are there; "routeflare history ${name}" has what they held`;
  }
  const becomesOther = found.some(({ type }) => [...types].some((each) => excludes(each, type)));
  if (becomesOther && input.limits.strategy === 'upsert-only') {
    return 'that needs a deletion, and STRATEGY is upsert-only';
  }
  const blocker = blockerOf(input, name, found, standings);
  if (blocker !== undefined) return blocker;
  const changes: Change[] = [];
  for (const { claim, record } of standings) {
    if (record === undefined) continue;
    const before = found.find(({ type }) => type === claim.type);
    const released = strip(claim, record, `${RELEASED}; what adopt found is put back`, before);
    if (before !== undefined || !becomesOther) changes.push(released);
    else
      changes.push({
        ...released,
        action: 'delete',
        after: undefined,
        write: { kind: 'delete', id: record.id },
      });
  }
  const words =
    standings.map(({ record }) => wordsOf(record?.comment ?? '')).find((each) => each !== '') ?? '';
  for (const before of found) if (!types.has(before.type)) changes.push(creation(before, words));
  return changes.map((change) => withTextsBack(change, input.actual.all ?? []));
}

/** What external-dns said of the record comes back with it, but for what is there again. */
function withTextsBack(change: Change, records: readonly ActualRecord[]): Change {
  const there = new Set(
    records.filter((record) => registryOwner(record) !== undefined).map(({ name }) => name),
  );
  const texts = (change.after?.registry ?? []).filter(({ name }) => !there.has(name));
  if (texts.length === 0) return change;
  return { ...change, companions: texts.map((text) => ({ kind: 'create-text', ...text })) };
}

/** What somebody put there since, and nothing may be brought beside. What is changed in place there stands already. */
function blockerOf(
  { actual }: ActInput,
  name: Hostname,
  found: readonly FoundData[],
  standings: readonly Standing[],
): string | undefined {
  const ours = new Set(standings.map(({ claim }) => claim.recordId));
  const atHome = new Set(
    standings.filter(({ record }) => record?.name === name).map(({ claim }) => claim.type),
  );
  const coming = found.filter(({ type }) => !atHome.has(type));
  const blocker = actual.all?.find(
    ({ id, name: at, type }) =>
      at === name &&
      !ours.has(id) &&
      isRecordType(type) &&
      coming.some((each) => each.type === type || excludes(each.type, type)),
  );
  if (blocker === undefined) return undefined;
  return `${blocker.type} ${blocker.content} (record ${blocker.id}) stands there, and is not ours`;
}

/** @param words a person's own, of the record that it takes the place of */
function creation(data: FoundData, words: string): Change {
  return {
    action: 'create',
    happening: 'Released',
    name: data.name,
    type: data.type,
    before: undefined,
    after: data,
    write: { kind: 'create', ...dataOf(data), comment: words },
    claim: undefined,
    drops: [],
    source: undefined,
    reason: `${RELEASED}; what adopt found is put back`,
    unpublishes: false,
  };
}
