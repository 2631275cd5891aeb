import type { Claim } from '../../src/domain/claim.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { judgeBrake, judgeDeletes, type Memory } from './delete-rules.ts';
import type { Lab } from './lab.ts';
import { judgeWriter } from './lease-rules.ts';
import type { OracleWorld } from './oracle.ts';
import { PassReads, type Asked } from './pass-reads.ts';
import type { SimProcess } from './process.ts';
import { ReadinessWatch } from './readiness-rules.ts';
import { heldByIn, isProven, markerOf, type SentBatch } from './sent-batch.ts';
import { judgeWrites } from './write-rules.ts';

/** How long ago, at most, the line had an address that is still believed: a schedule's period and a round. */
const ADDRESS_LAG_MS = 420_000;

/** A drift check's period, and a little more. */
const DRIFT_CHECK_MS = 420_000;

/** Looks at every write as it leaves, and says when it breaks a promise. It judges by the reads of the same pass. */
export class Watchdog {
  readonly #lab: Lab;
  readonly #process: SimProcess;
  readonly #memory: Memory;
  readonly #reads = new Map<string, PassReads>();
  readonly #worlds = new Map<string, OracleWorld>();
  /** Rows that were managed when each zone's plan was made. */
  readonly #managed = new Map<string, number>();
  readonly #readiness: ReadinessWatch;
  readonly #plannedAt = new Map<string, number>();
  #derived: OracleWorld | undefined;
  #zones: readonly Zone[] = [];

  constructor(lab: Lab, process: SimProcess, memory: Memory) {
    this.#lab = lab;
    this.#process = process;
    this.#memory = memory;
    this.#readiness = new ReadinessWatch(lab);
  }

  zonesSeen(zones: readonly Zone[]): void {
    this.#zones = zones;
  }

  read(zone: Zone, asked: Asked, records: readonly ActualRecord[]): void {
    this.#readsOf(zone.id).add(asked, records);
  }

  /** Desired state is being derived from what is known now; every plan works from that until the next time. */
  derived(): void {
    this.#derived = this.#world();
  }

  planned(plan: Plan): void {
    const world = this.#derived ?? this.#world();
    const claims = this.#process.port.claims();
    this.#worlds.set(plan.zone.id, world);
    this.#plannedAt.set(plan.zone.id, this.#lab.clock.elapsed);
    this.#managed.set(plan.zone.id, claims.filter(({ state }) => state !== 'released').length);
    const { evidenceSince } = this.#memory;
    for (const claim of claims) {
      if (claim.zoneId !== plan.zone.id) continue;
      if (isProven(claim, world) && !evidenceSince.has(claim.recordId)) {
        evidenceSince.set(claim.recordId, this.#lab.clock.elapsed);
      }
    }
  }

  sent(zone: Zone, writes: readonly RecordWrite[]): void {
    const batch: SentBatch = {
      lab: this.#lab,
      zone,
      writes,
      reads: this.#readsOf(zone.id),
      rows: this.#rows(),
      world: this.#worlds.get(zone.id) ?? this.#world(),
      approved: this.#process.port.approvals(),
      clusterId: this.#process.clusterId,
      lease: this.#process.lease,
      plannedAt: this.#plannedAt.get(zone.id) ?? Number.NEGATIVE_INFINITY,
    };
    judgeWriter(batch);
    judgeWrites(batch);
    judgeDeletes(batch, this.#memory);
    const managed = this.#managed.get(zone.id) ?? 0;
    judgeBrake(batch, this.#memory, managed, this.#process.otherCluster() !== undefined);
  }

  /** A pass has ended: the reads were its own, and ledger and Cloudflare agree. */
  passed(zone: Zone): void {
    this.#reads.delete(zone.id);
    const rows = this.#rows();
    this.#forgetEvidence(zone, rows);
    for (const { state, recordId } of rows.values())
      if (state === 'held') this.#memory.heldAt.set(recordId, this.#lab.clock.elapsed);
    this.#judgeLedger(rows);
  }

  /** A write took effect long after it was sent, perhaps by the process before this one: an intent still tells of it. */
  landedLate(): void {
    this.#judgeLedger(this.#rows());
  }

  /** Ledger and Cloudflare agree but for open intents and others' doing. */
  #judgeLedger(rows: ReadonlyMap<string, Claim>): void {
    const intents = this.#process.port.intents();
    const isOpen = (record: ActualRecord) =>
      intents.some(({ recordId, zoneId, name, type }) =>
        recordId === undefined
          ? zoneId === record.zoneId && name === record.name && type === record.type
          : recordId === record.id,
      );
    const unsure = Math.max(this.#lab.ledgerBrokenAt, this.#lab.backHomeAt);
    for (const { record, by, at } of this.#lab.cloudflare.records.values()) {
      if (by !== 'us' || at <= unsure || isOpen(record)) continue;
      // What was begun in an earlier life is settled by the wall clock: when that leapt, what lands late is found by
      // the next drift check.
      const { clock, clockJumpedAt } = this.#lab;
      const isUntold =
        clockJumpedAt > this.#process.startedAt - DRIFT_CHECK_MS && clockJumpedAt <= this.#process.startedAt;
      if (isUntold && clock.elapsed - this.#process.startedAt < DRIFT_CHECK_MS) continue;
      // What landed late for the cluster before this one is taken over where it is wanted.
      if (markerOf(record.comment)?.cluster !== this.#process.clusterId) continue;
      const row = rows.get(record.id);
      const what = `${record.type} ${record.name} (${record.id})`;
      // Nothing tells of what a list is silent about; the next drift check does.
      const isHidden = clock.elapsed - this.#lab.listLiedAt < DRIFT_CHECK_MS;
      if (row === undefined && isHidden) continue;
      if (row === undefined) {
        const why = `${what} was written by us; no row and no open intent says so`;
        this.#lab.fail('the ledger knows what was written', why);
      } else if (row.state !== 'released' && differs(row, record)) {
        const why = `the row of ${what} says ${textOf(row)}, we wrote ${textOf(record)}`;
        this.#lab.fail('the ledger knows what was written', why);
      }
    }
  }

  /** Only what the ledger took down ends the wait: a process that was killed before cannot know of it. */
  #forgetEvidence(zone: Zone, rows: ReadonlyMap<string, Claim>): void {
    const world = this.#worlds.get(zone.id);
    if (world === undefined || this.#lab.disk.full) return;
    for (const row of rows.values()) {
      if (row.zoneId === zone.id && !isProven(row, world)) this.#memory.evidenceSince.delete(row.recordId);
    }
  }

  #rows(): ReadonlyMap<string, Claim> {
    return new Map(this.#process.port.claims().map((claim) => [claim.recordId, claim]));
  }

  #world(): OracleWorld {
    const states = this.#process.egress.states();
    const cluster = this.#process.cluster.snapshot();
    this.#readiness.look(cluster);
    return {
      cluster,
      zones: this.#zones,
      protectedNames: this.#process.protectedNames,
      heldBy: heldByIn(this.#process.port.claims()),
      egress: (family) => {
        const state = states.get(family);
        if (state?.status !== 'confirmed') return [];
        if (!this.#lab.lines.isPlausible(family, state.address, ADDRESS_LAG_MS)) {
          const why = `${state.address} is confirmed, and the line has not had it lately`;
          this.#lab.fail('only a true egress address', why);
        }
        return [state.address];
      },
    };
  }

  #readsOf(zoneId: string): PassReads {
    const reads = this.#reads.get(zoneId) ?? new PassReads();
    this.#reads.set(zoneId, reads);
    return reads;
  }
}

/** A change in place is not told of a name or type that somebody else gave the record meanwhile. */
function differs(row: Claim, record: ActualRecord): boolean {
  return row.content !== record.content || row.ttl !== record.ttl || row.proxied !== record.proxied;
}

function textOf({ content, ttl, proxied }: Pick<ActualRecord, 'content' | 'ttl' | 'proxied'>): string {
  return `${content}, ttl ${ttl}, proxied ${proxied}`;
}
