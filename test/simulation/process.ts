import { checkPredecessor } from '../../src/app/identity.ts';
import { Cloudflare } from '../../src/cloudflare/cloudflare.ts';
import { GuardedRecords } from '../../src/controller/guarded-records.ts';
import { Loop } from '../../src/controller/loop.ts';
import type { Observer, World } from '../../src/controller/ports.ts';
import { parseHostname, type Hostname } from '../../src/domain/hostname.ts';
import type { Permit } from '../../src/domain/permit.ts';
import type { Identity } from '../../src/domain/owner.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { Cluster } from '../../src/kubernetes/cluster.ts';
import type { WriterLease } from '../../src/kubernetes/writer-lease.ts';
import { SimConnection } from './connection.ts';
import type { KillPoint } from './fuse.ts';
import { Killed } from './fuse.ts';
import type { Lab } from './lab.ts';
import { LeaseLine } from './lease.ts';
import { SimLedgerPort } from './ledger-port.ts';
import { SimEgress } from './lines.ts';
import { FORMER, OTHER_CLUSTER, OWNER } from './names.ts';
import { DEADLINE_MS, SimHttp } from './http.ts';
import type { Memory } from './delete-rules.ts';
import { Watchdog } from './watchdog.ts';
import { WatchedRecords } from './watched-records.ts';
import { openWriterLease } from './writer.ts';

const SCHEDULE_MS = 300_000;
const TOKEN_LOOK_MS = 10_000;
/** Fewer renewals than usual, which cost time and show nothing. */
const TIMINGS = {
  watchSeconds: [1_200, 1_500],
  idleMs: 300_000,
} as const;

/** One life of the program: from its start on a ledger until it is killed. */
export class SimProcess {
  alive = true;
  readonly startedAt: number;
  readonly port: SimLedgerPort;
  readonly cluster: Cluster;
  readonly egress: SimEgress;
  readonly loop: Loop;
  readonly ledger: Ledger;
  readonly clusterId: string;
  readonly protectedNames: readonly Hostname[];
  /** Absent where nobody else can write. */
  lease: LeaseLine | undefined;
  readonly #lab: Lab;
  readonly #other: string | undefined;
  readonly #watchdog: Watchdog | undefined;
  readonly #stop = new AbortController();
  #isLooking = false;
  #writer: WriterLease | undefined;

  constructor(lab: Lab, memory: Memory) {
    this.#lab = lab;
    this.startedAt = lab.clock.elapsed;
    this.protectedNames = lab.protectedNames.map(hostnameOf);
    this.clusterId = lab.isElsewhere ? OTHER_CLUSTER : lab.clusterId;
    this.ledger = lab.disk.open();
    const { clock, random, settings, coverage } = lab;
    const watchdog = lab.settings.isJudged ? new Watchdog(lab, this, memory) : undefined;
    this.#watchdog = watchdog;
    this.port = new SimLedgerPort(this.ledger, {
      pass: (point) => this.#pass(point),
      isFull: () => lab.disk.full,
      onFull: () => coverage.hit('fault', 'disk full'),
    });
    const identity: Identity = { owner: OWNER, cluster: this.clusterId, formerOwners: [FORMER] };
    this.#other = this.#remember(identity);
    const onChange = () => {
      if (this.alive) this.loop.changed();
    };
    this.cluster = new Cluster({
      connection: new SimConnection(lab.isElsewhere ? lab.elsewhere : lab.cluster, clock, random, {
        isDead: () => !this.alive,
        isCutOff: () => lab.isCutOff,
      }),
      kinds: new Set(settings.routeKinds),
      now: clock.now,
      steady: clock.steady,
      random: () => random.next(),
      onChange,
      onTrouble: ({ verb, error }) => {
        coverage.hit('cluster', `${verb} ${error.kind}`);
        lab.outside(error.message);
      },
      onFault: (cause) => this.#fault('cluster', cause),
      timings: { ...TIMINGS, pageSize: settings.clusterPageSize },
    });
    const last = this.ledger.read.egress();
    this.egress = new SimEgress(lab.lines, clock, random, last, onChange, (row) => {
      if (this.alive) this.ledger.write((writer) => writer.putEgress(row));
    });
    const cloudflare = new Cloudflare({
      baseUrl: new URL('https://api.cloudflare.com/client/v4'),
      token: () => lab.token.given,
      deadlineMs: DEADLINE_MS,
      now: clock.steady,
      random: () => random.next(),
      sleep: (ms) => clock.sleep(ms),
      signal: this.#stop.signal,
      transport: new SimHttp(lab, {
        isDead: (point) => this.#isDead(point),
        onSent: (zone, writes) => watchdog?.sent(zone, writes),
      }),
    });
    const watched = new WatchedRecords(cloudflare, {
      onZones: (zones) => watchdog?.zonesSeen(zones),
      onRead: (zone, what, found) => watchdog?.read(zone, what, found),
      onProblem: ({ kind, message }) => {
        coverage.hit('answer', kind);
        lab.outside(message);
      },
      tell: (line) => lab.tell(line),
    });
    const records = new GuardedRecords(watched, {
      now: clock.steady,
      onChange: ({ verdict, probeAt }) => {
        coverage.hit('token', verdict);
        if (!this.alive) return;
        if (verdict === 'accepted') this.loop.tokenMended();
        else if (probeAt !== undefined) {
          this.loop.probe(Math.max(1, probeAt - clock.steady()));
          this.#lookForToken(records, lab.token.given);
        }
      },
    });
    const world: World = {
      cluster: this.cluster,
      egress: {
        states: () => this.egress.states(),
        use: (families) => {
          watchdog?.derived();
          this.egress.use(families);
        },
      },
      records,
      ledger: this.port,
      observer: this.#observer(watchdog),
      identity,
      otherCluster: () => this.otherCluster(),
      settings: {
        deleteDelayMs: settings.deleteDelayMs,
        maxDeletes: settings.maxDeletes,
        strategy: settings.strategy,
        protectedNames: this.protectedNames,
        watchedKinds: new Set(settings.routeKinds),
        zones: undefined,
        dryRun: false,
        batchLimit: settings.batchLimit,
        callDeadlineMs: DEADLINE_MS,
      },
      now: clock.now,
      steady: clock.steady,
      random: () => random.next(),
      stopping: () => !this.alive,
      permit: () => this.#permit(),
    };
    this.loop = new Loop(world);
    if (settings.hasLease) this.#openLease();
    this.cluster.start();
    this.loop.start();
    this.#schedule();
  }

  #openLease(): void {
    const { clock, random, cluster, elsewhere, isElsewhere, pod } = this.#lab;
    const api = isElsewhere ? elsewhere : cluster;
    this.lease = new LeaseLine(api.lease, {
      clock,
      random,
      isDead: () => !this.alive,
      isAway: () => api.away || this.#lab.isCutOff,
      refuses: () => api.refuses,
    });
    this.#writer = openWriterLease(this.#lab, {
      line: this.lease,
      holder: 'routeflare',
      podUid: `pod-${pod}`,
      onChange: () => {
        if (!this.alive) return;
        this.#lab.tell(`  it may write: ${this.#permit().kind}`);
        this.loop.permitChanged();
      },
    });
  }

  #permit(): Permit {
    const permit = this.#writer?.permit() ?? { kind: 'all' };
    this.#lab.coverage.hit('permit', permit.kind);
    return permit;
  }

  /** A new token is noticed soon, as a file that changes is. */
  #lookForToken(records: GuardedRecords, refused: string): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { clock, token } = this.#lab;
    const look = (): void => {
      if (!this.alive) return;
      if (token.given === refused) {
        clock.after(TOKEN_LOOK_MS, look);
        return;
      }
      this.#isLooking = false;
      records.tokenRenewed();
      this.loop.probe(0);
    };
    clock.after(TOKEN_LOOK_MS, look);
  }

  /** The cluster that the ledger was written for, while that is another one. */
  otherCluster(): string | undefined {
    const remembered = this.ledger.read.meta('cluster');
    return remembered === this.#other ? this.#other : undefined;
  }

  /** A write of this process, or of the one before it, took effect after its sender gave it up. */
  landedLate(): void {
    if (this.alive) this.#watchdog?.landedLate();
  }

  /** Nothing of it runs from now on; what it sent is on its way. */
  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    this.egress.stop();
    this.#stop.abort();
    void this.cluster[Symbol.asyncDispose]();
    void this.loop.close();
    // It may be in the middle of a transaction.
    this.#lab.clock.after(1, () => this.ledger.close());
  }

  #remember(identity: Identity): string | undefined {
    const { read } = this.ledger;
    const other = checkPredecessor(identity, { owner: read.meta('owner'), cluster: read.meta('cluster') });
    if (!other.ok) throw new Error(other.error);
    this.ledger.write((writer) => {
      writer.setMeta('owner', identity.owner);
      if (other.value === undefined) writer.setMeta('cluster', identity.cluster);
    });
    return other.value;
  }

  #schedule(): void {
    const { clock, random } = this.#lab;
    const every = (task: () => void) => {
      clock.after(SCHEDULE_MS + random.below(20_000), () => {
        if (!this.alive) return;
        task();
        every(task);
      });
    };
    every(() => this.loop.drift());
    every(() => this.egress.probe());
  }

  #pass(point: KillPoint): void {
    if (this.#isDead(point)) throw new Killed(point);
  }

  #isDead(point: KillPoint): boolean {
    if (!this.alive) return true;
    if (!this.#lab.fuse.burnt(point)) return false;
    this.#lab.coverage.hit('kill', point);
    this.#lab.tell(`  the process is killed ${point}`);
    restartSoon(this.#lab, this.#lab.random.between(100, 30_000));
    return true;
  }

  #fault(what: string, error: unknown): void {
    if (error instanceof Killed) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#lab.fail('no fault of the program', `${what}: ${text}`);
  }

  #observer(watchdog: Watchdog | undefined): Observer {
    const { coverage } = this.#lab;
    const whileAlive =
      <A extends unknown[]>(run: (...args: A) => void) =>
      (...args: A): void => {
        if (this.alive) run(...args);
      };
    return {
      planned: whileAlive((plan) => watchdog?.planned(plan)),
      applied: whileAlive((_zone, outcomes) => {
        for (const { change, kind } of outcomes) coverage.hit('outcome', `${change.action} ${kind}`);
        for (const { change, kind } of outcomes)
          if (kind === 'done') {
            coverage.hit('happened', change.happening);
            coverage.hit('given by', change.claim?.via?.kind ?? 'nobody');
            coverage.hit('written for', change.claim?.holder?.kind ?? 'nobody');
          }
      }),
      told: whileAlive((_zone, row) => {
        if (row.told !== undefined) coverage.hit('told', row.told.happening);
      }),
      problems: whileAlive((_scope, problems) => {
        for (const { reason, message } of problems) {
          coverage.hit('problem', reason);
          this.#lab.outside(message);
        }
      }),
      passed: whileAlive((zone) => watchdog?.passed(zone)),
      failed: whileAlive((what, error) => this.#fault(what, error)),
      claims: () => {},
      held: () => {},
      zones: () => {},
    };
  }
}

function hostnameOf(text: string): Hostname {
  const name = parseHostname(text);
  if (!name.ok) throw new Error(name.error);
  return name.value;
}

/** Kills what runs, lets something happen to what it left, and starts it again. */
export function restartSoon(lab: Lab, ms: number, meanwhile: () => void = () => {}): void {
  if (lab.process?.alive !== true) return;
  lab.process.kill();
  if (lab.settings.hasLease && lab.random.chance(0.4)) lab.pod += 1;
  lab.clock.after(5, meanwhile);
  lab.clock.after(Math.max(10, ms), () => lab.start());
}
