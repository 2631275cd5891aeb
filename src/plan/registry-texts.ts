import { recordKey, type ActualRecord } from '../domain/record.ts';
import type { Change } from './plan.ts';
import type { Registry } from './registry.ts';

interface Taken {
  readonly changes: readonly Change[];
  /** Names that are left out, each with the reason. */
  readonly tied: ReadonlyMap<string, string>;
}

/**
 * Gives the adoptions of each name the TXT records that go with them. A name is left out where one that speaks for it
 * speaks for other records too that are not taken over: it has to stay, and so the name stays external-dns's.
 */
export function withTexts(
  adoptions: readonly Change[],
  registered: readonly ActualRecord[],
  registry: Registry,
  owner: string,
): Taken {
  const tied = new Map<string, string>();
  let taken = adoptions;
  for (;;) {
    const keys = wholeKeys(taken, registered);
    const other = (text: ActualRecord): string | undefined =>
      registry.coveredBy(text).find((key) => !keys.has(key));
    const stuck = new Set<string>();
    for (const change of taken) {
      const key = keyOf(change);
      const text = registry
        .near(key)
        .find((each) => registry.coveredBy(each).includes(key) && other(each) !== undefined);
      if (text === undefined || stuck.has(change.name)) continue;
      stuck.add(change.name);
      const [name = '', type = ''] = (other(text) ?? '').split(' ');
      const also = `TXT ${text.name} speaks also for ${type} ${name}, which is not taken over`;
      tied.set(change.name, `${change.name} is left: ${also}`);
    }
    if (stuck.size > 0) {
      taken = taken.filter(({ name }) => !stuck.has(name));
      continue;
    }
    const goes = (text: ActualRecord): boolean =>
      registry.ownerOf(text) === owner && other(text) === undefined;
    const given = new Set<string>();
    const changes = taken.map((change) => {
      const texts = registry.near(keyOf(change)).filter((text) => goes(text) && !given.has(text.id));
      for (const { id } of texts) given.add(id);
      return imported(change, texts, owner);
    });
    return { changes, tied };
  }
}

function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return recordKey(name, type);
}

/** The names and types whose every registered record is taken over. */
function wholeKeys(taken: readonly Change[], registered: readonly ActualRecord[]): ReadonlySet<string> {
  const ids = new Set(taken.map(({ write }) => ('id' in write ? write.id : '')));
  const keys = new Set(registered.map(keyOf));
  for (const record of registered) if (!ids.has(record.id)) keys.delete(keyOf(record));
  return keys;
}

function imported(change: Change, texts: readonly ActualRecord[], owner: string): Change {
  const reason = change.reason.replace(/^adopted by a person/, `imported from external-dns (owner ${owner})`);
  if (texts.length === 0 || change.before === undefined) return { ...change, reason };
  const registry = texts.map(({ name, content, ttl }) => ({ name, content, ttl }));
  return {
    ...change,
    reason,
    before: { ...change.before, registry },
    companions: texts.map(({ id }) => ({ kind: 'delete', id })),
  };
}
