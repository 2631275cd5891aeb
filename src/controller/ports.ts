import type { Clock } from '../domain/clock.ts';
import type { ApplyLedger, ApplyWriter } from '../apply/ports.ts';
import type { Outcome } from '../apply/outcome.ts';
import type { Family } from '../domain/address.ts';
import type { Claim } from '../domain/claim.ts';
import type { ClusterSnapshot } from '../domain/cluster.ts';
import type { EgressState } from '../domain/egress.ts';
import type { HistoryEntry, Intent } from '../domain/entry.ts';
import type { Hostname } from '../domain/hostname.ts';
import type { Identity } from '../domain/owner.ts';
import type { Permit } from '../domain/permit.ts';
import type { Problem } from '../domain/problem.ts';
import type { ActualRecord } from '../domain/record.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Result } from '../domain/result.ts';
import type { SourceKind } from '../domain/source.ts';
import type { ApiResult, BatchApplied, BatchWrite } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import type { NextStep } from './next-step.ts';
import type { Plan, RowChange } from '../plan/plan.ts';

/** The cluster as it is known now. */
interface ClusterPort {
  synced(): boolean;
  snapshot(): ClusterSnapshot;
}

export interface EgressPort {
  states(): ReadonlyMap<Family, EgressState>;
  use(families: ReadonlySet<Family>): void;
}

/** Cloudflare, read and written for a plan. */
export interface RecordsPort {
  zones(): Promise<ApiResult<readonly Zone[]>>;
  listZone(zone: Zone): Promise<ApiResult<readonly ActualRecord[]>>;
  readNames(
    zone: Zone,
    names: readonly string[],
  ): Promise<ApiResult<ReadonlyMap<string, readonly ActualRecord[]>>>;
  readIds(
    zone: Zone,
    ids: readonly string[],
  ): Promise<ApiResult<ReadonlyMap<string, ActualRecord | undefined>>>;
  /** `heldBack` is asked at the last moment before the request leaves; a reason makes it `unavailable`. */
  batch(
    zone: Zone,
    writes: readonly BatchWrite[],
    heldBack: () => string | undefined,
  ): Promise<ApiResult<BatchApplied>>;
}

export interface LedgerWriterPort extends ApplyWriter {
  refuse(refusal: Refusal): void;
  withdrawRefusal(refusal: Pick<Refusal, 'name' | 'holder'>): void;
  setMeta(key: 'stopped', value: string): void;
  verified(recordIds: readonly string[], at: string): void;
  noteZoneCopy(zoneId: string, zone: string, path: string, at: string): void;
}

export interface LedgerPort extends ApplyLedger {
  /** The same array until a row changes, so that it can be a key. */
  claims(): readonly Claim[];
  intents(): readonly Intent[];
  approvals(): ReadonlySet<string>;
  /** Records taken out of DNS since then (ISO 8601 UTC); replacements do not count. */
  recentDeletions(since: string): number;
  /** Names that a person took from their sources. */
  refusals(): readonly Refusal[];
  /** Since when `uninstall` forbids every write (ISO 8601 UTC); `undefined` when it does not. */
  stopped(): string | undefined;
  /** Newest first. */
  history(name: string): readonly HistoryEntry[];
  zoneCopied(zoneId: string): boolean;
  write<T>(fn: (writer: LedgerWriterPort) => T): Result<T, { readonly message: string }>;
  /** Keeps a zone's records, as they are before our first write, beside the ledger. Answers the file's path. */
  keepCopy(
    zone: Zone,
    records: readonly ActualRecord[],
    at: string,
  ): Promise<Result<string, { readonly message: string }>>;
}

/** One function per thing that happens; it never throws and never waits. */
export interface Observer {
  planned(plan: Plan): void;
  applied(zone: Zone, outcomes: readonly Outcome[]): void;
  told(zone: Zone, change: RowChange): void;
  /** The whole set of what is wrong in one scope now; what is not in it any more is mended. */
  problems(scope: string, problems: readonly Problem[]): void;
  passed(zone: Zone, milliseconds: number, step: NextStep): void;
  /** A fault of the program itself; the work is tried again. */
  failed(what: string, error: unknown): void;
  claims(claims: readonly Claim[]): void;
  held(count: number): void;
  zones(tried: number, of: number): void;
}

export interface Settings {
  readonly deleteDelayMs: number;
  readonly maxDeletes: number | 'off';
  readonly strategy: 'full' | 'upsert-only';
  readonly protectedNames: readonly Hostname[];
  readonly watchedKinds: ReadonlySet<SourceKind>;
  /** Names or ids; `undefined` is all visible. */
  readonly zones: readonly string[] | undefined;
  readonly dryRun: boolean;
  readonly batchLimit: number;
  /** What a write waits for its turn, then for its answer; without one it can land for as long again. */
  readonly callDeadlineMs: number;
}

/** Everything a pass works on. */
export interface World extends Clock {
  readonly cluster: ClusterPort;
  readonly egress: EgressPort;
  readonly records: RecordsPort;
  readonly ledger: LedgerPort;
  readonly observer: Observer;
  readonly identity: Identity;
  /** The cluster the ledger was written for, where it is another than ours; then nothing is deleted unapproved. */
  readonly otherCluster: () => string | undefined;
  readonly settings: Settings;
  readonly random: () => number;
  readonly stopping: () => boolean;
  /** What this process may write at this moment: no other controller of this installation may write meanwhile. */
  readonly permit: () => Permit;
}
