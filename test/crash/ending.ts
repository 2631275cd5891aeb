import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import type { Books } from './books.ts';
import { excludes, shown, type Judge } from './judge.ts';
import type { People } from './people.ts';
import type { Wanted, World } from './world.ts';
import { ZONE_IDS, ZONES } from './world.ts';

/** What is not as it should be once everything is calm; empty when it has converged. */
export function notConverged(world: World, judge: Judge, books: Books | undefined): string[] {
  if (books === undefined) return ['there is no ledger'];
  const records = ZONES.flatMap((zone) => world.cloudflare.records(zone));
  const ours = records.filter((record) => judge.isMarked(record));
  const others = records.filter((record) => !judge.isMarked(record));
  const left = new Set(books.records.filter(({ state }) => state === 'left').map((row) => row.record_id));
  const isLeft = (id: string, name: string) => left.has(id) && world.wasSuspended(name);
  const byName = Map.groupBy(world.wanted().entries(), ([key]) => key.split(' ')[1] ?? '');
  const names = new Set([...byName.keys(), ...ours.map(({ name }) => name)]);
  return [
    ...ZONE_IDS.flatMap((id) => judge.doubles(id)),
    ...[...names].flatMap((name) => {
      const wanted = (byName.get(name) ?? []).map(([, want]) => want);
      const here = (record: CloudflareRecord) => record.name === name;
      const kept = ours.filter((record) => here(record) && !isLeft(record.id, name));
      return nameFlaws(name, wanted, wanted.length === 0 ? kept : ours.filter(here), others.filter(here));
    }),
    // What was left is not ours to put right, so its row is as it was.
    ...ledgerFlaws(
      ours.filter(({ id, name }) => !isLeft(id, name)),
      books,
      (name, id) => {
        if (isLeft(id, name)) return true;
        const wanted = (byName.get(name) ?? []).map(([, want]) => want);
        return keptAway(
          wanted,
          others.filter((record) => record.name === name),
        );
      },
    ),
    ...(books.intents.length === 0 ? [] : [`${books.intents.length} writes are not settled`]),
  ];
}

function nameFlaws(
  name: string,
  wanted: readonly Wanted[],
  ours: readonly CloudflareRecord[],
  others: readonly CloudflareRecord[],
): string[] {
  if (wanted.length === 0) {
    return ours.map((record) => `nobody wants ${shown(record)}`);
  }
  const fits = (record: CloudflareRecord) =>
    wanted.some(({ type, contents }) => record.type === type && contents.has(record.content));
  // Where a stranger keeps the wanted type away, what is published of ours stays.
  const blocked = keptAway(wanted, others);
  const wrong = blocked
    ? []
    : ours.filter((record) => !fits(record)).map((record) => `not as wanted: ${shown(record)}`);
  if (ours.length === 0 && !blocked) return [`${name} is wanted and not there`];
  return ours.length > 1 ? [...wrong, `${name} has ${ours.length} records of ours`] : wrong;
}

function keptAway(wanted: readonly Wanted[], others: readonly CloudflareRecord[]): boolean {
  return wanted.some(({ type }) => others.some((other) => excludes(other.type, type)));
}

function ledgerFlaws(
  ours: readonly CloudflareRecord[],
  { records }: Books,
  mayStay: (name: string, id: string) => boolean,
): string[] {
  const rows = new Map(records.filter((row) => row.state !== 'released').map((row) => [row.record_id, row]));
  const missing = ours
    .filter(({ id, content }) => rows.get(id)?.content !== content)
    .map((record) => `the ledger does not have ${shown(record)}`);
  const ids = new Set(ours.map(({ id }) => id));
  const surplus = [...rows.values()]
    // A row of the type before stays until what replaces it can be made: it knows of the proxying.
    .filter(({ record_id: id, name }) => !ids.has(id) && !mayStay(name, id))
    .map(({ type, name, state }) => `the ledger has ${type} ${name} (${state}), Cloudflare not as ours`);
  return [...missing, ...surplus];
}

/** Records of others that are not as their people left them. */
export function strangersTouched(world: World, people: People, judge: Judge): string[] {
  const now = new Map(
    ZONES.flatMap((zone) => world.cloudflare.records(zone)).map((record) => [record.id, record]),
  );
  return [...people.strangers].flatMap(([id, left]) => {
    // What was adopted is ours by its source's own wish.
    if (judge.wasOurs(id)) return [];
    const found = now.get(id);
    if (found === undefined) return [`a stranger's record is gone: ${shown(left)}`];
    const same = found.modified_on === left.modified_on && found.content === left.content;
    return same ? [] : [`a stranger's record was changed: ${shown(left)} is ${shown(found)}`];
  });
}
