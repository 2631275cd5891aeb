import type { HistoryEntry } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { ActInput, ActPlan } from './act-plan.ts';
import { isAdoption, isRelease } from './past-acts.ts';
import { planRelease } from './release.ts';

/**
 * Gives back to external-dns what was imported from it, at one name or at all: the record as it was found, without our
 * marker, and the TXT records that spoke for it, in one transaction. The name is refused to nobody: what a TXT record
 * of external-dns claims is a stranger's.
 */
export function planImportUndo(input: ActInput, name: Hostname | undefined): ActPlan {
  const { zone, claims } = input;
  const names = name === undefined ? unique(claims.filter((claim) => claim.zoneId === zone.id)) : [name];
  const plans = names
    .filter((each) => wasImported(input.history(each)))
    .map((each) => planRelease(input, each, true));
  return {
    zone,
    changes: plans.flatMap(({ changes }) => changes),
    rows: [],
    refuse: [],
    notes: plans.filter(({ changes }) => changes.length === 0).flatMap(({ notes }) => notes),
  };
}

/** Whether the latest word on the name is that it was taken over with its TXT records. */
function wasImported(history: readonly HistoryEntry[]): boolean {
  for (const entry of history) {
    if (isRelease(entry)) return false;
    if (isAdoption(entry) && entry.before?.registry !== undefined) return true;
  }
  return false;
}

function unique(claims: readonly { readonly name: Hostname }[]): readonly Hostname[] {
  return [...new Set(claims.map(({ name }) => name))].sort();
}
