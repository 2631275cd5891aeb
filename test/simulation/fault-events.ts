import type { Family } from '../../src/domain/address.ts';
import { READ_FAULTS, WRITE_FAULTS } from './faults.ts';
import { KILL_POINTS } from './fuse.ts';
import type { WorldEvent } from './events.ts';
import { liarAt } from './lines.ts';
import type { Lab } from './lab.ts';
import { EGRESS, OTHER_CLUSTER, PROTECTIONS, REBUILT_CLUSTER } from './names.ts';
import { restartSoon } from './process.ts';

/** The KUBECONFIG is the right one again. */
export function backHome(lab: Lab): void {
  if (!lab.isElsewhere) return;
  lab.isElsewhere = false;
  lab.backHomeAt = lab.clock.elapsed;
  restartSoon(lab, 1_000);
}

/** Writes that left before the ledger was lost take effect until then. */
const ON_THEIR_WAY_MS = 60_000;

export const FAULT_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'write fault': (lab, random) => {
    // Whether a write landed of which nothing is heard is what is hardest to get right.
    const silence = WRITE_FAULTS.filter(({ kind }) => kind === 'silence');
    const fault = random.pick(random.chance(0.3) ? silence : WRITE_FAULTS);
    lab.faults.write.push(fault);
    return `the next write will meet: ${fault.name}`;
  },
  'write faults': (lab, random) => {
    const faults = Array.from({ length: random.between(2, 6) }, () => random.pick(WRITE_FAULTS));
    lab.faults.write.push(...faults);
    return `the next writes will meet: ${faults.map(({ name }) => name).join('; ')}`;
  },
  'read fault': (lab, random) => {
    // Half a minute without an answer is when the world moves on.
    const silence = READ_FAULTS.filter(({ kind }) => kind === 'silence');
    const fault = random.pick(random.chance(0.3) ? silence : READ_FAULTS);
    const times = random.between(1, 3);
    for (let count = 0; count < times; count += 1) lab.faults.read.push(fault);
    return `the next ${times} reads will meet: ${fault.name}`;
  },
  kill: (lab, random) => {
    const point = random.pick(KILL_POINTS);
    const countdown = random.below(random.pick([1, 3, 8]));
    lab.fuse.arm(point, countdown);
    return `the process will be killed ${point} (${countdown} more times later)`;
  },
  'kill now': (lab, random) => {
    if (lab.process?.alive !== true) return undefined;
    restartSoon(lab, random.between(100, 60_000));
    return 'the process is killed';
  },
  'ledger lost': (lab, random) => {
    restartSoon(lab, random.between(100, 60_000), () => {
      lab.disk.lose();
      lab.ledgerBrokenAt = lab.clock.elapsed + ON_THEIR_WAY_MS;
    });
    return 'the process is killed and its ledger lost';
  },
  'ledger backed up': (lab) => {
    lab.disk.backUp();
    return 'the ledger is backed up';
  },
  'ledger restored': (lab, random) => {
    restartSoon(lab, random.between(100, 60_000), () => {
      if (lab.disk.restore()) lab.ledgerBrokenAt = lab.clock.elapsed + ON_THEIR_WAY_MS;
    });
    return 'the process is killed, and an older copy of the ledger put back';
  },
  'cluster rebuilt': (lab, random) => {
    restartSoon(lab, random.between(100, 60_000), () => {
      lab.clusterId = REBUILT_CLUSTER;
    });
    return 'the cluster is another one from now on, with the same objects';
  },
  'wrong kubeconfig': (lab, random) => {
    if (lab.isElsewhere) return undefined;
    restartSoon(lab, random.between(100, 30_000), () => {
      lab.isElsewhere = true;
    });
    lab.clock.after(random.between(60_000, 900_000), () => backHome(lab));
    return 'the process is killed, and its KUBECONFIG names another cluster for a while';
  },
  "another cluster's ledger": (lab, random) => {
    restartSoon(lab, random.between(100, 30_000), () => {
      lab.disk.rewrite((writer) => writer.setMeta('cluster', OTHER_CLUSTER));
      lab.ledgerBrokenAt = lab.clock.elapsed + ON_THEIR_WAY_MS;
    });
    return 'the process is killed, and its ledger is one of another cluster';
  },
  'names protected': (lab, random) => {
    const names = random.pick(PROTECTIONS);
    restartSoon(lab, random.between(100, 30_000), () => {
      lab.protectedNames = names;
    });
    return `the process is started anew, and PROTECTED_NAMES is "${names.join(',')}"`;
  },
  'disk full': (lab, random) => {
    lab.disk.full = true;
    lab.clock.after(random.between(100, 120_000), () => {
      lab.disk.full = false;
    });
    return 'the disk is full for a while';
  },
  'clock jumps': (lab, random) => {
    const ms = random.pick([-7_200_000, -40_000, -1_000, 1_000, 40_000, 7_200_000]);
    lab.clock.jump(ms);
    lab.clockJumpedAt = lab.clock.elapsed;
    return `the clock jumps by ${ms / 1000} s`;
  },
  'egress changes': (lab, random) => {
    const family: Family = random.pick([4, 6]);
    const address = random.pick(EGRESS[family]);
    lab.lines.become(family, address);
    return `the egress IPv${family} address is ${address}`;
  },
  'egress flaps': (lab, random) => {
    const family: Family = random.pick([4, 6]);
    const times = random.between(3, 9);
    for (let count = 0; count < times; count += 1) {
      lab.clock.after(count * random.between(500, 40_000), () =>
        lab.lines.become(family, EGRESS[family][count % 2]),
      );
    }
    return `the egress IPv${family} address changes ${times} times, to and fro`;
  },
  'line down': (lab, random) => {
    const family: Family = random.pick([4, 6]);
    lab.lines.become(family, undefined);
    // What still answers then is a portal or another line.
    if (random.chance(0.5)) lab.lines.liar = { operator: liarAt(random.below(3)), says: '8.8.8.8' };
    lab.clock.after(random.between(1_000, 600_000), () => {
      if (lab.lines.address[family] === undefined) lab.lines.become(family, random.pick(EGRESS[family]));
    });
    return `the IPv${family} line is down for a while`;
  },
  'voter lies': (lab, random) => {
    const operator = liarAt(random.below(3));
    const says = random.pick([undefined, '8.8.8.8', '10.0.0.1', 'not an address', '104.16.0.1']);
    lab.lines.liar = { operator, says };
    return `the voter ${operator} says ${says ?? 'nothing'}`;
  },
  'voter honest': (lab) => {
    if (lab.lines.liar === undefined) return undefined;
    lab.lines.liar = undefined;
    return 'all voters are honest again';
  },
};
