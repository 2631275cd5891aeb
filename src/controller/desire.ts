import { deriveDesired, type DesiredInput } from '../desired/desired.ts';
import { endedRefusals } from '../desired/refusals.ts';
import type { Claim } from '../domain/claim.ts';
import type { Observed } from '../domain/observation.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Desired } from '../domain/want.ts';
import type { Zone } from '../domain/zone.ts';
import type { World } from './ports.ts';

/**
 * What should exist, derived anew only when something it is derived from has changed. `version` counts what the
 * claims cannot show: cluster and egress changes.
 */
export class Desire {
  readonly #world: World;
  readonly #zones: () => Observed<readonly Zone[]>;
  readonly #version: () => number;
  #key: readonly unknown[] = [];
  #value: Desired | undefined;

  constructor(world: World, zones: () => Observed<readonly Zone[]>, version: () => number) {
    this.#world = world;
    this.#zones = zones;
    this.#version = version;
  }

  now(claims: readonly Claim[]): Desired {
    const { cluster, egress, observer, ledger } = this.#world;
    const snapshot = cluster.snapshot();
    const zones = this.#zones();
    const trust =
      [...Object.values(snapshot.sources), snapshot.gateways, snapshot.listenerSets, snapshot.namespaces]
        .map((view) => view?.trust.kind)
        .join() + JSON.stringify([...(snapshot.readiness ?? [])]);
    const refused = JSON.stringify(ledger.refusals());
    const key = [this.#version(), claims, zones, trust, refused];
    if (this.#value !== undefined && key.every((part, index) => part === this.#key[index]))
      return this.#value;
    const input = this.input(claims);
    const desired = deriveDesired(input);
    this.#value = desired;
    this.#key = key;
    egress.use(desired.egressFamilies);
    observer.problems('desired', desired.problems);
    this.#withdraw(endedRefusals(input));
    return desired;
  }

  /** All that is derived from, read now. */
  input(claims: readonly Claim[]): DesiredInput {
    const { cluster, egress, settings, ledger } = this.#world;
    return {
      cluster: cluster.snapshot(),
      egress: egress.states(),
      zones: this.#zones(),
      claims,
      protectedNames: settings.protectedNames,
      watchedKinds: settings.watchedKinds,
      refusals: ledger.refusals(),
    };
  }

  /** A ledger that refuses keeps the row: it is found again the next time, and its refusal holds no more. */
  #withdraw(ended: readonly Refusal[]): void {
    if (ended.length === 0) return;
    this.#world.ledger.write((writer) => {
      for (const refusal of ended) writer.withdrawRefusal(refusal);
    });
  }
}
