import type { DesiredInput } from '../desired/desired.ts';
import type { Desired } from '../domain/want.ts';
import { brake, heldProblem, type BrakeInput } from './brake.ts';
import { Desire } from './desire.ts';
import type { ZoneMemory } from './memory.ts';
import { noDeletions, strangeLedger } from './no-deletions.ts';
import type { World } from './ports.ts';
import type { Overview } from './zone-state.ts';
import type { ZoneBook } from './zone-book.ts';

/** What is judged over all zones at once: what should exist, and whether deletions may go on. */
export class WholeView implements Overview {
  readonly #world: World;
  readonly #book: ZoneBook;
  readonly #memories: ReadonlyMap<string, ZoneMemory>;
  readonly #desire: Desire;
  #version = 0;

  constructor(world: World, book: ZoneBook, memories: ReadonlyMap<string, ZoneMemory>) {
    this.#world = world;
    this.#book = book;
    this.#memories = memories;
    this.#desire = new Desire(
      world,
      () => book.zones,
      () => this.#version,
    );
  }

  /** Cluster or egress address changed. */
  changed(): void {
    this.#version += 1;
  }

  desired(): Desired {
    return this.#desire.now(this.#world.ledger.claims());
  }

  /** What should exist is derived from this. */
  input(): DesiredInput {
    return this.#desire.input(this.#world.ledger.claims());
  }

  held(): ReadonlyMap<string, string> {
    const { settings, observer } = this.#world;
    if (this.unjudged() && settings.maxDeletes !== 0 && strangeLedger(this.#world) === undefined)
      return new Map();
    const input = this.#brakeInput();
    const held = brake(input);
    const alone =
      noDeletions(this.#world) === undefined
        ? 0
        : input.claims.filter(({ state, recordId }) => state === 'held' && !held.has(recordId)).length;
    observer.held(held.size + alone);
    observer.problems('brake', heldProblem(input, held, alone));
    return held;
  }

  /** What holds each now, for people: also before every zone was read, and nobody is told. Nothing is deleted by it. */
  whyHeld(): ReadonlyMap<string, string> {
    return brake(this.#brakeInput());
  }

  unjudged(): boolean {
    const zones = this.#book.zones;
    return !zones.known || zones.value.some((zone) => this.#memories.get(zone.id)?.tried !== true);
  }

  #brakeInput(): BrakeInput {
    const { ledger, settings, now } = this.#world;
    return {
      claims: ledger.claims(),
      fates: this.desired().fates,
      approved: ledger.approvals(),
      maxDeletes: settings.maxDeletes,
      recent: ledger.recentDeletions(new Date(now() - settings.deleteDelayMs).toISOString()),
      stop: strangeLedger(this.#world),
    };
  }
}
