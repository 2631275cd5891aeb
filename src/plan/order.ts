import type { Change } from './plan.ts';

const RANK: Readonly<Record<Change['action'], number>> = {
  delete: 0,
  update: 1,
  adopt: 1,
  release: 1,
  create: 2,
};

/** Deletes before updates before creates, as a batch carries them out; else by type, then content. */
export function byAction(a: Change, b: Change): number {
  return (
    RANK[a.action] - RANK[b.action] ||
    compare(a.type, b.type) ||
    compare(a.after?.content ?? a.before?.content ?? '', b.after?.content ?? b.before?.content ?? '')
  );
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
