import type { SimClock } from './clock.ts';
import { SimCloudflare } from './cloudflare.ts';
import { SimCluster } from './cluster.ts';
import type { Coverage } from './coverage.ts';
import type { SimDisk } from './disk.ts';
import { Fuse } from './fuse.ts';
import type { Lab, LabSettings } from './lab.ts';
import { SimLines } from './lines.ts';
import { CLUSTER, TOKENS } from './names.ts';
import { SimProcess } from './process.ts';
import { Random } from './random.ts';

interface LabParts {
  readonly disk: SimDisk;
  readonly clock: SimClock;
  readonly coverage: Coverage;
}

/** A world with nothing in it, and the program, which does not run yet. */
export function openLab(
  { seed, settings }: { readonly seed: number; readonly settings: LabSettings },
  { disk, clock, coverage }: LabParts,
  ends: Pick<Lab, 'tell' | 'fail'>,
): Lab {
  disk.reset();
  const cloudflare = new SimCloudflare();
  cloudflare.pageSize = settings.pageSize;
  cloudflare.rate.tells = settings.tellsRate;
  const memory = {
    evidenceSince: new Map<string, number>(),
    unpublished: [],
    heldAt: new Map<string, number>(),
  };
  const lab: Lab = {
    clock,
    random: new Random(seed),
    cluster: new SimCluster(clock),
    elsewhere: new SimCluster(clock),
    isElsewhere: false,
    backHomeAt: -1,
    cloudflare,
    lines: new SimLines(clock, new Random(seed + 2)),
    disk,
    fuse: new Fuse(),
    coverage,
    settings,
    faults: { write: [], read: [] },
    rejected: new Set(),
    implementationAway: false,
    isCutOff: false,
    rival: undefined,
    pod: 0,
    protectedNames: settings.protectedNames,
    process: undefined,
    clusterId: CLUSTER,
    ledgerBrokenAt: -1,
    clockJumpedAt: -1_000_000,
    listLiedAt: -1_000_000,
    crdsGoneAt: -1_000_000,
    token: { valid: TOKENS[0], given: TOKENS[0] },
    outside: (text) => {
      if (TOKENS.some((token) => text.includes(token))) ends.fail('the token stays inside', text);
    },
    ...ends,
    start: () => {
      lab.process = new SimProcess(lab, memory);
      lab.tell('  the process starts');
    },
  };
  return lab;
}
