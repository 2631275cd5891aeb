import type { Claim } from '../../src/domain/claim.ts';
import { excludes, isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { Lab } from './lab.ts';
import type { LeaseLine } from './lease.ts';
import { FORMER, OWNER } from './names.ts';
import { holderSays, routesOf, says, zoneOf, type OracleWorld } from './oracle.ts';
import type { PassReads } from './pass-reads.ts';

/** A batch as it leaves, with all that its writes are judged by. */
export interface SentBatch {
  readonly lab: Lab;
  readonly zone: Zone;
  readonly writes: readonly RecordWrite[];
  /** What this pass has read. */
  readonly reads: PassReads;
  /** The ledger's rows, by record id. */
  readonly rows: ReadonlyMap<string, Claim>;
  /** What was known when the desired state was derived. */
  readonly world: OracleWorld;
  readonly approved: ReadonlySet<string>;
  /** The cluster the process takes itself to be in. */
  readonly clusterId: string;
  /** The way to the Lease; absent where nobody else can write. */
  readonly lease: LeaseLine | undefined;
  /** When it was planned, in milliseconds of the history. */
  readonly plannedAt: number;
}

export type Whose = 'ours' | 'takeable' | 'unmarked' | 'foreign';

const MARKER = /(?:^|\s)record-owner-id=(?<owner>\S+)(?: (?<cluster>[0-9a-f]{8}):\S*)?/;

/** Owner and cluster of a comment's marker. */
export function markerOf(comment: string): { readonly owner: string; readonly cluster: string } | undefined {
  const groups = MARKER.exec(comment)?.groups;
  return groups?.['owner'] === undefined
    ? undefined
    : { owner: groups['owner'], cluster: groups['cluster'] ?? '' };
}

export function wordsIn(comment: string): string {
  return comment.replaceAll(new RegExp(MARKER, 'g'), '').trim();
}

/** The table of contract 3, once more. */
export function whose(record: ActualRecord, row: Claim | undefined, clusterId: string): Whose {
  if (record.readOnly || row?.state === 'released') return 'foreign';
  const marker = markerOf(record.comment);
  if (marker === undefined) return row === undefined ? 'unmarked' : 'ours';
  const { owner, cluster } = marker;
  if (owner !== OWNER && owner !== FORMER) return 'foreign';
  if (row !== undefined) return ['', clusterId, row.cluster].includes(cluster) ? 'ours' : 'foreign';
  return owner === OWNER && cluster === clusterId ? 'ours' : 'takeable';
}

/** Types of ours at a name once the batch is through. */
export function remaining(batch: SentBatch, name: string): readonly string[] {
  const { reads, rows, writes, clusterId } = batch;
  const deleted = new Set(writes.flatMap((write) => (write.kind === 'delete' ? [write.id] : [])));
  const nameAfter = (record: ActualRecord): string => {
    const write = writes.find((each) => each.kind === 'update' && each.id === record.id);
    return write?.kind === 'update' && write.name !== undefined ? write.name : record.name;
  };
  const standing = [...reads.records.values()]
    .filter((record) => nameAfter(record) === name && !deleted.has(record.id))
    .filter((record) => whose(record, rows.get(record.id), clusterId) !== 'foreign')
    .map((record) => record.type);
  const created = writes.flatMap((write) =>
    write.kind === 'create' && write.name === name ? [write.type] : [],
  );
  return [...standing, ...created];
}

/** Whether the name belongs to another zone, where one of ours stands. */
export function standsElsewhere({ lab, zone, world, clusterId }: SentBatch, name: string): boolean {
  const home = zoneOf(name, world.zones);
  if (home === undefined || home.id === zone.id) return false;
  return lab.cloudflare
    .inZone(home.id)
    .some((record) => record.name === name && whose(record, undefined, clusterId) !== 'foreign');
}

/** Published by whichever of its parents counts for a route: one that is suspended may. */
export function isSurelyPublished(name: string, type: string, world: OracleWorld): boolean {
  return routesOf(world).some((route) => {
    const { publishes, notes } = says(route, name, world);
    return notes.length === 1 && [...publishes.keys()].some((each) => each === type);
  });
}

export function isPublished(name: string, type: string, world: OracleWorld): boolean {
  return routesOf(world).some((route) =>
    [...says(route, name, world).publishes.keys()].some((each) => each === type),
  );
}

/** Whether the cluster proves that the holder is done with its record. */
export function isProven(claim: Claim, world: OracleWorld): boolean {
  if (claim.state === 'released' || claim.state === 'left' || claim.holder === undefined) return false;
  const holder = `${claim.holder.namespace}/${claim.holder.name}`;
  return holderSays(holder, claim.name, world).evidence(claim.type);
}

/** The rows of a source, by its key, at a name. */
export function heldByIn(claims: readonly Claim[]): OracleWorld['heldBy'] {
  const inOrder = [...claims].sort((one, other) => (one.recordId < other.recordId ? -1 : 1));
  return (key, name) =>
    inOrder.filter(
      ({ holder, name: at, state }) =>
        at === name &&
        state !== 'released' &&
        holder !== undefined &&
        `${holder.namespace}/${holder.name}` === key,
    );
}

/** Whether two records of these types cannot both be ours at one name, for one want. */
export function clashes(a: string, b: string): boolean {
  return a === b || (isRecordType(a) && isRecordType(b) && excludes(a, b));
}
