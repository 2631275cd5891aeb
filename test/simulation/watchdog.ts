import type { Claim } from '../../src/domain/claim.ts';
import { excludes, isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { RecordWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { FORMER, OWNER } from './names.ts';
import type { Lab } from './lab.ts';
import { holderSays, routesOf, says, zoneOf, type OracleWorld } from './oracle.ts';
import type { SimProcess } from './process.ts';
import { writeText } from './records-port.ts';

const MARKER = /(?:^|\s)record-owner-id=(?<owner>\S+)(?: (?<cluster>[0-9a-f]{8}):)?/;

interface PassReads {
  all: boolean;
  readonly names: Set<string>;
  readonly records: Map<string, ActualRecord>;
}

/** What outlives the process: since when each record's end has been proven, and what was deleted when. */
export interface Memory {
  readonly evidenceSince: Map<string, number>;
  readonly unpublished: { readonly at: number; readonly id: string }[];
}

/** Looks at every write as it leaves, and says when it breaks a promise. It judges by the reads of the same pass. */
export class Watchdog {
  readonly #lab: Lab;
  readonly #process: SimProcess;
  readonly #memory: Memory;
  readonly #reads = new Map<string, PassReads>();
  readonly #worlds = new Map<string, OracleWorld>();
  /** Rows that were managed when each zone's plan was made. */
  readonly #managed = new Map<string, number>();
  #derived: OracleWorld | undefined;
  #zones: readonly Zone[] = [];

  constructor(lab: Lab, process: SimProcess, memory: Memory) {
    this.#lab = lab;
    this.#process = process;
    this.#memory = memory;
  }

  zonesSeen(zones: readonly Zone[]): void {
    this.#zones = zones;
  }

  read(
    zone: Zone,
    what: { readonly all: true } | { readonly names: readonly string[] } | { readonly id: string },
    records: readonly ActualRecord[],
  ): void {
    const reads = this.#readsOf(zone.id);
    if ('all' in what) {
      reads.all = true;
      reads.records.clear();
    }
    if ('names' in what) {
      for (const name of what.names) {
        reads.names.add(name);
        for (const old of reads.records.values()) if (old.name === name) reads.records.delete(old.id);
      }
    }
    if ('id' in what) reads.records.delete(what.id);
    for (const record of records) reads.records.set(record.id, record);
  }

  /** Desired state is being derived from what is known now; every plan works from that until the next time. */
  derived(): void {
    this.#derived = this.#world();
  }

  planned(plan: Plan): void {
    const world = this.#derived ?? this.#world();
    this.#worlds.set(plan.zone.id, world);
    const live = this.#process.port.claims().filter(({ state }) => state !== 'released');
    this.#managed.set(plan.zone.id, live.length);
    for (const claim of this.#process.port.claims()) {
      if (claim.zoneId !== plan.zone.id) continue;
      const proven = this.#isProven(claim, world);
      if (!proven) this.#memory.evidenceSince.delete(claim.recordId);
      else if (!this.#memory.evidenceSince.has(claim.recordId)) {
        this.#memory.evidenceSince.set(claim.recordId, this.#lab.clock.elapsed);
      }
    }
  }

  sent(zone: Zone, writes: readonly RecordWrite[]): void {
    const world = this.#worlds.get(zone.id) ?? this.#world();
    const reads = this.#readsOf(zone.id);
    const rows = new Map(this.#process.port.claims().map((claim) => [claim.recordId, claim]));
    for (const write of writes) {
      const fail = (invariant: string, why: string) =>
        this.#lab.fail(invariant, `${writeText(write)} in ${zone.name}: ${why}`);
      if (write.kind === 'create') this.#judgeCreate(write, writes, reads, rows, world, zone, fail);
      else if (write.kind === 'update') this.#judgeUpdate(write, reads, rows, world, fail);
      else this.#judgeDelete(write.id, writes, reads, rows, world, zone, fail);
    }
    this.#judgeBrake(zone, writes, reads, rows);
  }

  /** A pass has ended: the reads were its own; ledger and Cloudflare agree but for open intents and others' doing. */
  passed(zone: Zone): void {
    this.#reads.delete(zone.id);
    const rows = new Map(this.#process.port.claims().map((claim) => [claim.recordId, claim]));
    const intents = this.#process.port.intents();
    const since = this.#lab.ledgerBrokenAt;
    const isOpen = (record: { id: string; zoneId: string; name: string; type: string }) =>
      intents.some(({ recordId, zoneId, name, type }) =>
        recordId === undefined
          ? zoneId === record.zoneId && name === record.name && type === record.type
          : recordId === record.id,
      );
    for (const { record, by, at } of this.#lab.cloudflare.records.values()) {
      if (by !== 'us' || at <= since || isOpen(record)) continue;
      const row = rows.get(record.id);
      if (row === undefined) {
        this.#lab.fail('the ledger knows what was written', `${record.type} ${record.name} (${record.id}) was written by us; no row and no open intent says so`);
      } else if (row.state !== 'released' && differs(row, record)) {
        this.#lab.fail('the ledger knows what was written', `the row of ${record.type} ${record.name} (${record.id}) says ${textOf(row)}, we wrote ${textOf(record)}`);
      }
    }
    for (const [id, at] of this.#lab.cloudflare.deletedByUs) {
      const row = rows.get(id);
      if (row === undefined || at <= since || intents.some(({ recordId }) => recordId === id)) continue;
      this.#lab.fail('the ledger knows what was written', `${row.type} ${row.name} (${id}) was deleted by us, and its row stands (${row.state}) without an open intent`);
    }
  }

  #judgeCreate(
    write: Extract<RecordWrite, { kind: 'create' }>,
    writes: readonly RecordWrite[],
    reads: PassReads,
    rows: ReadonlyMap<string, Claim>,
    world: OracleWorld,
    zone: Zone,
    fail: (invariant: string, why: string) => void,
  ): void {
    const { name, type } = write;
    if (!reads.all && !reads.names.has(name)) fail('read before a create', 'its name was not read for this plan');
    for (const record of reads.records.values()) {
      if (record.name !== name || !standsAgainst(record.type, type, name === zone.name)) continue;
      const goes = writes.some((each) => each.kind === 'delete' && each.id === record.id);
      const whose = this.#whose(record, rows.get(record.id));
      if (goes || whose === 'ours') continue;
      fail('nothing beside a stranger', `${record.type} ${record.content} (${record.id}, "${record.comment}") is ${whose}`);
    }
    const marker = MARKER.exec(write.comment)?.groups;
    if (marker?.['owner'] !== OWNER || write.comment.length > 100) fail('a create is marked', `its comment is "${write.comment}"`);
    if (zoneOf(name, world.zones)?.id !== zone.id) fail('the right zone', 'the name belongs to another zone');
    this.#judgeContent(name, type, write.content, world, fail);
  }

  #judgeUpdate(
    write: Extract<RecordWrite, { kind: 'update' }>,
    reads: PassReads,
    rows: ReadonlyMap<string, Claim>,
    world: OracleWorld,
    fail: (invariant: string, why: string) => void,
  ): void {
    const row = rows.get(write.id);
    const record = reads.records.get(write.id);
    const name = row?.name ?? record?.name ?? '';
    if (record === undefined) {
      if (row === undefined) fail('only what is ours', 'it was not read, and the ledger has no row');
      else if (row.state === 'released' || row.state === 'left') fail('only what is ours', `it was not read, and is ${row.state}`);
      if (write.comment !== undefined) fail('comments are read first', 'its comment was not read for this plan');
    } else {
      const whose = this.#whose(record, row);
      const adopts = routesOf(world).some((route) => route.annotations['adopt'] === 'true' && says(route, record.name, world).publishes.size > 0);
      if (whose === 'foreign' || (whose === 'unmarked' && !adopts)) fail('only what is ours', `it was read as ${whose}: "${record.comment}"`);
      if (whose === 'takeable' && !this.#isPublished(name, record.type, world)) fail('only what is ours', 'an orphan that nothing wants');
      if (write.comment !== undefined && !keepsWords(record.comment, write.comment)) fail("a person's words stay", `"${record.comment}" becomes "${write.comment}"`);
    }
    if (write.comment !== undefined && (write.comment.length > 100 || MARKER.exec(write.comment)?.groups?.['owner'] !== OWNER)) fail('an update is marked', `its comment is "${write.comment}"`);
    const type = record?.type ?? row?.type ?? '';
    if (write.content !== undefined) this.#judgeContent(name, type, write.content, world, fail);
    if (write.proxied !== undefined) this.#judgeProxied(name, write.proxied, row, world, fail);
  }

  #judgeDelete(
    id: string,
    writes: readonly RecordWrite[],
    reads: PassReads,
    rows: ReadonlyMap<string, Claim>,
    world: OracleWorld,
    zone: Zone,
    fail: (invariant: string, why: string) => void,
  ): void {
    const record = reads.records.get(id);
    const row = rows.get(id);
    if (record === undefined) {
      fail('read before a delete', 'it was not read for this plan');
      return;
    }
    const marker = MARKER.exec(record.comment)?.groups;
    const whose = this.#whose(record, row);
    const approved = this.#process.port.approvals().has(id);
    if (marker === undefined || (whose !== 'ours' && !(approved && whose === 'takeable'))) fail('only what is ours is deleted', `it was read as ${whose}: "${record.comment}"`);
    const name = row?.name ?? record.name;
    const type = row?.type ?? record.type;
    const remains = (test: (type: string) => boolean) => this.#remaining(name, writes, reads, rows).some((each) => test(each));
    const standsElsewhere = this.#standsElsewhere(name, zone, world);
    const replaced = remains((each) => clashes(each, type));
    if (!replaced && !standsElsewhere && this.#isWantedNow(name, type, world, zone) && !this.#isHeldByAnother(name, id, rows, world)) {
      fail('a wanted name stays published', `${type} ${name} is wanted, and nothing takes its place`);
    }
    if (approved || replaced || standsElsewhere) return;
    if (row === undefined || !this.#isProven(row, world)) {
      fail('a deletion has evidence', `${type} ${name}: holder ${row?.holder === undefined ? 'unknown' : `${row.holder.namespace}/${row.holder.name}`}, and nothing shows that it is done with it`);
      return;
    }
    this.#judgeDelay(id, name, type, fail);
  }

  #judgeDelay(id: string, name: string, type: string, fail: (invariant: string, why: string) => void): void {
    const { clock, settings, ledgerBrokenAt, clockJumpedAt } = this.#lab;
    const since = this.#memory.evidenceSince.get(id) ?? clock.elapsed;
    if (ledgerBrokenAt >= since || clockJumpedAt >= since) return;
    const waited = clock.elapsed - since;
    if (waited < settings.deleteDelayMs - 1_000) fail('DELETE_DELAY', `${type} ${name} was given up ${waited} ms ago`);
  }

  #judgeBrake(zone: Zone, writes: readonly RecordWrite[], reads: PassReads, rows: ReadonlyMap<string, Claim>): void {
    const { clock, settings, clockJumpedAt } = this.#lab;
    const { maxDeletes, deleteDelayMs } = settings;
    const approved = this.#process.port.approvals();
    const gone = writes.flatMap((write) => {
      if (write.kind !== 'delete' || approved.has(write.id)) return [];
      const name = rows.get(write.id)?.name ?? reads.records.get(write.id)?.name ?? '';
      const type = rows.get(write.id)?.type ?? '';
      const world = this.#worlds.get(zone.id) ?? this.#world();
      const replaced = this.#remaining(name, writes, reads, rows).some((each) => clashes(each, type));
      return replaced || this.#standsElsewhere(name, zone, world) ? [] : [write.id];
    });
    if (gone.length === 0) return;
    if (this.#process.otherCluster() !== undefined) {
      this.#lab.fail("another cluster's ledger", `${gone.length} deletions without approval`);
    }
    const recent = new Set(
      this.#memory.unpublished.filter(({ at }) => at > clock.elapsed - deleteDelayMs).map(({ id }) => id),
    );
    const together = new Set([...recent, ...gone]);
    this.#memory.unpublished.push(...gone.map((id) => ({ id, at: clock.elapsed })));
    if (maxDeletes === 'off') return;
    const managed = (this.#managed.get(zone.id) ?? 0) + [...recent].filter((id) => !rows.has(id)).length;
    const isJumpRecent = clock.elapsed - clockJumpedAt <= deleteDelayMs;
    const isTooMany = together.size > maxDeletes && together.size * 2 > managed;
    if (isTooMany && !isJumpRecent) {
      this.#lab.fail('the brake', `${together.size} of ${managed} records go within DELETE_DELAY, MAX_DELETES is ${maxDeletes}`);
    }
  }

  #judgeContent(
    name: string,
    type: string,
    content: string,
    world: OracleWorld,
    fail: (invariant: string, why: string) => void,
  ): void {
    const wanted = routesOf(world).flatMap((route) =>
      isRecordType(type) ? (says(route, name, world).publishes.get(type)?.any ?? []) : [],
    );
    if (!wanted.includes(content)) fail('only wanted content', `no route wants it; wanted are ${wanted.join(', ') || 'none'}`);
  }

  #judgeProxied(
    name: string,
    proxied: boolean,
    row: Claim | undefined,
    world: OracleWorld,
    fail: (invariant: string, why: string) => void,
  ): void {
    const written = routesOf(world)
      .filter((route) => says(route, name, world).publishes.size > 0)
      .map((route) => route.annotations['proxied']);
    if (written.includes(String(proxied)) || row?.proxiedWritten === true) return;
    fail('what a person set stays', `proxied becomes ${proxied}, which nobody wrote`);
  }

  /** Types of ours at a name once the batch is through. */
  #remaining(
    name: string,
    writes: readonly RecordWrite[],
    reads: PassReads,
    rows: ReadonlyMap<string, Claim>,
  ): readonly string[] {
    const deleted = new Set(writes.flatMap((write) => (write.kind === 'delete' ? [write.id] : [])));
    const renamed = (record: ActualRecord): string => {
      const write = writes.find((each) => each.kind === 'update' && each.id === record.id);
      return write?.kind === 'update' && write.name !== undefined ? write.name : record.name;
    };
    const standing = [...reads.records.values()]
      .filter((record) => renamed(record) === name && !deleted.has(record.id))
      .filter((record) => this.#whose(record, rows.get(record.id)) !== 'foreign')
      .map((record) => record.type);
    const created = writes.flatMap((write) => (write.kind === 'create' && write.name === name ? [write.type] : []));
    return [...standing, ...created];
  }

  /** Whether the name belongs to another zone, where one of ours stands. */
  #standsElsewhere(name: string, zone: Zone, world: OracleWorld): boolean {
    const home = zoneOf(name, world.zones);
    if (home === undefined || home.id === zone.id) return false;
    return this.#lab.cloudflare
      .inZone(home.id)
      .some((record) => record.name === name && this.#whose(record, undefined) !== 'foreign');
  }

  #isWantedNow(name: string, type: string, world: OracleWorld, zone: Zone): boolean {
    if (zoneOf(name, world.zones)?.id !== zone.id) return false;
    return this.#isPublished(name, type, world);
  }

  #isPublished(name: string, type: string, world: OracleWorld): boolean {
    return routesOf(world).some((route) => [...says(route, name, world).publishes.keys()].some((each) => each === type));
  }

  /** Another record at the name, whose holder is not done with it, can keep the wanted one out. */
  #isHeldByAnother(name: string, id: string, rows: ReadonlyMap<string, Claim>, world: OracleWorld): boolean {
    return [...rows.values()].some(
      (row) => row.name === name && row.recordId !== id && row.state !== 'released' && !this.#isProven(row, world),
    );
  }

  #isProven(claim: Claim, world: OracleWorld): boolean {
    if (claim.state === 'released' || claim.state === 'left' || claim.holder === undefined) return false;
    const holder = `${claim.holder.namespace}/${claim.holder.name}`;
    return holderSays(holder, claim.name, world).evidence(claim.type);
  }

  #whose(record: ActualRecord, row: Claim | undefined): 'ours' | 'takeable' | 'unmarked' | 'foreign' {
    if (record.readOnly || row?.state === 'released') return 'foreign';
    const marker = MARKER.exec(record.comment)?.groups;
    if (marker === undefined) return row === undefined ? 'unmarked' : 'ours';
    const { owner, cluster } = marker;
    if (owner !== OWNER && owner !== FORMER) return 'foreign';
    const { clusterId } = this.#process;
    if (row !== undefined) {
      return cluster === undefined || cluster === clusterId || cluster === row.cluster ? 'ours' : 'foreign';
    }
    return owner === OWNER && cluster === clusterId ? 'ours' : 'takeable';
  }

  #world(): OracleWorld {
    const states = this.#process.egress.states();
    return {
      cluster: this.#process.watch.snapshot(),
      zones: this.#zones,
      egress: (family) => {
        const state = states.get(family);
        if (state?.status !== 'confirmed') return [];
        if (!this.#lab.lines.isPlausible(family, state.address, 420_000)) {
          this.#lab.fail('only a true egress address', `${state.address} is confirmed, and the line has not had it lately`);
        }
        return [state.address];
      },
    };
  }

  #readsOf(zoneId: string): PassReads {
    const reads = this.#reads.get(zoneId) ?? { all: false, names: new Set(), records: new Map() };
    this.#reads.set(zoneId, reads);
    return reads;
  }
}

function clashes(a: string, b: string): boolean {
  return a === b || (isRecordType(a) && isRecordType(b) && excludes(a, b));
}

function standsAgainst(there: string, wanted: string, atApex: boolean): boolean {
  return there === 'NS' ? !atApex : clashes(there, wanted);
}

function keepsWords(before: string, after: string): boolean {
  const words = before.replaceAll(/(?:^|\s)record-owner-id=\S+(?: [0-9a-f]{8}:\S*)?/g, '').trim();
  return after.startsWith(words);
}

function differs(row: Claim, record: ActualRecord): boolean {
  return (
    row.content !== record.content ||
    row.ttl !== record.ttl ||
    row.proxied !== record.proxied ||
    row.name !== record.name ||
    row.type !== record.type
  );
}

function textOf({ name, type, content, ttl, proxied }: Pick<ActualRecord, 'name' | 'type' | 'content' | 'ttl' | 'proxied'>): string {
  return `${type} ${name} → ${content}, ttl ${ttl}, proxied ${proxied}`;
}
