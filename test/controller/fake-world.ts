import { LedgerStore } from '../../src/app/ledger-store.ts';
import { ZoneMemory } from '../../src/controller/memory.ts';
import type { NextStep } from '../../src/controller/next-step.ts';
import { WholeView } from '../../src/controller/overview.ts';
import type { Observer, Settings, World } from '../../src/controller/ports.ts';
import { reconcileZone } from '../../src/controller/reconcile.ts';
import { ZoneBook } from '../../src/controller/zone-book.ts';
import { ZoneState } from '../../src/controller/zone-state.ts';
import type { ClusterSnapshot, SourceObject, Trust } from '../../src/domain/cluster.ts';
import type { Permit } from '../../src/domain/permit.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { ActualRecord } from '../../src/domain/record.ts';
import type { ApiProblem, ApiProblemKind, ApiResult, BatchWrite } from '../../src/domain/write.ts';
import type { Zone } from '../../src/domain/zone.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { CURRENT, gateway, route, view } from '../desired/builders.ts';
import { freshPath, openLedger } from '../ledger/fixture.ts';
import { CloudflareModel } from '../plan/cloudflare-model.ts';
import { ME, NOW, SUBZONE, ZONE } from '../plan/fixture.ts';

export interface Fault {
  readonly kind: ApiProblemKind;
  /** Of a batch: it is carried out all the same. */
  readonly lands?: boolean;
}

/** Everything around the controller, in memory but for the ledger, with a clock that the test sets. */
export class FakeWorld {
  readonly cloudflare: CloudflareModel;
  readonly path = freshPath();
  /** The ledger itself, as a person's command writes it. */
  readonly openLedger = openLedger(this.path);
  ledger = new LedgerStore(this.openLedger);
  zones: readonly Zone[] = [ZONE, SUBZONE];
  routes: readonly SourceObject[] = [];
  trust: Trust = CURRENT;
  /** `list z1`, `name app.example.com`, `id r1`, `batch z1 3`, `zones`. */
  calls: string[] = [];
  fault: (call: string, writes: readonly BatchWrite[]) => Fault | undefined = () => undefined;
  clock: () => number;
  at = NOW;
  /** How far somebody set the wall clock back. */
  setBackMs = 0;
  settings: Settings = {
    deleteDelayMs: 30_000,
    maxDeletes: 5,
    strategy: 'full',
    protectedNames: [],
    watchedKinds: new Set(['HTTPRoute']),
    zones: undefined,
    dryRun: false,
    batchLimit: 200,
    callDeadlineMs: 30_000,
  };
  otherCluster: string | undefined;
  copyRefused = false;
  permit: Permit = { kind: 'all' };
  readonly plans: Plan[] = [];
  readonly problems = new Map<string, readonly Problem[]>();

  constructor(records: readonly ActualRecord[] = [], clock?: () => number) {
    this.cloudflare = new CloudflareModel(records);
    this.clock = clock ?? (() => this.at);
  }

  get world(): World {
    const ledger = this.ledger;
    const copyRefused = () => this.copyRefused;
    return {
      cluster: { synced: () => true, snapshot: () => this.#snapshot() },
      egress: { states: () => new Map(), use: () => {} },
      records: {
        zones: () => this.#answer('zones', [], () => this.zones),
        listZone: (zone) => this.#answer(`list ${zone.id}`, [], () => this.cloudflare.zone(zone.id)),
        readNames: async (zone, names) => {
          const found = new Map<string, readonly ActualRecord[]>();
          for (const name of names) {
            const all = () => this.cloudflare.zone(zone.id).filter((record) => record.name === name);
            const answer = await this.#answer(`name ${name}`, [], all);
            if (!answer.ok) return answer;
            found.set(name, answer.value);
          }
          return { ok: true, value: found };
        },
        readIds: async (zone, ids) => {
          const found = new Map<string, ActualRecord | undefined>();
          for (const id of ids) {
            const one = () => this.cloudflare.zone(zone.id).find((record) => record.id === id);
            const answer = await this.#answer(`id ${id}`, [], one);
            if (!answer.ok) return answer;
            found.set(id, answer.value);
          }
          return { ok: true, value: found };
        },
        batch: async (zone, writes) => {
          const call = `batch ${zone.id} ${writes.length}`;
          const fault = this.fault(call, writes);
          this.calls.push(call);
          const answer =
            fault === undefined || fault.lands === true ? this.cloudflare.batch(zone.id, writes) : undefined;
          return fault === undefined && answer !== undefined ? answer : problemOf(fault?.kind ?? 'in-doubt');
        },
      },
      ledger: new Proxy(ledger, {
        get: (target, key) => {
          if (key === 'keepCopy' && copyRefused()) {
            return () => Promise.resolve({ ok: false, error: { message: 'the disk is full' } });
          }
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
      observer: this.#observer(),
      identity: ME,
      otherCluster: () => this.otherCluster,
      settings: this.settings,
      now: () => this.clock(),
      steady: () => this.clock() + this.setBackMs,
      random: () => 0,
      stopping: () => false,
      permit: () => this.permit,
    };
  }

  /** Routes of these names with this address, each its own: `app.example.com` is HTTPRoute web/app. */
  publish(address: string, ...names: readonly string[]): void {
    const made = names.map((name) => routeAt(name, address));
    const others = this.routes.filter((each) => !made.some((one) => one.name === each.name));
    this.routes = [...others, ...made];
  }

  unpublish(...names: readonly string[]): void {
    const gone = names.map((name) => routeAt(name, '').name);
    this.routes = this.routes.filter((each) => !gone.includes(each.name));
  }

  /** The records as `TYPE name content`, sorted. */
  published(): readonly string[] {
    return [...this.cloudflare.records.values()]
      .map(({ type, name, content }) => `${type} ${name} ${content}`)
      .sort();
  }

  takeCalls(): readonly string[] {
    const taken = this.calls;
    this.calls = [];
    return taken;
  }

  reasons(scope = 'zone z1'): readonly string[] {
    return (this.problems.get(scope) ?? []).map(({ reason, name }) =>
      name === undefined ? reason : `${reason} ${name}`,
    );
  }

  #snapshot(): ClusterSnapshot {
    const pathOf = (each: { namespace: string; name: string }) => `${each.namespace}/${each.name}`;
    return {
      sources: {
        HTTPRoute: view(
          this.routes.map((each) => [pathOf(each), each] as const),
          { trust: this.trust },
        ),
      },
      gateways: view([['infra/public', gateway()]]),
      namespaces: view<never>([]),
      watchedNamespaces: undefined,
    };
  }

  async #answer<T>(call: string, writes: readonly BatchWrite[], value: () => T): Promise<ApiResult<T>> {
    this.calls.push(call);
    const fault = this.fault(call, writes);
    return fault === undefined ? { ok: true, value: value() } : problemOf(fault.kind);
  }

  #observer(): Observer {
    return {
      planned: (plan) => void this.plans.push(plan),
      applied: () => {},
      told: () => {},
      problems: (scope, problems) => void this.problems.set(scope, problems),
      passed: () => {},
      failed: (what, error) => {
        throw new Error(`${what} failed`, { cause: error });
      },
      claims: () => {},
      held: () => {},
      zones: () => {},
    };
  }
}

function routeAt(name: string, address: string): SourceObject {
  return route({
    namespace: 'web',
    name: name.replace('.example.com', ''),
    hostnames: [name],
    annotations: { 'content-mode': 'static', content: address },
  });
}

function problemOf(kind: ApiProblem['kind']): ApiResult<never> {
  const message = `it is ${kind}`;
  return { ok: false, problem: { kind, message, status: undefined, codes: [], retryAfterMs: undefined } };
}

/** A controller whose passes the test makes by itself. */
export class Passes {
  readonly fake: FakeWorld;
  readonly #world: World;
  readonly #memories = new Map<string, ZoneMemory>();
  readonly #book: ZoneBook;
  readonly #whole: WholeView;

  private constructor(fake: FakeWorld) {
    this.fake = fake;
    this.#world = fake.world;
    this.#book = new ZoneBook(this.#world);
    this.#whole = new WholeView(this.#world, this.#book, this.#memories);
  }

  /** A start of the program: the zones listed, no pass made. */
  static async start(fake: FakeWorld): Promise<Passes> {
    const passes = new Passes(fake);
    await passes.#book.refresh();
    return passes;
  }

  /** One pass over a zone, as after a change in the cluster. */
  pass(zone: Zone = ZONE): Promise<NextStep> {
    this.#whole.changed();
    return reconcileZone(zone, new ZoneState(this.#world, this.memoryOf(zone), this.#whole));
  }

  /** Passes over all zones until none is to be looked at again at once; later times and failures do not count. */
  async settle(): Promise<void> {
    for (let round = 0; round < 12; round += 1) {
      const steps: NextStep[] = [];
      for (const zone of this.fake.zones) steps.push(await this.pass(zone));
      if (!steps.some((step) => step.kind === 'after' && step.ms === 0)) return;
    }
    throw new Error('it does not come to rest');
  }

  memoryOf(zone: Zone): ZoneMemory {
    const memory = this.#memories.get(zone.id) ?? new ZoneMemory(this.fake.world);
    this.#memories.set(zone.id, memory);
    return memory;
  }

  /** As on the drift schedule. */
  async drift(): Promise<void> {
    for (const zone of this.fake.zones) this.memoryOf(zone).listAt(this.fake.world.steady());
    await this.settle();
  }
}
