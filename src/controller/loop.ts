import { setTimeout as sleep } from 'node:timers/promises';
import type { DesiredInput } from '../desired/desired.ts';
import type { Observed } from '../domain/observation.ts';
import type { Desired } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import { Debounce } from './debounce.ts';
import { orphansOf, stoppedProblems, troubleOf, type ZoneOrphan } from './loop-report.ts';
import { ZoneMemory } from './memory.ts';
import { zonesMovingTo } from './moving.ts';
import type { NextStep } from './next-step.ts';
import { WholeView } from './overview.ts';
import type { World } from './ports.ts';
import { KeyedQueue } from './queue.ts';
import { reconcileZone } from './reconcile.ts';
import { ZoneBook } from './zone-book.ts';
import { ZoneState } from './zone-state.ts';

const ZONES_KEY = '(zones)';

/** Brings triggers and zones together: what changed marks zones, the queue works them off. */
export class Loop {
  readonly #world: World;
  readonly #passive: boolean;
  readonly #book: ZoneBook;
  readonly #memories = new Map<string, ZoneMemory>();
  readonly #whole: WholeView;
  readonly #queue: KeyedQueue;
  readonly #changes: Debounce;
  #driftDue = false;
  #synced = false;
  #tenure: number | undefined;

  /** @param passive looks and derives, and makes no pass: for commands that act by themselves */
  constructor(world: World, passive = false) {
    this.#world = world;
    this.#passive = passive;
    this.#book = new ZoneBook(world);
    this.#whole = new WholeView(world, this.#book, this.#memories);
    const { steady, random } = world;
    this.#changes = new Debounce(() => this.#look(), steady);
    this.#queue = new KeyedQueue({ work: (key) => this.#work(key), concurrency: 4, now: steady, random });
  }

  start(): void {
    this.#queue.add(ZONES_KEY);
  }

  /** Something in the cluster, or the egress address, changed. */
  changed(): void {
    this.#changes.changed();
  }

  /** A drift check: the zones, then every zone where something is owned or wanted, are listed. */
  drift(): void {
    this.#driftDue = true;
    this.#queue.retryNow(ZONES_KEY);
  }

  /** What may be written changed. Where another controller may have written since, every zone is listed first. */
  permitChanged(): void {
    const zones = this.#book.zones;
    const permit = this.#world.permit();
    if (permit.kind === 'none' || !zones.known || !this.#synced) return;
    const isNew = permit.kind === 'all' && (permit.tenure === undefined || permit.tenure !== this.#tenure);
    if (isNew) this.#tenure = permit.tenure;
    for (const { id } of zones.value) {
      if (isNew) this.#memoryOf(id).listAt(this.#world.steady());
      this.#queue.retryNow(id);
    }
  }

  /** The list of zones is asked for in so many milliseconds, to see whether the token is taken again. */
  probe(inMs: number): void {
    if (inMs > 0) this.#queue.add(ZONES_KEY, inMs);
    else this.#queue.retryNow(ZONES_KEY);
  }

  /** The token is taken again: what it failed on is tried now. */
  tokenMended(): void {
    const { zones } = this.#book;
    for (const { id } of zones.known ? zones.value : []) this.#queue.retryNow(id);
  }

  get zones(): Observed<readonly Zone[]> {
    return this.#book.zones;
  }

  /** What should exist, as it is derived from now. */
  desired(): Desired {
    return this.#whole.desired();
  }

  /** All that is derived from, as it is now. */
  desiredInput(): DesiredInput {
    return this.#whole.input();
  }

  /** Runs something on a zone while no pass does, and has the zone looked at afterwards. */
  async exclusively<T>(zone: Zone, work: (state: ZoneState) => Promise<T>): Promise<T> {
    const state = new ZoneState(this.#world, this.#memoryOf(zone.id), this.#whole);
    try {
      return await this.#queue.exclusively(zone.id, () => work(state));
    } finally {
      this.#queue.add(zone.id);
    }
  }

  orphans(): readonly ZoneOrphan[] {
    return orphansOf(this.#memories, this.#book);
  }

  /** What holds each deletion that is held, for people. */
  whyHeld(): ReadonlyMap<string, string> {
    return this.#whole.whyHeld();
  }

  /** Waits, no longer than that, until every zone was read and nothing is left to do now; for commands that look once. */
  async settled(withinMs: number): Promise<boolean> {
    const deadline = this.#world.steady() + withinMs;
    while (this.#world.steady() < deadline && !this.#world.stopping()) {
      const zones = this.#book.zones;
      const tried = zones.known && zones.value.every((zone) => this.#memories.get(zone.id)?.tried === true);
      if (tried && !this.#changes.pending && this.#queue.atRest) return true;
      await sleep(10);
    }
    return false;
  }

  /** What failed last and is tried again; `undefined` when nothing did. */
  trouble(): string | undefined {
    const permit = this.#world.permit();
    if (permit.kind !== 'all') return permit.why;
    return troubleOf(this.#memories, this.#book);
  }

  /** Whether a pass has been going on for longer than that. */
  stuck(ms: number): boolean {
    return this.#queue.stuck(ms);
  }

  async close(): Promise<void> {
    this.#changes.close();
    await this.#queue.close();
  }

  #look(): void {
    if (!this.#world.cluster.synced()) return;
    this.#whole.changed();
    if (this.#synced) for (const id of this.#concerned()) this.#queue.add(id);
    else this.#lookAtAll();
  }

  /** At the start every visible zone is listed once: what is ours there may be in no ledger. */
  #lookAtAll(): void {
    const zones = this.#book.zones;
    if (!zones.known) return;
    this.#synced = true;
    for (const zone of zones.value) this.#queue.add(zone.id);
  }

  #concerned(): ReadonlySet<string> {
    const claims = this.#world.ledger.claims().map(({ zoneId }) => zoneId);
    const wants = this.#whole.desired().wants.map(({ zone }) => zone.id);
    // A write in doubt can be the last that was ours there.
    const intents = this.#world.ledger.intents().map((intent) => intent.zoneId);
    return new Set([...claims, ...wants, ...intents]);
  }

  async #work(key: string): Promise<NextStep> {
    const step = await this.#step(key);
    const memory = this.#memories.get(key);
    if (memory !== undefined) memory.failing = step.kind === 'retry' ? step.why : undefined;
    return step;
  }

  async #step(key: string): Promise<NextStep> {
    try {
      return key === ZONES_KEY ? await this.#zones() : await this.#zone(key);
    } catch (error) {
      this.#world.observer.failed(key, error);
      return { kind: 'retry', why: 'a fault of the program', notBeforeMs: 0 };
    }
  }

  async #zones(): Promise<NextStep> {
    this.#world.observer.problems('stopped', stoppedProblems(this.#world.ledger.stopped()));
    const problem = await this.#book.refresh();
    if (problem !== undefined)
      return { kind: 'retry', why: problem.message, notBeforeMs: problem.retryAfterMs ?? 0 };
    this.#reportTried();
    if (!this.#world.cluster.synced()) return { kind: 'done' };
    if (!this.#synced) this.#lookAtAll();
    else if (this.#driftDue) for (const id of this.#concerned()) this.#listNow(id);
    this.#listNewZones();
    this.#driftDue = false;
    return { kind: 'done' };
  }

  /** A zone that came into sight is read once, like all at the start. */
  #listNewZones(): void {
    const zones = this.#book.zones;
    if (!zones.known || !this.#synced) return;
    for (const zone of zones.value) if (!this.#memories.has(zone.id)) this.#queue.add(zone.id);
  }

  #listNow(zoneId: string): void {
    if (this.#book.byId(zoneId) === undefined) return;
    this.#memoryOf(zoneId).listAt(this.#world.steady());
    this.#queue.add(zoneId);
  }

  async #zone(id: string): Promise<NextStep> {
    const zone = this.#book.byId(id);
    if (zone === undefined || !this.#world.cluster.synced()) return { kind: 'done' };
    if (this.#passive) {
      // So that the addresses it needs are asked for.
      this.#whole.desired();
      this.#memoryOf(id).tried = true;
      return { kind: 'done' };
    }
    // Who may write nothing looks at nothing: what was seen would be old by the time that it may.
    if (this.#world.permit().kind === 'none') return { kind: 'done' };
    const begun = this.#world.steady();
    const claims = this.#world.ledger.claims();
    const step = await reconcileZone(zone, new ZoneState(this.#world, this.#memoryOf(id), this.#whole));
    const now = this.#world.ledger.claims();
    if (now !== claims)
      for (const from of zonesMovingTo(id, now, this.#whole.desired())) this.#queue.follow(from);
    this.#world.observer.passed(zone, this.#world.steady() - begun, step);
    this.#reportTried();
    return step;
  }

  #memoryOf(zoneId: string): ZoneMemory {
    const memory = this.#memories.get(zoneId) ?? new ZoneMemory(this.#world);
    this.#memories.set(zoneId, memory);
    return memory;
  }

  #reportTried(): void {
    const zones = this.#book.zones;
    if (!zones.known) return;
    const tried = zones.value.filter((zone) => this.#memories.get(zone.id)?.tried === true).length;
    this.#world.observer.zones(tried, zones.value.length);
  }
}
