import type { LabSettings } from './lab.ts';
import { PROTECTIONS, ROUTE_KINDS } from './names.ts';
import { Random } from './random.ts';

/** One event: when, in milliseconds of the history, what, and the number that decides its details. */
export interface HistoryEvent {
  readonly at: number;
  readonly kind: string;
  readonly detail: number;
}

/** A whole history: what happens outside. The rest follows from it, always in the same way. */
export interface History {
  readonly seed: number;
  /** Kinds of events that came more often: with another choice the seed is another history. */
  readonly favoured: readonly string[];
  readonly settings: LabSettings;
  readonly events: readonly HistoryEvent[];
}

/** How often each kind of event comes, beside the others. Every kind has its place here. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'route created': 14,
  'route annotated': 10,
  'route annotated anew': 5,
  'route annotated wrongly': 4,
  'route annotations removed': 2,
  'route suspended': 3,
  'route resumed': 4,
  'route hostnames edited': 7,
  'route parents edited': 3,
  'route deleted': 8,
  'route marked for deletion': 2,
  'route deleted and made again': 4,
  'all routes deleted': 1,
  'accepted withdrawn': 3,
  'status wiped': 2,
  'implementation away': 2,
  'gateway addresses changed': 6,
  'gateway edited': 4,
  'gateway annotated': 5,
  'gateway annotated wrongly': 2,
  'gateway suspended': 3,
  'gateway resumed': 4,
  'gateway deleted': 2,
  'listener set edited': 4,
  'listener set deleted': 2,
  'listener set turned down': 2,
  'namespace labelled': 3,
  'namespace deleted': 1,
  'accepted flaps': 2,
  'backends lose their endpoints': 5,
  'backends are ready': 3,
  'backends flap': 2,
  'endpoint slices come late': 2,
  'service deleted': 2,
  'route waits for its backends': 4,
  'watch stalled': 2,
  'watch dropped': 3,
  'watch expired': 2,
  'watch out of order': 3,
  'lists from a replica behind': 2,
  'api server refuses': 1,
  'api server away': 1,
  'api server snapshot taken': 2,
  'api server restored': 2,
  'crds deleted': 1,
  'gitops rebuild': 1,
  'person edits content': 4,
  'person edits proxied': 2,
  'person edits ttl': 1,
  'person strips the marker': 3,
  'person strips the marker and edits': 3,
  'person adds words': 3,
  'person renames': 3,
  'person retypes': 2,
  'person duplicates': 2,
  'person deletes': 4,
  'person creates': 7,
  'person puts a record of their own in place, to be adopted': 5,
  'person creates a text record': 1,
  'another owner creates': 3,
  'another owner takes over': 2,
  'another cluster of our id creates': 2,
  'another cluster of our id takes over': 2,
  'a former owner id appears': 2,
  'locked by another product': 1,
  'zone vanishes': 2,
  'zone appears': 3,
  'zone status changes': 1,
  'quota reached': 1,
  'rate quota shrinks': 1,
  'batches may hold less': 1,
  'token rotated': 2,
  'write fault': 14,
  'write faults': 4,
  'read fault': 10,
  kill: 14,
  'kill now': 3,
  'ledger lost': 2,
  'ledger backed up': 3,
  'ledger restored': 3,
  'cluster rebuilt': 1,
  'wrong kubeconfig': 1,
  "another cluster's ledger": 1,
  'cut off from the api server': 8,
  'second pod starts': 4,
  'second pod ends': 2,
  'lease edited by hand': 2,
  'leases refused': 4,
  'lease answers lost': 2,
  'names protected': 2,
  'disk full': 2,
  'clock jumps': 2,
  'egress changes': 4,
  'egress flaps': 1,
  'line down': 2,
  'voter lies': 2,
  'voter honest': 2,
};

const KINDS: readonly string[] = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind),
);

export const EVENT_KINDS: readonly string[] = Object.keys(WEIGHTS);

/**
 * The history of a seed.
 * @param favoured kinds of events of which every other one is, for a bug that needs them
 */
export function historyOf(seed: number, favoured: readonly string[] = []): History {
  const random = new Random(Math.imul(seed, 0x9e37_79b1) ^ 0x5bd1_e995);
  const settings: LabSettings = {
    maxDeletes: random.pick([5, 5, 5, 5, 1, 0, 'off', 'off']),
    strategy: random.chance(0.06) ? 'upsert-only' : 'full',
    deleteDelayMs: random.pick([30_000, 30_000, 30_000, 5_000]),
    batchLimit: random.pick([200, 200, 2]),
    pageSize: random.pick([5_000, 5_000, 2]),
    clusterPageSize: 2,
    isJudged: true,
    tellsRate: random.chance(0.5),
    hasLease: random.chance(0.2),
    // Each kind has its watch, which costs time. By a chance of its own, so that it moves no other.
    routeKinds: new Random(seed + 3).chance(0.2) ? Object.values(ROUTE_KINDS) : ['HTTPRoute'],
    protectedNames: random.chance(0.12) ? random.pick(PROTECTIONS) : [],
  };
  const length = random.between(4, random.pick([10, 25, 45]));
  const events: HistoryEvent[] = [];
  let at = 0;
  for (let index = 0; index < length; index += 1) {
    const isFavoured = favoured.length > 0 && random.chance(0.5);
    const kind =
      index < 3 && random.chance(0.8) ? 'route created' : random.pick(isFavoured ? favoured : KINDS);
    events.push({ at, kind, detail: random.below(0x1_0000_0000) });
    at += gap(random);
  }
  return { seed, favoured, settings, events };
}

/** Many things come close together; some come after everything has settled. */
function gap(random: Random): number {
  const kind = random.below(10);
  if (kind < 4) return random.between(0, 300);
  if (kind < 7) return random.between(300, 8_000);
  return kind < 9 ? random.between(8_000, 60_000) : random.between(60_000, 400_000);
}
