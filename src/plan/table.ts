import type { Claim } from '../domain/claim.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { ActualRecord } from '../domain/record.ts';
import type { Fate, Want } from '../domain/want.ts';
import { registryOwner } from './external-dns.ts';
import type { PlanInput } from './plan.ts';

/** A claim with what the cluster says of it. */
export interface ClaimFate {
  readonly claim: Claim;
  readonly fate: Fate;
}

/** All that one name of a zone is about: what is wanted there, and what we hold there. */
export interface Row {
  readonly name: Hostname;
  readonly wants: readonly Want[];
  readonly claims: readonly ClaimFate[];
  readonly signature: () => string;
}

const NOT_JUDGED: Fate = { kind: 'kept', state: 'pending', why: 'the cluster was not asked about it yet' };

/** Groups wants and claims of the zone by name: reshape first, then compare row by row. */
export function tableOf(input: PlanInput): ReadonlyMap<string, Row> {
  const table = new Map<
    string,
    { name: Hostname; wants: Want[]; claims: ClaimFate[]; signature: () => string }
  >();
  const rowOf = (name: Hostname) => {
    let row = table.get(name);
    if (row === undefined) {
      const made = { name, wants: [], claims: [], signature: () => signatureOf(made, input.limits) };
      row = made;
      table.set(name, row);
    }
    return row;
  };
  for (const want of input.desired.wants) {
    if (want.zone.id === input.zone.id) rowOf(want.name).wants.push(want);
  }
  for (const claim of input.claims) {
    if (claim.zoneId !== input.zone.id) continue;
    rowOf(claim.name).claims.push({ claim, fate: input.desired.fates.get(claim.recordId) ?? NOT_JUDGED });
  }
  return table;
}

function signatureOf(
  row: { readonly wants: readonly Want[]; readonly claims: readonly ClaimFate[] },
  { approved, noDeletions }: PlanInput['limits'],
): string {
  const wants = row.wants.map((want) => [
    want.source,
    want.type,
    want.standing,
    want.ttl,
    want.proxied,
    want.adopt,
  ]);
  const claims = row.claims.map(({ claim, fate }) => [
    claim.recordId,
    claim.type,
    claim.content,
    claim.ttl,
    claim.proxied,
    claim.state,
    fate.kind,
    approved.has(claim.recordId),
  ]);
  return JSON.stringify([wants, claims, noDeletions]);
}

/** The input with its claims indexed once: a plan looks them up for every name. */
export interface PlanContext extends PlanInput {
  /** The row of a record id, of any name and zone. */
  rowOf(recordId: string): Claim | undefined;
  /** Rows of that name in other zones, released ones left out. */
  elsewhere(name: string): readonly Claim[];
  /** Names of the TXT records, of the zone where it was listed, in which external-dns keeps what it owns. */
  externalDnsNames(): readonly string[];
}

export function contextOf(input: PlanInput): PlanContext {
  const rows = new Map(input.claims.map((claim) => [claim.recordId, claim]));
  const elsewhere = Map.groupBy(
    input.claims.filter((claim) => claim.zoneId !== input.zone.id && claim.state !== 'released'),
    (claim) => claim.name as string,
  );
  let registry: readonly string[] | undefined;
  return {
    ...input,
    rowOf: (id) => rows.get(id),
    elsewhere: (name) => elsewhere.get(name) ?? [],
    externalDnsNames: () => (registry ??= registryOf(input.actual.all ?? [], input.limits.explained)),
  };
}

function registryOf(
  records: readonly ActualRecord[],
  explained: ReadonlySet<string> | undefined,
): readonly string[] {
  return records
    .filter((record) => registryOwner(record) !== undefined && explained?.has(record.id) !== true)
    .map(({ name }) => name);
}
