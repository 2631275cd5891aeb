import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { Loop } from '../controller/loop.ts';
import type { World } from '../controller/ports.ts';
import { Schedule } from '../controller/schedule.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { Cluster } from '../kubernetes/cluster.ts';
import { EventWriter } from '../kubernetes/event-writer.ts';
import { openConnection } from '../kubernetes/open-connection.ts';
import type { Plan } from '../plan/plan.ts';
import { Egress } from './egress.ts';
import { HeapTrim } from './heap-trim.ts';
import { checkPredecessor, findIdentity } from './identity.ts';
import { openCloudflare } from './open-cloudflare.ts';
import { noLease, openLease } from './open-lease.ts';
import { openStore, type Store } from './open-store.ts';
import { observerOf } from './observer.ts';
import { podOf } from './pod.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';
import type { Telemetry } from './telemetry.ts';
import { worldSettings } from './world-settings.ts';

export interface AppOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly telemetry: Telemetry;
  readonly onPlan?: (plan: Plan) => void;
  /** Makes no pass by itself: for commands that look, or act on what a person agreed to. */
  readonly passive?: boolean;
}

const DRIFT_JITTER_MS = 20_000;
const DDNS_JITTER_MS = 20_000;
const BEAT_MS = 10_000;
/** A pass that takes longer hangs. */
export const STUCK_MS = 15 * 60_000;

/** The running parts, wired: the only place that knows them all. Ends with `close`. */
export class App {
  readonly loop: Loop;
  readonly world: World;
  readonly store: Store;
  readonly #egress: Egress;
  readonly #closers: (() => void | Promise<void>)[];

  private constructor(
    loop: Loop,
    world: World,
    store: Store,
    egress: Egress,
    closers: (() => void | Promise<void>)[],
  ) {
    this.loop = loop;
    this.world = world;
    this.store = store;
    this.#egress = egress;
    this.#closers = closers;
  }

  /**
   * Starts everything. Waits for an API server that is away.
   * @returns the running app, or why there can be none: a setting, or a ledger that must not be written
   */
  static async start(options: AppOptions, signal: AbortSignal): Promise<Result<App, string>> {
    const closers: (() => void | Promise<void>)[] = [];
    const started = await App.#wire(options, signal, closers);
    if (!started.ok) for (const close of closers.toReversed()) await close();
    return started;
  }

  static async #wire(
    { config, env, telemetry, onPlan, passive }: AppOptions,
    signal: AbortSignal,
    closers: (() => void | Promise<void>)[],
  ): Promise<Result<App, string>> {
    const { log, health, metrics, secrets, happenings, board, events } = telemetry;
    const { dryRun } = config.policy;
    const { now, steady } = SYSTEM_CLOCK;
    const random = Math.random;

    // What happens before there is a loop needs none.
    const late: { loop?: Loop } = {};
    const cloudflare = openCloudflare(config, telemetry, signal, {
      probe: (inMs) => late.loop?.probe(inMs),
      mended: () => late.loop?.tokenMended(),
    });
    closers.push(() => cloudflare.close());

    const opened = await openStore(config.ledger.path, dryRun, telemetry, async () => {
      const zones = await cloudflare.records.zones();
      return zones.ok ? undefined : zones.problem.message;
    });
    if (!opened.ok) return opened;
    const store = opened.value;
    closers.push(() => store.close());
    health.met('ledger open');

    const connected = await openConnection({ env, now: steady, home: env['HOME'] });
    if (!connected.ok) return connected;
    const connection = connected.value;
    closers.push(() => connection[Symbol.dispose]());

    const identity = await findIdentity(connection, config.ownership, signal, (why) => {
      health.unmet('caches synced', why);
      log.warn({ why }, 'waiting for the Kubernetes API server');
    });
    if (!identity.ok) return identity;
    const other = checkPredecessor(identity.value, store.remembered());
    if (!other.ok) return other;
    const remembered = store.remember(identity.value, other.value !== undefined);
    if (remembered !== undefined) return err(remembered);
    log.info(
      { owner: identity.value.owner, cluster: identity.value.cluster, otherCluster: other.value },
      'owner',
    );

    // Asked for beside the reading of the cluster; its answer is there before the cluster is.
    const guard = dryRun
      ? noLease(telemetry)
      : await openLease({
          connection,
          env,
          owner: identity.value.owner,
          random,
          telemetry,
          onChange: () => late.loop?.permitChanged(),
        });
    closers.push(() => guard.close());

    const pod = podOf(env);
    const writer = new EventWriter({ connection, now, random, ...(pod === undefined ? {} : { pod }) });
    closers.push(() => writer[Symbol.asyncDispose]());

    const { watchNamespaces, sourceSelector } = config.kubernetes;
    const cluster = new Cluster({
      connection,
      clusterId: identity.value.cluster,
      kinds: config.kubernetes.sources,
      ...(watchNamespaces === undefined ? {} : { watchNamespaces: [...watchNamespaces] }),
      ...(sourceSelector === undefined ? {} : { selector: sourceSelector.selects }),
      ...SYSTEM_CLOCK,
      random,
      onChange: () => {
        if (cluster.synced()) health.met('caches synced', notServed(cluster.absent()));
        else health.unmet('caches synced', cluster.missing().join('; '));
        board.update('cluster', [...cluster.problems(), ...writer.problems()]);
        loop.changed();
      },
      onReady: (source, note) => board.ready(source, note),
      onTrouble: (trouble) => log.debug({ trouble }, 'kubernetes call failed'),
      onFault: (cause) => log.error({ err: cause }, 'fault of the program'),
    });
    closers.push(() => cluster[Symbol.asyncDispose]());
    if (!dryRun) {
      events.open(({ source, reason, type, note }) => {
        const uid = source === undefined ? undefined : cluster.uidOf(source);
        const regarding =
          source === undefined ? {} : { regarding: { ...source, ...(uid === undefined ? {} : { uid }) } };
        writer.record({ reason, type, note: secrets.redact(note), action: 'Reconcile', ...regarding });
      });
    }

    const egress = new Egress(config.ddns, {
      last: store.egress(),
      ...SYSTEM_CLOCK,
      random,
      signal,
      onJudged: (state) => happenings.egressJudged(state),
      onChange: () => loop.changed(),
      onConfirmed: (row) => store.keepEgress(row),
      onFault: (cause) => log.error({ err: cause }, 'fault of the program'),
    });
    closers.push(() => egress.close());

    const world: World = {
      cluster,
      egress,
      records: cloudflare.records,
      ledger: store.port,
      observer: observerOf({
        happenings,
        board,
        health,
        metrics,
        log,
        dryRun,
        now,
        ...(onPlan === undefined ? {} : { onPlan }),
      }),
      identity: identity.value,
      otherCluster: () => (store.remembered().cluster === other.value ? other.value : undefined),
      settings: worldSettings(config),
      ...SYSTEM_CLOCK,
      random,
      stopping: () => signal.aborted,
      permit: guard.permit,
    };
    const loop = new Loop(world, passive);
    late.loop = loop;
    closers.push(() => loop.close());

    const drift = new Schedule(config.policy.driftSchedule, DRIFT_JITTER_MS, random, () => loop.drift());
    const ddns = new Schedule(config.ddns.schedule, DDNS_JITTER_MS, random, () => egress.probe());
    const trim = new HeapTrim();
    const beat = setInterval(() => {
      if (!loop.stuck(STUCK_MS)) health.beat();
      trim.look();
    }, BEAT_MS);
    closers.push(() => {
      drift.stop();
      ddns.stop();
      clearInterval(beat);
    });
    world.observer.claims(store.port.claims());
    cluster.start();
    loop.start();
    return ok(new App(loop, world, store, egress, closers));
  }

  /** Waits, no longer than that, until nothing is left to read or do now; for commands that look once. */
  async settled(withinMs: number): Promise<boolean> {
    const deadline = this.world.steady() + withinMs;
    while (await this.loop.settled(deadline - this.world.steady())) {
      if (this.#egress.atRest) return true;
      // The loop may answer at once; without a pause no vote would ever come in.
      await sleep(10);
    }
    return false;
  }

  /** Waits until this process may write all. Answers why it may not, when it still may not after that time. */
  async mayWrite(withinMs: number): Promise<string | undefined> {
    const { steady } = this.world;
    for (const deadline = steady() + withinMs; ;) {
      const permit = this.world.permit();
      if (permit.kind === 'all') return undefined;
      if (steady() >= deadline || this.world.stopping()) return permit.why;
      await sleep(50);
    }
  }

  /** Finishes the write in flight, ends every connection and closes the ledger, last. */
  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
  }
}

function notServed(kinds: readonly string[]): string {
  return kinds.length === 0 ? '' : `${kinds.join(', ')} not served by this cluster, and waited for`;
}
