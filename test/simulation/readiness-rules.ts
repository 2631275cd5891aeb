import type { ClusterSnapshot, Readiness, SourceObject } from '../../src/domain/cluster.ts';
import type { Lab } from './lab.ts';
import { GRACES } from './names.ts';

/** How long an older state of the cluster may be believed: replicas lag, and a watch can be silent. */
const MISTAKEN_MS = 1_200_000;
/** Between what is seen at one moment and at the next. */
const SLACK_MS = 500;

/** Holds what one life of the program takes its backends for against what they are, and against the time. */
export class ReadinessWatch {
  readonly #lab: Lab;
  /** Since when each source has been seen without a ready backend, and never otherwise. */
  readonly #unreadySince = new Map<string, number>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  look({ sources, readiness = new Map() }: ClusterSnapshot): void {
    const seen = new Set<string>();
    for (const route of Object.values(sources).flatMap(({ objects }) => [...objects.values()])) {
      const key = `${route.kind}/${route.namespace}/${route.name}`;
      const state = readiness.get(key);
      if (state === undefined) continue;
      seen.add(key);
      this.#judge(key, route, state);
    }
    for (const key of this.#unreadySince.keys()) if (!seen.has(key)) this.#unreadySince.delete(key);
  }

  #judge(key: string, route: SourceObject, state: Readiness): void {
    const { clock, coverage, isElsewhere, elsewhere, cluster } = this.#lab;
    const { endpoints } = isElsewhere ? elsewhere : cluster;
    coverage.hit('backends', state.kind === 'unready' && state.isOver ? 'over' : state.kind);
    const services = (route.backends ?? [])
      .filter(({ namespace }) => namespace === route.namespace)
      .map(({ namespace, name }) => `${namespace}/${name}`);
    const fail = (why: string): void => this.#lab.fail('only what is ready', `${key}: ${why}`);
    if (state.kind === 'ready' && !services.some((each) => endpoints.was(true, each, MISTAKEN_MS)))
      fail(`no backend of ${services.join(', ')} has been ready lately`);
    if (state.kind !== 'unready') {
      this.#unreadySince.delete(key);
      return;
    }
    const ready = services.find((each) => !endpoints.was(false, each, MISTAKEN_MS));
    if (ready !== undefined) fail(`${ready} was ready all the time`);
    const since = this.#unreadySince.get(key) ?? clock.elapsed;
    this.#unreadySince.set(key, since);
    const grace = GRACES[route.annotations['require-ready'] ?? ''] ?? Number.POSITIVE_INFINITY;
    const waited = clock.elapsed - since;
    const isEarly = waited < grace - SLACK_MS && this.#lab.clockJumpedAt < since;
    if (state.isOver && isEarly) fail(`it is given up after ${waited} ms without a ready backend`);
  }
}
