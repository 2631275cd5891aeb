import type { SimClock } from './clock.ts';
import type { SimCloudflare } from './cloudflare.ts';
import type { SimCluster } from './cluster.ts';
import type { Coverage } from './coverage.ts';
import type { SimDisk } from './disk.ts';
import type { Fault } from './faults.ts';
import type { Fuse } from './fuse.ts';
import type { SimLines } from './lines.ts';
import type { RouteKind } from './names.ts';
import type { Random } from './random.ts';
import type { Rival } from './rival.ts';
import type { SimProcess } from './process.ts';

/** Settings that a whole history runs with. */
export interface LabSettings {
  readonly maxDeletes: number | 'off';
  readonly strategy: 'full' | 'upsert-only';
  readonly deleteDelayMs: number;
  readonly batchLimit: number;
  /** Of Cloudflare's lists, whatever is asked for. */
  readonly pageSize: number;
  /** Of the API server's lists. */
  readonly clusterPageSize: number;
  /** Whether every write is judged, which takes time by the square of the world's size. */
  readonly isJudged: boolean;
  /** Whether Cloudflare says in its headers how many calls are left. */
  readonly tellsRate: boolean;
  /** SOURCES. */
  readonly routeKinds: readonly RouteKind[];
  /** PROTECTED_NAMES to begin with. */
  readonly protectedNames: readonly string[];
  /** Whether the Lease says who writes; otherwise nobody else does. */
  readonly hasLease: boolean;
}

/** Everything around the program, as it really is, and the program that runs at the moment. */
export interface Lab {
  readonly clock: SimClock;
  readonly random: Random;
  readonly cluster: SimCluster;
  /** What a wrong KUBECONFIG leads to. */
  readonly elsewhere: SimCluster;
  isElsewhere: boolean;
  /** Since when it names the right one again: what was settled there, the markers tell at the next list. */
  backHomeAt: number;
  readonly cloudflare: SimCloudflare;
  readonly lines: SimLines;
  readonly disk: SimDisk;
  readonly fuse: Fuse;
  readonly coverage: Coverage;
  readonly settings: LabSettings;
  /** Faults of the next calls, first come first served. */
  readonly faults: { readonly write: Fault[]; readonly read: Fault[] };
  /** Routes that the Gateway's controller turns down, by key. */
  readonly rejected: Set<string>;
  /** The Gateway's controller looks at nothing. */
  implementationAway: boolean;
  /** The program's node reaches no API server, though others do. */
  isCutOff: boolean;
  /** Another pod of the same installation. */
  rival: Rival | undefined;
  /** A number for each pod that the program ran in; a container that is started again stays in its own. */
  pod: number;
  /** PROTECTED_NAMES of the next start. */
  protectedNames: readonly string[];
  /** The running program, dead or alive. */
  process: SimProcess | undefined;
  /** The first 8 hex digits of kube-system's uid. */
  clusterId: string;
  /** When the ledger was lost or put back last; what is older need not be in it. */
  ledgerBrokenAt: number;
  clockJumpedAt: number;
  /** When a list was answered that lacked what stood, and did not say so. */
  listLiedAt: number;
  /** When the Gateway API's CRDs were deleted last. */
  crdsGoneAt: number;
  /** The API token: what Cloudflare takes, and what the program is given. */
  readonly token: { valid: string; given: string };
  tell(line: string): void;
  /** Something that people can read: it holds no secret. */
  outside(text: string): void;
  fail(invariant: string, message: string): void;
  start(): void;
}
