import { CLAIM_STATES, type Claim } from '../domain/claim.ts';
import { RECORD_TYPES } from '../domain/record.ts';
import { GATEWAY_KINDS, SOURCE_KINDS, type GatewayRef, type SourceRef } from '../domain/source.ts';
import { ttlFromApi, ttlToApi } from '../domain/ttl.ts';
import { Cells } from './cells.ts';
import { canonicalName } from './record-json.ts';
import { storedTime } from './stored-time.ts';

const PUBLISHING_MODES = ['gateway-address', 'ddns', 'static'] as const;

/** Table `records`, in the order of `claimToRow`. */
export const CLAIM_COLUMNS = [
  'zone',
  'zone_id',
  'name',
  'type',
  'content',
  'ttl',
  'proxied',
  'record_id',
  'holder_kind',
  'holder_namespace',
  'holder_name',
  'content_mode',
  'state',
  'state_reason',
  'via_kind',
  'via_namespace',
  'via_name',
  'cluster',
  'ttl_written',
  'proxied_written',
  'adopted',
  'doomed_at',
  'created_at',
  'updated_at',
  'verified_at',
] as const;

type Cell = string | number | null;

export function claimToRow(claim: Claim): readonly Cell[] {
  const row: Readonly<Record<(typeof CLAIM_COLUMNS)[number], Cell>> = {
    zone: claim.zoneName,
    zone_id: claim.zoneId,
    name: claim.name,
    type: claim.type,
    content: claim.content,
    ttl: ttlToApi(claim.ttl),
    proxied: Number(claim.proxied),
    record_id: claim.recordId,
    holder_kind: claim.holder?.kind ?? null,
    holder_namespace: claim.holder?.namespace ?? null,
    holder_name: claim.holder?.name ?? null,
    content_mode: claim.mode,
    state: claim.state,
    state_reason: claim.stateReason,
    via_kind: claim.via?.kind ?? null,
    via_namespace: claim.via?.namespace ?? null,
    via_name: claim.via?.name ?? null,
    cluster: claim.cluster,
    ttl_written: Number(claim.ttlWritten),
    proxied_written: Number(claim.proxiedWritten),
    adopted: Number(claim.adopted),
    doomed_at: claim.doomedAt === undefined ? null : storedTime(claim.doomedAt),
    created_at: storedTime(claim.createdAt),
    updated_at: storedTime(claim.updatedAt),
    verified_at: claim.verifiedAt === undefined ? null : storedTime(claim.verifiedAt),
  };
  return CLAIM_COLUMNS.map((column) => row[column]);
}

/**
 * @param shared keeps one copy of words that many rows have; the whole ledger stays in memory.
 * @throws LedgerError of kind `bad-row`
 */
export function rowToClaim(
  path: string,
  row: Readonly<Record<string, unknown>>,
  shared: Map<string, string>,
): Claim {
  const cells = new Cells(path, 'records', row);
  const common = (column: string): string => share(shared, cells.text(column));
  const time = (column: string): string => share(shared, cells.time(column));
  return {
    zoneName: common('zone'),
    zoneId: common('zone_id'),
    name: canonicalName(row['name']) ?? cells.refuse('name', 'a DNS name in lower case, without a final dot'),
    type: cells.oneOf('type', RECORD_TYPES),
    content: common('content'),
    ttl: ttlFromApi(cells.integer('ttl')),
    proxied: cells.flag('proxied'),
    recordId: cells.text('record_id'),
    holder: cells.optional('holder_kind', (column): SourceRef => {
      const kind = cells.oneOf(column, SOURCE_KINDS);
      return { kind, namespace: common('holder_namespace'), name: cells.text('holder_name') };
    }),
    mode: cells.oneOf('content_mode', PUBLISHING_MODES),
    state: cells.oneOf('state', CLAIM_STATES),
    stateReason: common('state_reason'),
    via: cells.optional('via_kind', (column): GatewayRef => {
      const kind = cells.oneOf(column, GATEWAY_KINDS);
      return { kind, namespace: common('via_namespace'), name: common('via_name') };
    }),
    cluster: common('cluster'),
    ttlWritten: cells.flag('ttl_written'),
    proxiedWritten: cells.flag('proxied_written'),
    adopted: cells.flag('adopted'),
    doomedAt: cells.optional('doomed_at', time),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    verifiedAt: cells.optional('verified_at', time),
  };
}

function share(shared: Map<string, string>, text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  shared.set(text, text);
  return text;
}
