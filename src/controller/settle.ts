import { dataOf, isRecordType, recordKey, type ActualRecord } from '../domain/record.ts';
import type { Claim } from '../domain/claim.ts';
import type { Intent } from '../domain/entry.ts';
import { parseMarker } from '../domain/owner.ts';
import { refText } from '../domain/source.ts';
import type { Instant } from '../domain/clock.ts';
import type { Zone } from '../domain/zone.ts';
import { recoverClaims } from '../plan/recover.ts';
import { intentKey } from './memory.ts';
import type { NextStep } from './next-step.ts';
import type { World } from './ports.ts';
import type { ZoneState } from './zone-state.ts';

/**
 * Takes in a complete list before anything is derived from it: rows that markers prove and the ledger lacks are
 * made again, rows seen are verified, and intents that can no longer land are settled. Answers a step only when
 * the ledger refused.
 */
export function absorbList(
  zone: Zone,
  records: readonly ActualRecord[],
  begun: Instant,
  state: ZoneState,
): NextStep | undefined {
  const { world, memory } = state;
  const claims = world.ledger.claims();
  const at = new Date(world.now()).toISOString();
  const seen = new Map(records.map((record) => [record.id, record]));
  const verified = claims.filter((claim) => claim.zoneId === zone.id && seen.has(claim.recordId));
  const intents = world.ledger.intents().filter((intent) => intent.zoneId === zone.id);
  const heirs = heirsOfAdopted(intents, claims, seen);
  const recovered = recoverClaims(records, claims, zone, world.identity, world.now()).map((claim) =>
    heirs.has(recordKey(claim.name, claim.type)) ? { ...claim, adopted: true } : claim,
  );
  const rows = new Map([...claims, ...recovered].map((claim) => [claim.recordId, claim]));
  const listedForMs = world.steady() - begun.steady;
  const waited = new Map(
    intents.map((intent) => [intent, memory.waits.elapsedMs(intentKey(intent), intent.at) - listedForMs]),
  );
  const settled = intents.filter((intent) => (waited.get(intent) ?? 0) >= landsWithin(world));
  const written = world.ledger.write((writer) => {
    for (const claim of recovered) {
      writer.putClaim(claim);
      const reason = 'marked ours, of this cluster, and not in the ledger';
      const holder = claim.holder === undefined ? '' : refText(claim.holder);
      const { name, type, zoneName } = claim;
      writer.appendHistory({
        at,
        action: 'recover',
        zoneName,
        name,
        type,
        before: undefined,
        after: dataOf(claim),
        reason,
        holder,
        outcome: 'done',
      });
    }
    writer.verified(
      verified.map((claim) => claim.recordId),
      at,
    );
    for (const intent of intents.filter((each) => isReleased(each, seen))) {
      if (intent.recordId !== undefined) writer.removeClaim(intent.recordId);
    }
    for (const intent of settled) {
      writer.closeIntent(intent.id);
      const row = landedRow(intent, rows.get(intent.recordId ?? ''), seen, world.identity.owner);
      if (row !== undefined) writer.putClaim(row);
      // Another intent of the same record goes on from there.
      if (row !== undefined) rows.set(row.recordId, row);
      const { zoneName, name, type, before, after } = intent;
      const outcome = landed(intent, records, seen, world.identity.owner) ? 'landed' : 'did not land';
      writer.appendHistory({
        at,
        action: 'settle',
        zoneName,
        name,
        type,
        before,
        after,
        reason: `${intent.action} begun at ${intent.at}`,
        holder: '',
        outcome,
      });
    }
  });
  if (!written.ok) return { kind: 'retry', why: written.error.message, notBeforeMs: 0 };
  memory.listed(begun.steady);
  memory.tried = true;
  // A request whose answer was lost can land late: the zone is read again when it no longer can.
  const open = intents.filter((intent) => !settled.includes(intent));
  for (const intent of open) memory.listAt(begun.steady + landsWithin(world) - (waited.get(intent) ?? 0));
  const doomed = claims.filter(({ doomedAt }) => doomedAt !== undefined).map(({ recordId }) => recordId);
  memory.waits.keep(new Set([...doomed, ...open.map(intentKey)]));
  return undefined;
}

/** A write without an answer lands by then, or never: it waits for its turn, then for an answer, and can land late. */
function landsWithin({ settings }: Pick<World, 'settings'>): number {
  return 3 * settings.callDeadlineMs;
}

/**
 * Name and type of what takes the place of a record that was adopted, in a batch whose answer was lost: what adopt found
 * stays what a person can have put back.
 */
function heirsOfAdopted(
  intents: readonly Intent[],
  claims: readonly Claim[],
  seen: ReadonlyMap<string, ActualRecord>,
): ReadonlySet<string> {
  const adopted = new Set(claims.filter((claim) => claim.adopted).map(({ recordId }) => recordId));
  const gone = intents.filter(
    ({ action, recordId = '' }) => action === 'delete' && adopted.has(recordId) && !seen.has(recordId),
  );
  const names = new Set(gone.map(({ name }) => name));
  const made = intents.filter(({ action, name }) => action === 'create' && names.has(name));
  return new Set(made.map(({ name, type }) => recordKey(name, type)));
}

/**
 * The row of an update or adoption whose answer was lost: as the record was read, and for the holder that its marker
 * names.
 */
function landedRow(
  { action, recordId, name, type, after }: Intent,
  claim: Claim | undefined,
  seen: ReadonlyMap<string, ActualRecord>,
  owner: string,
): Claim | undefined {
  const isInPlace = action === 'update' || action === 'adopt';
  const record = isInPlace && recordId !== undefined ? seen.get(recordId) : undefined;
  if (record === undefined || claim === undefined || claim.state === 'released') return undefined;
  const marker = parseMarker(record.comment);
  const isOurs = marker?.owner === owner && record.name === name && record.type === type;
  if (!isOurs) return undefined;
  const adopted = claim.adopted || action === 'adopt';
  // It may have been given another content since.
  if (record.content !== after?.content) return adopted === claim.adopted ? undefined : { ...claim, adopted };
  const { content, ttl, proxied } = record;
  return { ...claim, content, ttl, proxied, adopted, holder: marker.holder ?? claim.holder };
}

/**
 * Whether a release whose answer was lost has landed: without its row the record is nobody's, as a person asked for.
 * With it the marker would be put back, and the record go with its source.
 */
function isReleased({ action, recordId, after }: Intent, seen: ReadonlyMap<string, ActualRecord>): boolean {
  const record = action === 'release' && recordId !== undefined ? seen.get(recordId) : undefined;
  return (
    record !== undefined && parseMarker(record.comment) === undefined && record.content === after?.content
  );
}

function landed(
  intent: Intent,
  records: readonly ActualRecord[],
  seen: ReadonlyMap<string, ActualRecord>,
  owner: string,
): boolean {
  const { recordId, after } = intent;
  if (intent.action === 'release') return isReleased(intent, seen);
  if (intent.action === 'delete') return !records.some((record) => record.id === recordId);
  // What is adopted often holds already what is wanted, or something else by now: only the marker tells.
  if (intent.action === 'adopt') return parseMarker(seen.get(recordId ?? '')?.comment ?? '')?.owner === owner;
  return records.some(
    (record) =>
      isRecordType(record.type) &&
      (recordId === undefined
        ? record.name === intent.name && record.type === intent.type
        : record.id === recordId) &&
      record.content === after?.content,
  );
}
