import { setTimeout as sleep } from 'node:timers/promises';
import type { DdnsSettings } from '../config/sections.ts';
import type { EgressPort } from '../controller/ports.ts';
import type { Family } from '../domain/address.ts';
import type { Clock } from '../domain/clock.ts';
import type { ConfirmedEgress, EgressState } from '../domain/egress.ts';
import { Tracker } from '../ddns/tracker.ts';
import { builtInVoters, urlVoters } from '../ddns/voters.ts';

export interface EgressHooks extends Clock {
  readonly last: readonly ConfirmedEgress[];
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onJudged: (state: EgressState) => void;
  readonly onChange: () => void;
  readonly onConfirmed: (row: ConfirmedEgress) => void;
  readonly onFault: (cause: unknown) => void;
}

/** The tracker with its timing: a probe when the first source asks for an address, by schedule, and soon after a failure. */
export class Egress implements EgressPort {
  readonly #tracker: Tracker;
  readonly #hooks: EgressHooks;
  #used: ReadonlySet<Family> = new Set();
  #retry: NodeJS.Timeout | undefined;
  #rounds = 0;

  constructor(settings: DdnsSettings, hooks: EgressHooks) {
    this.#hooks = hooks;
    const { last, now, steady, random, signal, onConfirmed } = hooks;
    this.#tracker = new Tracker({
      voters: { 4: votersOf(4, settings), 6: votersOf(6, settings) },
      quorum: settings.quorum,
      confirmDelayMs: settings.confirmDelayMs,
      allow: settings.allow,
      only: settings.only,
      last,
      now,
      steady,
      random,
      signal,
      sleep: (ms, until) => sleep(ms, undefined, { signal: until }),
      onChange: () => {
        this.#judged();
        hooks.onChange();
      },
      onConfirmed,
    });
  }

  states(): ReadonlyMap<Family, EgressState> {
    return this.#tracker.states();
  }

  use(families: ReadonlySet<Family>): void {
    const more = [...families].some((family) => !this.#used.has(family));
    const same = !more && families.size === this.#used.size;
    if (same) return;
    this.#used = new Set(families);
    this.#tracker.use(this.#used);
    if (more) this.probe();
  }

  /** One round of all voters for the families in use; nothing when there is none. */
  probe(): void {
    clearTimeout(this.#retry);
    if (this.#used.size === 0 || this.#hooks.signal.aborted) return;
    this.#round().catch(this.#hooks.onFault);
  }

  /** Whether no round is under way. */
  get atRest(): boolean {
    return this.#rounds === 0;
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  async #round(): Promise<void> {
    this.#rounds += 1;
    await this.#tracker.probe().finally(() => {
      this.#rounds -= 1;
    });
    this.#judged();
    const soon = this.#tracker.retryInMs();
    if (soon !== undefined && !this.#hooks.signal.aborted) this.#retry = setTimeout(() => this.probe(), soon);
  }

  #judged(): void {
    for (const state of this.#tracker.states().values()) this.#hooks.onJudged(state);
  }
}

function votersOf(family: Family, settings: DdnsSettings) {
  const urls = settings.voters[family];
  return urls === undefined ? builtInVoters(family) : urlVoters(family, urls);
}
