import type { ActualRecord } from '../../src/domain/record.ts';
import type { Claim } from '../../src/domain/claim.ts';
import { routeKindOf } from './names.ts';
import { zoneOf } from './oracle.ts';
import {
  clashes,
  isProven,
  isSurelyPublished,
  markerOf,
  remaining,
  standsElsewhere,
  whose,
  type SentBatch,
} from './sent-batch.ts';

/** What outlives the process: since when each record's end has been proven, and what was deleted when. */
export interface Memory {
  /** By record id, in milliseconds of the history. */
  readonly evidenceSince: Map<string, number>;
  readonly unpublished: { readonly at: number; readonly id: string }[];
  /** When each record was last held by the brake, by its id. */
  readonly heldAt: Map<string, number>;
}

/** How long an older state of the cluster may be believed: replicas lag, and a watch can be silent. */
const MISTAKEN_MS = 1_200_000;
/** By then the program knows that a kind is not served. */
const SERVED_CHECK_MS = 20_000;

type Fail = (invariant: string, why: string) => void;

/** Says of each deletion of a batch which promise it breaks, if it breaks one. */
export function judgeDeletes(batch: SentBatch, memory: Memory): void {
  for (const write of batch.writes) {
    if (write.kind !== 'delete') continue;
    const record = batch.reads.records.get(write.id);
    const fail: Fail = (invariant, why) =>
      batch.lab.fail(invariant, `- ${write.id} in ${batch.zone.name}: ${why}`);
    if (record === undefined) fail('read before a delete', 'it was not read for this plan');
    else judgeDelete(batch, record, memory, fail);
  }
}

function judgeDelete(batch: SentBatch, record: ActualRecord, memory: Memory, fail: Fail): void {
  const { lab, rows, approved, clusterId, world, zone } = batch;
  const row = rows.get(record.id);
  const owned = whose(record, row, clusterId);
  const isApproved = approved.has(record.id);
  const isOurs = owned === 'ours' || (isApproved && owned === 'takeable');
  if (markerOf(record.comment) === undefined || !isOurs) {
    fail('only what is ours is deleted', `it was read as ${owned}: "${record.comment}"`);
  }
  const name = row?.name ?? record.name;
  const type = row?.type ?? record.type;
  if (lab.settings.strategy === 'upsert-only') fail('upsert-only deletes nothing', `${type} ${name}`);
  if (isReplaced(batch, record.id)) return;
  if (standsElsewhere(batch, name)) {
    judgeMove(batch, { id: record.id, name }, fail);
    return;
  }
  const isHome = zoneOf(name, world.zones)?.id === zone.id;
  if (isHome && isSurelyPublished(name, type, world) && !isHeldByAnother(batch, name, record.id)) {
    fail('a wanted name stays published', `${type} ${name} is wanted, and nothing takes its place`);
  }
  if (isApproved) return;
  if (row === undefined || !isProven(row, world)) {
    const holder = row?.holder === undefined ? 'unknown' : `${row.holder.namespace}/${row.holder.name}`;
    fail(
      'a deletion has evidence',
      `${type} ${name}: nothing shows that its holder, ${holder}, is done with it`,
    );
    return;
  }
  judgeAbsence(batch, row, memory, fail);
  judgeDelay(batch, row, memory, fail);
}

/**
 * Whether one of ours stands for it once the batch is through: for what it was by its row, or for what a person made of
 * it, of which it is then one too many.
 */
function isReplaced(batch: SentBatch, id: string): boolean {
  const row = batch.rows.get(id);
  const record = batch.reads.records.get(id);
  const { name = '', type = '' } = row ?? record ?? {};
  if (remaining(batch, name).some((each) => clashes(each, type))) return true;
  return record !== undefined && remaining(batch, record.name).some((each) => clashes(each, record.type));
}

/** To a zone that is not active now, and lies deeper, a delegation may still lead. */
function judgeMove(
  { zone, world, approved, writes, rows }: SentBatch,
  { id, name }: { readonly id: string; readonly name: string },
  fail: Fail,
): void {
  const row = rows.get(id);
  // It goes for its own sake, and not because it stands elsewhere.
  if (row !== undefined && isProven(row, world)) return;
  const seen = world.zones.find(({ id }) => id === zone.id);
  const home = zoneOf(name, world.zones);
  if (seen === undefined || home === undefined || seen.status === 'active') return;
  if (writes.some((write) => write.kind === 'delete' && approved.has(write.id))) return;
  if (seen.name.length >= home.name.length)
    fail('a zone that is not active keeps its records', `${name} stands in ${home.name} too`);
}

/** What the program takes for gone is gone, and by more than a kind that is not served any more. */
function judgeAbsence(
  { lab, world }: SentBatch,
  { recordId, name, type, holder }: Claim,
  { evidenceSince }: Memory,
  fail: Fail,
): void {
  const key = holder === undefined ? '' : `${holder.namespace}/${holder.name}`;
  if (world.cluster.sources[routeKindOf(key)]?.present(key) !== false || lab.isElsewhere) return;
  if (!lab.cluster.wasAway(key, MISTAKEN_MS))
    fail('what is gone is gone', `${type} ${name}: its route ${key} is there, and was all the time`);
  const { served } = lab.cluster;
  const isLater = (evidenceSince.get(recordId) ?? lab.clock.elapsed) >= lab.crdsGoneAt;
  if (!served && isLater && lab.settings.deleteDelayMs > SERVED_CHECK_MS)
    fail('a kind that is not served is no evidence', `${type} ${name}: its route ${key} went with the CRDs`);
}

function judgeDelay(
  { lab }: SentBatch,
  { recordId, name, type, doomedAt }: Claim,
  memory: Memory,
  fail: Fail,
): void {
  const { clock, settings, ledgerBrokenAt, clockJumpedAt } = lab;
  const since = memory.evidenceSince.get(recordId) ?? clock.elapsed;
  // What passed before this life of the program only the wall clock can tell.
  const isUntold = clockJumpedAt >= since && (lab.process?.startedAt ?? 0) >= since;
  if (ledgerBrokenAt >= since || isUntold) return;
  // A copy of the ledger may remember that it was given up, which the one after it had taken back.
  const doomedSince = clock.elapsed - (clock.now() - Date.parse(doomedAt ?? ''));
  if (ledgerBrokenAt >= Math.max(0, doomedSince)) return;
  const waited = clock.elapsed - since;
  // A pass that is being made when the evidence comes has begun a little before.
  if (waited < settings.deleteDelayMs - 1_000)
    fail('DELETE_DELAY', `${type} ${name} was given up ${waited} ms ago`);
  const heldAt = memory.heldAt.get(recordId);
  if (heldAt === undefined || clockJumpedAt >= heldAt || ledgerBrokenAt >= heldAt) return;
  const sinceHeld = clock.elapsed - heldAt;
  if (sinceHeld < settings.deleteDelayMs - 1_000)
    fail('DELETE_DELAY', `${type} ${name} was held by the brake ${sinceHeld} ms ago`);
}

/** Another record at the name, whose holder is not done with it, can keep the wanted one out. */
function isHeldByAnother({ rows, world }: SentBatch, name: string, id: string): boolean {
  return [...rows.values()].some(
    (row) => row.name === name && row.recordId !== id && row.state !== 'released' && !isProven(row, world),
  );
}

/**
 * The brake over all zones: what goes within one DELETE_DELAY, against what was managed when it was planned.
 * @param foreignLedger the ledger was written for another cluster
 */
export function judgeBrake(batch: SentBatch, memory: Memory, planned: number, foreignLedger: boolean): void {
  const { lab, rows, approved } = batch;
  const { clock, clockJumpedAt, settings } = lab;
  const { maxDeletes, deleteDelayMs } = settings;
  const gone = batch.writes.flatMap((write) => {
    if (write.kind !== 'delete' || approved.has(write.id)) return [];
    const { name = '' } = rows.get(write.id) ?? batch.reads.records.get(write.id) ?? {};
    return isReplaced(batch, write.id) || standsElsewhere(batch, name) ? [] : [write.id];
  });
  if (gone.length === 0) return;
  if (foreignLedger) lab.fail("another cluster's ledger", `${gone.length} deletions without approval`);
  const recent = new Set(
    memory.unpublished.filter(({ at }) => at > clock.elapsed - deleteDelayMs).map(({ id }) => id),
  );
  const together = new Set([...recent, ...gone]).size;
  memory.unpublished.push(...gone.map((id) => ({ id, at: clock.elapsed })));
  const hasJumped = clock.elapsed - clockJumpedAt <= deleteDelayMs;
  const managed = planned + [...recent].filter((id) => !rows.has(id)).length;
  if (maxDeletes === 'off' || hasJumped || together <= maxDeletes || together * 2 <= managed) return;
  const what = `${together} of ${managed} records go within DELETE_DELAY`;
  lab.fail('the brake', `${what}, MAX_DELETES is ${maxDeletes}`);
}
