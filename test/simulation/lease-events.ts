import type { WorldEvent } from './events.ts';
import type { Lab } from './lab.ts';
import { KINDS } from './cluster.ts';
import { SLOW_TO_CONNECT } from './faults.ts';
import { EGRESS } from './names.ts';
import { Rival } from './rival.ts';

/** Things that mean something only where the Lease says who writes. */
const withLease =
  (event: WorldEvent): WorldEvent =>
  (lab, random) =>
    lab.settings.hasLease ? event(lab, random) : undefined;

function startRival(lab: Lab, ms: number, isPolite: boolean): void {
  if (lab.rival?.isAlive === true) return;
  const rival = new Rival(lab);
  lab.rival = rival;
  lab.clock.after(ms, () => rival.end(isPolite));
}

export const LEASE_EVENTS: Readonly<Record<string, WorldEvent>> = {
  'cut off from the api server': withLease((lab, random) => {
    if (lab.isCutOff) return undefined;
    const ms = random.pick([random.between(1_000, 20_000), random.between(20_000, 700_000)]);
    lab.isCutOff = true;
    lab.clock.after(ms, () => {
      lab.isCutOff = false;
    });
    const isSilent = random.chance(0.5);
    if (!isSilent) for (const kind of KINDS) lab.cluster.drop(kind, false);
    // What is lost is lost while a write waits for its connection, too.
    if (random.chance(0.5)) lab.faults.write.push(SLOW_TO_CONNECT);
    // A power cut at home takes the control plane and the line at once.
    if (random.chance(0.5)) {
      const family = random.pick([4, 6] as const);
      lab.clock.after(random.between(0, ms), () => lab.lines.become(family, random.pick(EGRESS[family])));
    }
    // As the Deployment has it, which takes the node for lost.
    const isReplaced = random.chance(0.6);
    if (isReplaced) startRival(lab, ms + random.between(0, 60_000), random.chance(0.5));
    return `the node of the process reaches no API server for ${ms / 1000} s${isReplaced ? ', and a second pod is started' : ''}`;
  }),
  'second pod starts': withLease((lab, random) => {
    if (lab.rival?.isAlive === true) return undefined;
    startRival(lab, random.between(5_000, 400_000), random.chance(0.5));
    return 'a second pod is started for a while';
  }),
  'second pod ends': withLease((lab, random) => {
    if (lab.rival?.isAlive !== true) return undefined;
    lab.rival.end(random.chance(0.5));
    return 'the second pod ends';
  }),
  'lease edited by hand': withLease((lab, random) => {
    const holder = random.pick([undefined, 'somebody', '']);
    lab.cluster.lease.meddle(holder);
    return holder === undefined ? 'somebody deletes the Lease' : `somebody gives the Lease to "${holder}"`;
  }),
  'leases refused': withLease((lab, random) => {
    lab.cluster.lease.forbidden = true;
    lab.clock.after(random.between(1_000, 300_000), () => {
      lab.cluster.lease.forbidden = false;
    });
    return 'nobody may have a Lease for a while';
  }),
  'lease answers lost': withLease((lab, random) => {
    lab.cluster.lease.lost = random.between(1, 3);
    return `the next ${lab.cluster.lease.lost} answers about the Lease are lost`;
  }),
};
