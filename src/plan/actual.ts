import type { ActualRecord } from '../domain/record.ts';

/**
 * What was read of one zone for this very plan. What was not read is `undefined`, never empty.
 */
export interface ActualView {
  /** Every record of that name, of any type; `undefined` when the name was not read. */
  at(name: string): readonly ActualRecord[] | undefined;
  /** `absent` only when that id itself was asked for and is not there. */
  byId(id: string): ActualRecord | 'absent' | undefined;
  /** Every record, when the whole zone was listed. */
  readonly all: readonly ActualRecord[] | undefined;
}

/** Nothing was read: only the ledger speaks. */
export const nothingRead: ActualView = { at: () => undefined, byId: () => undefined, all: undefined };

/** The whole zone was listed. */
export function viewOfZone(records: readonly ActualRecord[]): ActualView {
  const names = Map.groupBy(records, (record) => record.name);
  const ids = new Map(records.map((record) => [record.id, record]));
  return { at: (name) => names.get(name) ?? [], byId: (id) => ids.get(id), all: records };
}

/** `view`, and on top of it what was read since. */
export function withReads(
  view: ActualView,
  names: ReadonlyMap<string, readonly ActualRecord[]>,
  ids: ReadonlyMap<string, ActualRecord | undefined>,
): ActualView {
  const fresh = new Map([...names.values()].flat().map((record) => [record.id, record]));
  return {
    at: (name) => names.get(name) ?? view.at(name),
    byId: (id) => {
      const seen = fresh.get(id);
      if (seen !== undefined) return seen;
      return ids.has(id) ? (ids.get(id) ?? 'absent') : view.byId(id);
    },
    all: view.all,
  };
}
