import type { ConfirmedEgress } from '../domain/egress.ts';
import type { ChangeAction, FoundData, HistoryEntry, Intent } from '../domain/entry.ts';
import type { Refusal } from '../domain/refusal.ts';
import { SOURCE_KINDS } from '../domain/source.ts';
import { Cells } from './cells.ts';
import { canonicalName, decodeRecord, encodeRecord } from './record-json.ts';
import { storedTime } from './stored-time.ts';

/** Tables `intents`, `history`, `refusals` and `egress_addresses`. Decoding throws LedgerError of kind `bad-row`. */
type Row = Readonly<Record<string, unknown>>;
type Cell = string | number | null;

// Written as tables so that the compiler finds a word that is missing or too many.
const CHANGE_ACTIONS = words<ChangeAction>({ create: 0, update: 0, adopt: 0, delete: 0, release: 0 });
const HISTORY_ACTIONS = words<HistoryEntry['action']>({
  create: 0,
  update: 0,
  adopt: 0,
  delete: 0,
  'take-over': 0,
  release: 0,
  recover: 0,
  hold: 0,
  leave: 0,
  approve: 0,
  settle: 0,
  stop: 0,
  resume: 0,
});

export const INTENT_COLUMNS = 'at, action, zone, zone_id, name, type, record_id, "before", "after"';

export function intentToRow(intent: Omit<Intent, 'id'>): readonly Cell[] {
  const { at, action, zoneName, zoneId, name, type, recordId, before, after } = intent;
  return [
    storedTime(at),
    action,
    zoneName,
    zoneId,
    name,
    type,
    recordId ?? null,
    record(before),
    record(after),
  ];
}

export function rowToIntent(path: string, row: Row): Intent {
  const cells = new Cells(path, 'intents', row);
  return {
    id: cells.integer('id'),
    at: cells.time('at'),
    action: cells.oneOf('action', CHANGE_ACTIONS),
    zoneName: cells.text('zone'),
    zoneId: cells.text('zone_id'),
    name: cells.text('name'),
    type: cells.text('type'),
    recordId: cells.optional('record_id', (column) => cells.text(column)),
    before: cells.optional('before', (column) => decodeRecord(cells, column)),
    after: cells.optional('after', (column) => decodeRecord(cells, column)),
  };
}

export const HISTORY_COLUMNS = 'at, action, zone, name, type, "before", "after", reason, holder, outcome';

export function historyToRow(entry: HistoryEntry): readonly Cell[] {
  const { at, action, zoneName, name, type, before, after, reason, holder, outcome } = entry;
  return [
    storedTime(at),
    action,
    zoneName,
    name,
    type,
    record(before),
    record(after),
    reason,
    holder,
    outcome,
  ];
}

export function rowToHistory(path: string, row: Row): HistoryEntry {
  const cells = new Cells(path, 'history', row);
  return {
    at: cells.time('at'),
    action: cells.oneOf('action', HISTORY_ACTIONS),
    zoneName: cells.text('zone'),
    name: cells.text('name'),
    type: cells.text('type'),
    before: cells.optional('before', (column) => decodeRecord(cells, column)),
    after: cells.optional('after', (column) => decodeRecord(cells, column)),
    reason: cells.text('reason'),
    holder: cells.text('holder'),
    outcome: cells.text('outcome'),
  };
}

export const REFUSAL_COLUMNS = 'name, holder_kind, holder_namespace, holder_name, annotations, at';

export function refusalToRow({ name, holder, annotations, at }: Refusal): readonly Cell[] {
  return [name, holder.kind, holder.namespace, holder.name, annotations, storedTime(at)];
}

export function rowToRefusal(path: string, row: Row): Refusal {
  const cells = new Cells(path, 'refusals', row);
  return {
    name: canonicalName(row['name']) ?? cells.refuse('name', 'a DNS name in lower case, without a final dot'),
    holder: {
      kind: cells.oneOf('holder_kind', SOURCE_KINDS),
      namespace: cells.text('holder_namespace'),
      name: cells.text('holder_name'),
    },
    annotations: cells.text('annotations'),
    at: cells.time('at'),
  };
}

export const EGRESS_COLUMNS = 'family, address, confirmed_at, voters';

export function egressToRow(egress: ConfirmedEgress): readonly Cell[] {
  const { family, address, confirmedAt, voters } = egress;
  return [family, address, storedTime(confirmedAt), JSON.stringify(voters)];
}

export function rowToEgress(path: string, row: Row): ConfirmedEgress {
  const cells = new Cells(path, 'egress_addresses', row);
  const family = cells.integer('family');
  const voters = cells.json('voters');
  const listed = Array.isArray(voters) && voters.every((voter) => typeof voter === 'string');
  return {
    family: family === 4 || family === 6 ? family : cells.refuse('family', '4 or 6'),
    address: cells.text('address'),
    confirmedAt: cells.time('confirmed_at'),
    voters: listed ? voters : cells.refuse('voters', 'a JSON list of names'),
  };
}

function record(data: FoundData | undefined): Cell {
  return data === undefined ? null : encodeRecord(data);
}

function words<T extends string>(table: Readonly<Record<T, 0>>): readonly T[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a literal's own keys, just checked against T
  return Object.keys(table) as T[];
}
