import type { Clock } from '../domain/clock.ts';
import type { Intent } from '../domain/entry.ts';
import type { Problem } from '../domain/problem.ts';
import type { NamePlan } from '../plan/plan.ts';
import type { Orphan } from '../plan/orphans.ts';
import { NOTHING_SEEN, type Surroundings } from '../plan/surroundings.ts';
import { Stopwatch } from './stopwatch.ts';

/** By which `ZoneMemory.waits` knows a write in doubt. */
export function intentKey({ id }: Intent): string {
  return `intent ${id}`;
}

/** What the controller remembers of one zone between passes. Nothing here is needed for safety; it saves calls. */
export class ZoneMemory {
  #listDue: number[] = [0];
  readonly #names = new Map<string, { readonly signature: string; readonly problems: readonly Problem[] }>();
  orphans: readonly Orphan[] = [];
  surroundings: Surroundings = NOTHING_SEEN;
  tried = false;
  /** Names that somebody else took between a list and a write, as long as none of ours went through. */
  readonly overtaken = new Set<string>();
  /** For how long rows are given up, and writes in doubt, by record id and by intent. */
  readonly waits: Stopwatch;
  /** Why the last pass is to be tried again; `undefined` when it ended well. */
  failing: string | undefined;

  constructor(clock: Clock) {
    this.waits = new Stopwatch(clock);
  }

  /** Whether the zone is to be listed; times are of the steady clock. */
  listDue(now: number): boolean {
    return this.#listDue.some((at) => at <= now);
  }

  listAt(at: number): void {
    this.#listDue.push(at);
  }

  nextList(): number | undefined {
    return this.#listDue.length === 0 ? undefined : Math.min(...this.#listDue);
  }

  /** The zone was listed by a call begun at `begun`: what was due by then is done, and all is judged anew. */
  listed(begun: number): void {
    this.#listDue = this.#listDue.filter((at) => at > begun);
    this.#names.clear();
  }

  remember(plan: NamePlan, problems: readonly Problem[]): void {
    this.#names.set(plan.name, { signature: plan.signature(), problems });
  }

  /** A record went: names that found the zone full are tried again. */
  roomMade(): void {
    for (const [name, { problems }] of this.#names)
      if (problems.some(({ reason }) => reason === 'QuotaReached')) this.#names.delete(name);
  }

  recall(name: string, signature: () => string): readonly Problem[] | undefined {
    const seen = this.#names.get(name);
    return seen !== undefined && seen.signature === signature() ? seen.problems : undefined;
  }
}
