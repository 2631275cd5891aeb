import type { Claim, ClaimState } from '../domain/claim.ts';
import type { RecordData } from '../domain/record.ts';
import { sameRef } from '../domain/source.ts';
import type { Want } from '../domain/want.ts';
import type { RowChange } from './plan.ts';
import type { ClaimFate } from './table.ts';

/** What a row becomes once its record has `data`, for `want`. `now` in milliseconds since the epoch. */
export function claimFor(
  want: Want,
  data: RecordData,
  recordId: string,
  last: Claim | undefined,
  facts: { readonly now: number; readonly cluster: string; readonly adopted?: boolean },
): Claim {
  const at = new Date(facts.now).toISOString();
  return {
    ...data,
    zoneId: want.zone.id,
    zoneName: want.zone.name,
    recordId,
    holder: want.source,
    via: want.via,
    mode: want.mode,
    cluster: facts.cluster,
    ttlWritten: want.ttl.written,
    proxiedWritten: want.proxied.written,
    adopted: facts.adopted ?? last?.adopted ?? false,
    state: 'active',
    stateReason: '',
    doomedAt: undefined,
    createdAt: last?.createdAt ?? at,
    updatedAt: at,
    verifiedAt: last?.verifiedAt,
  };
}

/** Moves a row to a state, when it is not in it already: steady state writes nothing. */
export function toState(
  claim: Claim,
  state: ClaimState,
  why: string,
  more: { readonly now: number; readonly doomedAt?: string },
  story?: Pick<RowChange, 'history' | 'told'>,
): readonly RowChange[] {
  const doomedAt = more.doomedAt;
  if (claim.state === state && claim.stateReason === why && claim.doomedAt === doomedAt) return [];
  const updatedAt = new Date(more.now).toISOString();
  return [{ kind: 'put', claim: { ...claim, state, stateReason: why, doomedAt, updatedAt }, ...story }];
}

/** Of a row that is kept for what it says, though its record is gone: nothing stands there, and nobody need let it go. */
export function missingRow(claim: Claim, limits: { readonly now: number }): readonly RowChange[] {
  return toState(claim, 'pending', 'its record was deleted by somebody else', limits);
}

/**
 * Records whose names are wanted again are not given up any more, also where the write that they need waits or is refused:
 * else their delay would be over at once the next time. `decided`: what the plan does with rows already.
 */
export function wantedAgain(
  claims: readonly ClaimFate[],
  decided: readonly RowChange[],
  now: number,
): readonly RowChange[] {
  return claims
    .filter((each) => isGivenUpNoMore(each))
    .filter(({ claim: { recordId } }) => !decided.some((row) => idOf(row) === recordId))
    .flatMap(({ claim }) => toState(claim, 'active', '', { now }));
}

function isGivenUpNoMore({ claim, fate }: ClaimFate): boolean {
  if (claim.doomedAt === undefined) return false;
  // One that waits to be replaced may be held; that it is, only a read can say.
  return fate.kind === 'wanted' || (fate.kind === 'replaced' && claim.state === 'deleting');
}

function idOf(row: RowChange): string {
  return row.kind === 'drop' ? row.recordId : row.claim.recordId;
}

/** The row of a want that needs no write: only what the ledger alone knows may have changed. */
export function settleRow(claim: Claim, next: Claim): readonly RowChange[] {
  const same =
    claim.state === next.state &&
    claim.content === next.content &&
    claim.ttl === next.ttl &&
    claim.proxied === next.proxied &&
    claim.mode === next.mode &&
    claim.cluster === next.cluster &&
    claim.ttlWritten === next.ttlWritten &&
    claim.proxiedWritten === next.proxiedWritten &&
    claim.doomedAt === next.doomedAt &&
    claim.holder !== undefined &&
    next.holder !== undefined &&
    sameRef(claim.holder, next.holder) &&
    sameVia(claim, next);
  return same ? [] : [{ kind: 'put', claim: next }];
}

function sameVia(a: Claim, b: Claim): boolean {
  if (a.via === undefined || b.via === undefined) return a.via === b.via;
  return sameRef(a.via, b.via);
}
