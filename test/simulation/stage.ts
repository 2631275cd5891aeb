import type { SourceObject } from '../../src/domain/cluster.ts';
import { approve } from './approve.ts';
import { SimClock } from './clock.ts';
import { keyOf } from './cluster.ts';
import { Coverage } from './coverage.ts';
import type { SimDisk } from './disk.ts';
import type { Lab, LabSettings } from './lab.ts';
import { ALL_ZONES } from './names.ts';
import { openLab } from './open-lab.ts';

const SETTINGS: LabSettings = {
  maxDeletes: 5,
  strategy: 'full',
  deleteDelayMs: 30_000,
  batchLimit: 200,
  pageSize: 5_000,
  clusterPageSize: 2,
  isJudged: true,
  tellsRate: true,
  hasLease: false,
  routeKinds: ['HTTPRoute'],
  protectedNames: [],
};
const GATEWAY = { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra', name: 'edge' };
const MINUTE = 60_000;
/** Lines; a story that runs for days is told from its beginning only. */
const LONGEST_STORY = 500;

/** A world for a story that is told by a fixed script: one Gateway, and routes that it has accepted. */
export class Stage {
  readonly lab: Lab;
  readonly #story: string[];
  readonly #broken: string[];

  private constructor(lab: Lab, story: string[], broken: string[]) {
    this.lab = lab;
    this.#story = story;
    this.#broken = broken;
  }

  /** Plays a script, with every rule of the simulation in force. */
  static async play(
    disk: SimDisk,
    settings: Partial<LabSettings>,
    script: (stage: Stage) => Promise<void>,
  ): Promise<void> {
    const clock = new SimClock();
    await clock.whileInstalled(async () => {
      const story: string[] = [];
      const broken: string[] = [];
      const parts = { disk, clock, coverage: new Coverage() };
      const lab = openLab({ seed: 1, settings: { ...SETTINGS, ...settings } }, parts, {
        tell: (line) => {
          if (story.length < LONGEST_STORY)
            story.push(`${(clock.elapsed / 1000).toFixed(3).padStart(10)}  ${line}`);
        },
        fail: (invariant, message) => broken.push(`${invariant}: ${message}`),
      });
      for (const zone of ALL_ZONES) lab.cloudflare.zones.set(zone.id, zone);
      const stage = new Stage(lab, story, broken);
      stage.gateway('192.0.2.1');
      lab.start();
      try {
        await script(stage);
      } finally {
        lab.process?.kill();
        await clock.runUntil(clock.elapsed + 10, () => {});
      }
    });
  }

  gateway(...addresses: readonly string[]): void {
    this.lab.cluster.putGateway({
      namespace: GATEWAY.namespace,
      name: GATEWAY.name,
      deleting: false,
      annotations: {},
      listeners: [
        {
          name: 'web',
          hostname: undefined,
          port: 443,
          protocol: 'HTTPS',
          allowedNamespaces: { from: 'All', selector: undefined },
          allowedKinds: undefined,
        },
      ],
      addresses: addresses.map((value) => ({ type: 'IPAddress', value })),
    });
  }

  /** Makes or edits a route, already accepted. */
  route(key: string, hostname: string, annotations: Readonly<Record<string, string>> = {}): void {
    const [namespace = '', name = ''] = key.split('/');
    const ref = { ...GATEWAY, sectionName: undefined, port: undefined };
    const status = { ref, controllerName: 'example.com/gateway', reason: 'Accepted', observedGeneration: 1 };
    const route: SourceObject = {
      kind: 'HTTPRoute',
      namespace,
      name,
      uid: `uid-${key}`,
      generation: 1,
      createdAt: '2026-03-01T12:00:00Z',
      deleting: false,
      selected: true,
      annotations: { 'content-mode': 'gateway-address', ...annotations },
      hostnames: [hostname],
      parentRefs: [ref],
      parentStatuses: [{ ...status, accepted: 'True' }],
      addresses: [],
    };
    this.lab.cluster.putRoute(route);
  }

  /** That many routes, each with a name of its own in example.com. */
  routes(namespace: string, count: number): void {
    for (let index = 0; index < count; index += 1)
      this.route(`${namespace}/r${index}`, `${namespace}-${index}.example.com`);
  }

  /** All routes of a namespace, or of all, taken away; what puts them back. */
  takeAway(namespace?: string): SourceObject[] {
    const all = [...this.lab.cluster.truth.routes.values()];
    const gone = all.filter((route) => namespace === undefined || route.namespace === namespace);
    for (const route of gone) this.lab.cluster.removeRoute(keyOf(route));
    return gone;
  }

  async minutes(count: number): Promise<void> {
    const { clock } = this.lab;
    await clock.runUntil(clock.elapsed + count * MINUTE, () => {
      if (this.#broken.length > 0) throw new Error([...this.#story, ...this.#broken].join('\n'));
    });
  }

  approve(): boolean {
    return approve(this.lab);
  }

  /** Ends the process, lets something happen to what it left, and starts it again. */
  async restart(meanwhile: () => void): Promise<void> {
    this.lab.process?.kill();
    await this.minutes(0.1);
    meanwhile();
    this.lab.start();
    await this.minutes(1);
  }

  /** Names that stand at Cloudflare, sorted; with the content where it is asked for. */
  names(contents = false): readonly string[] {
    return [...this.lab.cloudflare.records.values()]
      .map(({ record }) => (contents ? `${record.type} ${record.name} ${record.content}` : record.name))
      .sort();
  }

  /** Batches that were sent. */
  get writes(): number {
    return this.lab.coverage.counts.get('call: batch') ?? 0;
  }

  get calls(): number {
    return this.writes + (this.lab.coverage.counts.get('call: read') ?? 0);
  }

  /** Writes begun and not settled. */
  intents(): number {
    return this.lab.process?.port.intents().length ?? 0;
  }

  /** Whether a person was told of that, by the reason of its Event. */
  told(reason: string): boolean {
    return this.lab.coverage.counts.has(`problem: ${reason}`);
  }

  held(): number {
    return this.lab.process?.port.claims().filter(({ state }) => state === 'held').length ?? 0;
  }
}
