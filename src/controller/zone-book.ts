import { known, unavailable, type Observed } from '../domain/observation.ts';
import type { Problem } from '../domain/problem.ts';
import type { ApiProblem } from '../domain/write.ts';
import type { Zone } from '../domain/zone.ts';
import type { World } from './ports.ts';

/** The zones the token sees, limited to ZONES. A list that fails later keeps the last good one. */
export class ZoneBook {
  readonly #world: World;
  #zones: Observed<readonly Zone[]> = unavailable('the zones were not listed yet');

  #trouble: string | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  get zones(): Observed<readonly Zone[]> {
    return this.#zones;
  }

  /** Why the zones could not be listed when that was tried last; `undefined` when they could. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  byId(id: string): Zone | undefined {
    return this.#zones.known ? this.#zones.value.find((zone) => zone.id === id) : undefined;
  }

  /** Lists the zones. Answers the problem when that failed. */
  async refresh(): Promise<ApiProblem | undefined> {
    const { records, observer, settings } = this.#world;
    const answer = await records.zones();
    this.#trouble = answer.ok ? undefined : answer.problem.message;
    if (!answer.ok) {
      // That the token is refused is told once for all, by the circuit.
      const isTold = answer.problem.kind === 'token-refused';
      observer.problems('zones', isTold ? [] : [zonesProblem(answer.problem)]);
      return answer.problem;
    }
    const wanted = settings.zones;
    const zones =
      wanted === undefined
        ? answer.value
        : answer.value.filter((zone) => wanted.includes(zone.id) || wanted.includes(zone.name));
    if (!this.#zones.known || JSON.stringify(this.#zones.value) !== JSON.stringify(zones))
      this.#zones = known(zones);
    observer.problems('zones', missingZones(wanted ?? [], zones));
    return undefined;
  }
}

function zonesProblem(problem: ApiProblem): Problem {
  if (problem.kind === 'forbidden') {
    return {
      reason: 'TokenRefused',
      message: `Cloudflare refused the token for listing zones: ${problem.message}. Make one with the permissions Zone:Read and DNS:Edit for your zones, and put it where CLOUDFLARE_API_TOKEN_FILE or CLOUDFLARE_API_TOKEN points`,
    };
  }
  return {
    reason: 'Pending',
    message: `the zones could not be listed, so nothing is created or deleted: ${problem.message}`,
  };
}

function missingZones(wanted: readonly string[], zones: readonly Zone[]): readonly Problem[] {
  const missing = wanted.filter((each) => !zones.some((zone) => zone.id === each || zone.name === each));
  if (missing.length > 0) {
    const message = `ZONES names ${missing.join(', ')}, which the token does not see: give it Zone:Read and DNS:Edit there, or take it out of ZONES`;
    return [{ reason: 'ZoneNotFound', message }];
  }
  if (zones.length > 0) return [];
  return [
    {
      reason: 'ZoneNotFound',
      message: 'the token sees no zone: give it Zone:Read and DNS:Edit for the zones to be managed',
    },
  ];
}
