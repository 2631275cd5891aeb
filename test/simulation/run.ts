import { approve } from './approve.ts';
import { SimClock } from './clock.ts';
import { gateway, implementationBack } from './cluster-events.ts';
import { furnishBackends } from './backend-events.ts';
import { Coverage } from './coverage.ts';
import type { SimDisk } from './disk.ts';
import { judgeEnding, judgeHeld } from './ending.ts';
import { EVENTS } from './events.ts';
import { backHome } from './fault-events.ts';
import type { History } from './history.ts';
import type { Lab } from './lab.ts';
import { ALL_ZONES, EGRESS, GATEWAYS, NAMESPACES } from './names.ts';
import { listenerSet } from './listener-set-events.ts';
import { openLab } from './open-lab.ts';
import { Random } from './random.ts';
import { USUAL_QUOTA } from './rate.ts';

interface Failure {
  readonly invariant: string;
  readonly message: string;
  readonly at: number;
}

export interface Outcome {
  readonly failure: Failure | undefined;
  readonly coverage: Coverage;
  readonly story: readonly string[];
  /** Batches sent between the last fault and the last write. */
  readonly writesToSettle: number;
}

const MINUTE = 60_000;
/** Until then everything that an event put off has happened. */
const AFTERMATH_MS = 27 * MINUTE;
const MOST_WRITES_TO_SETTLE = 40;
const MOST_CALLS_TO_SETTLE = 250;

class Broken extends Error {}

/** Plays a history to its end, or to the first promise that is broken. */
export async function run(history: History, disk: SimDisk): Promise<Outcome> {
  const clock = new SimClock();
  return clock.whileInstalled(() => play(history, disk, clock));
}

async function play(history: History, disk: SimDisk, clock: SimClock): Promise<Outcome> {
  const story: string[] = [];
  const coverage = new Coverage();
  let failure: Failure | undefined;
  const lab = openLab(
    history,
    { disk, clock, coverage },
    {
      tell: (line) => story.push(`${timeText(clock.elapsed)}  ${line}`),
      fail: (invariant, message) => {
        failure ??= { invariant, message, at: clock.elapsed };
      },
    },
  );
  furnish(lab);
  const writes = () => coverage.counts.get('call: batch') ?? 0;
  const calls = () => writes() + (coverage.counts.get('call: read') ?? 0);
  const step = () => {
    if (failure !== undefined) throw new Broken();
  };
  let writesToSettle = 0;
  try {
    lab.start();
    for (const event of history.events) {
      clock.after(event.at, () => {
        const sentence = EVENTS[event.kind]?.(lab, new Random(event.detail));
        if (sentence === undefined) return;
        coverage.hit('event', event.kind);
        lab.tell(sentence);
      });
    }
    await clock.runUntil((history.events.at(-1)?.at ?? 0) + AFTERMATH_MS, step);
    heal(lab);
    const before = writes();
    const callsBefore = calls();
    await clock.runUntil(clock.elapsed + 16 * MINUTE, step);
    judgeDates(lab);
    if (lab.process !== undefined) judgeHeld(lab, lab.process);
    for (let round = 0; round < 3; round += 1) {
      if (!approve(lab)) break;
      await clock.runUntil(clock.elapsed + 6 * MINUTE, step);
    }
    writesToSettle = writes() - before;
    if (writesToSettle > MOST_WRITES_TO_SETTLE)
      lab.fail('it converges', `${writesToSettle} writes were needed`);
    if (calls() - callsBefore > MOST_CALLS_TO_SETTLE)
      lab.fail('it converges', `${calls() - callsBefore} calls were needed`);
    const settled = writes();
    await clock.runUntil(clock.elapsed + 11 * MINUTE, step);
    if (writes() > settled)
      lab.fail('it comes to rest', `${writes() - settled} writes though nothing had changed`);
    if (lab.process === undefined) throw new Error('nothing runs in the end');
    judgeEnding(lab, lab.process);
    lab.outside(JSON.stringify(lab.process.ledger.read.history({})));
  } catch (error) {
    if (!(error instanceof Broken))
      failure ??= {
        invariant: 'no fault of the program',
        message: String(error instanceof Error ? error.stack : error),
        at: clock.elapsed,
      };
  }
  lab.process?.kill();
  // Lets the dead close their ledger.
  await clock.runUntil(clock.elapsed + 10, () => {});
  return { failure, coverage, story, writesToSettle };
}

/** Zones, Gateways and namespaces to begin with, some of them by chance. */
function furnish({ random, cluster, elsewhere, cloudflare }: Lab): void {
  for (const zone of ALL_ZONES)
    if (zone.id !== 'z-sub' || random.chance(0.5)) cloudflare.zones.set(zone.id, zone);
  for (const each of [cluster, elsewhere]) {
    for (const name of GATEWAYS) each.putGateway(gateway(name, random));
    for (const name of NAMESPACES) each.putNamespace({ name, labels: { dns: 'yes' } });
    furnishBackends(each, random);
    if (random.chance(0.6))
      each.putSet({ ...listenerSet(random), accepted: true, acceptedListeners: ['one', 'two', 'tls'] });
  }
}

/** Everything works from now on, and nothing changes any more. */
function heal(lab: Lab): void {
  lab.tell('from now on nothing fails and nothing changes');
  lab.fuse.disarm();
  lab.faults.read.length = 0;
  lab.faults.write.length = 0;
  lab.disk.full = false;
  lab.lines.liar = undefined;
  for (const family of [4, 6] as const) {
    if (lab.lines.address[family] === undefined) lab.lines.become(family, EGRESS[family][0]);
  }
  lab.cloudflare.quota = Number.POSITIVE_INFINITY;
  lab.cloudflare.batchLimit = 200;
  if (lab.cloudflare.rate.tells) lab.cloudflare.rate.become(USUAL_QUOTA);
  lab.token.given = lab.token.valid;
  for (const zone of ALL_ZONES) lab.cloudflare.zones.set(zone.id, zone);
  lab.rejected.clear();
  for (const name of NAMESPACES) {
    if (!lab.cluster.truth.namespaces.has(name)) lab.cluster.putNamespace({ name, labels: {} });
  }
  lab.cluster.served = true;
  for (const name of GATEWAYS) {
    if (!lab.cluster.truth.gateways.has(`infra/${name}`)) lab.cluster.putGateway(gateway(name, lab.random));
  }
  if (lab.cluster.truth.sets.size === 0) lab.cluster.putSet(listenerSet(lab.random));
  implementationBack(lab);
  lab.isCutOff = false;
  lab.rival?.end(true);
  lab.cluster.recover();
  backHome(lab);
}

/** A clock that was set back must not make a record outlive its delay. */
function judgeDates(lab: Lab): void {
  for (const { doomedAt, name, type } of lab.process?.port.claims() ?? []) {
    const isAhead = doomedAt !== undefined && Date.parse(doomedAt) > lab.clock.now();
    if (isAhead)
      lab.fail('DELETE_DELAY', `${type} ${name} is given up from ${doomedAt} on, which is still to come`);
  }
}

function timeText(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  return `${String(minutes).padStart(3)}:${((ms % MINUTE) / 1000).toFixed(3).padStart(6, '0')}`;
}
