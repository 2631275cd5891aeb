import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { vi } from 'vitest';
import type { Call } from '../../src/sandbox/call-log.ts';
import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import type { ZoneOptions } from '../../src/sandbox/cloudflare-zone.ts';
import type { GatewayAddress } from '../../src/sandbox/kubernetes-gateway-stand-in.ts';
import { SandboxCloudflare, type SandboxCloudflareOptions } from '../../src/sandbox/sandbox-cloudflare.ts';
import { SandboxEcho, type SandboxEchoOptions } from '../../src/sandbox/sandbox-echo.ts';
import { SandboxKubernetes, type SandboxKubernetesOptions } from '../../src/sandbox/sandbox-kubernetes.ts';
import { Controller, type Env, type Exit } from './controller.ts';
import { eventually } from './eventually.ts';
import { annotations, gateway, httpRoute, listener, type RouteOptions } from './manifests.ts';

// A test may start the program several times, beside tests that do the same: all on one busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Unlike any other word, so that finding it anywhere is a leak. */
export const TOKEN = 'kX7sQ2vB9nTokenOfTheSandboxOnly4dZ1mR8wH';

export const HOME = '203.0.113.10';

export interface SceneOptions {
  /** `example.com` when absent. */
  readonly zones?: readonly (string | ZoneOptions)[];
  readonly cloudflare?: SandboxCloudflareOptions;
  readonly kubernetes?: SandboxKubernetesOptions;
  readonly echo?: SandboxEchoOptions;
  /** For every controller of the scene. */
  readonly settings?: Env;
  /** Addresses of the Gateway `infra/home`; `HOME` when absent, no Gateway at all when null. */
  readonly home?: readonly (string | GatewayAddress)[] | null;
}

export type Row = Readonly<Record<string, unknown>>;

export interface EventSeen {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly on: string;
}

/** A Cloudflare account, a cluster, a disk, and the controllers that run between them. */
export class Scene {
  readonly cloudflare: SandboxCloudflare;
  readonly kubernetes: SandboxKubernetes;
  readonly echo: SandboxEcho;
  readonly dir = mkdtempSync(join(tmpdir(), 'routeflare-'));
  readonly #settings: Env;
  readonly #processes: Controller[] = [];

  private constructor(
    cloudflare: SandboxCloudflare,
    kubernetes: SandboxKubernetes,
    echo: SandboxEcho,
    settings: Env,
  ) {
    this.cloudflare = cloudflare;
    this.kubernetes = kubernetes;
    this.echo = echo;
    this.#settings = settings;
    writeFileSync(join(this.dir, 'kubeconfig'), kubernetes.kubeconfig());
  }

  static async open(options: SceneOptions = {}): Promise<Scene> {
    const zones = (options.zones ?? ['example.com']).map((zone) =>
      typeof zone === 'string' ? { name: zone } : zone,
    );
    const scene = new Scene(
      await SandboxCloudflare.start({ token: TOKEN, zones, ...options.cloudflare }),
      await SandboxKubernetes.start({ acceptRoutes: true, ...options.kubernetes }),
      await SandboxEcho.start(options.echo ?? { ipv4: '198.41.0.4' }),
      options.settings ?? {},
    );
    if (options.home !== null) scene.home(...(options.home ?? [HOME]));
    return scene;
  }

  get ledgerPath(): string {
    return join(this.dir, 'ledger.db');
  }

  /** Every setting of a controller here. Drift checks come when a test asks for one. */
  settings(more: Env = {}): Env {
    return {
      KUBECONFIG: join(this.dir, 'kubeconfig'),
      CLOUDFLARE_BASE_URL: this.cloudflare.url,
      CLOUDFLARE_API_TOKEN: TOKEN,
      LEDGER_PATH: this.ledgerPath,
      HTTP_ADDRESS: '127.0.0.1:0',
      DELETE_DELAY: '100ms',
      MAX_DELETES: 'off',
      DRIFT_SCHEDULE: '0 0 1 1 *',
      DDNS_SCHEDULE: '* * * * * *',
      DDNS_CONFIRM_DELAY: '200ms',
      DDNS_IPV4_VOTERS: this.echo.voters('ipv4').join(),
      DDNS_IPV6_VOTERS: this.echo.voters('ipv6').join(),
      LOG_LEVEL: 'debug',
      // Controllers of one scene follow each other as the containers of one Pod do; two at a time need two uids.
      POD_UID: 'the-pod-of-the-scene',
      ...this.#settings,
      ...more,
    };
  }

  /** A controller, ready. A setting that is '' is taken away. */
  async run(more: Env = {}): Promise<Controller> {
    return this.start(['run'], more).ready();
  }

  /** A process of any command, not waited for. */
  start(args: readonly string[], more: Env = {}): Controller {
    const env = Object.entries(this.settings(more)).filter(([, value]) => value !== '');
    const started = new Controller(args, Object.fromEntries(env), this.dir);
    this.#processes.push(started);
    return started;
  }

  /** A command run to its end. */
  async command(args: readonly string[], more: Env = {}): Promise<Exit> {
    return this.start(args, more).ended;
  }

  /** Ends all, and fails when the token of any scene got into a log, a page's text or a file. */
  async close(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.kill()));
    await Promise.all([this.cloudflare.close(), this.kubernetes.close(), this.echo.close()]);
    const said = this.#processes.map((each) => each.output);
    const kept = readdirSync(this.dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('token'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const events = this.kubernetes.objects.list('Event').map((each) => JSON.stringify(each));
    rmSync(this.dir, { recursive: true, force: true });
    assert.deepEqual(
      [...said, ...kept, ...events].filter((text) => text.includes(TOKEN)),
      [],
      'the token leaked',
    );
  }

  /** Makes or changes the Gateway `infra/home`. */
  home(...addresses: readonly (string | GatewayAddress)[]): void {
    this.gateway('home', addresses);
  }

  gateway(
    name: string,
    addresses: readonly (string | GatewayAddress)[],
    listeners: readonly Readonly<Record<string, unknown>>[] = [listener()],
  ): void {
    this.kubernetes.gatewayAddresses('infra', name, addresses);
    this.kubernetes.objects.apply(gateway(name, listeners));
  }

  route(name: string, options: RouteOptions = {}): void {
    this.kubernetes.objects.apply(httpRoute(name, options));
  }

  /** Sets annotations; null takes one away. */
  annotate(name: string, keys: Readonly<Record<string, string | null>>, namespace = 'apps'): void {
    this.kubernetes.objects.annotate('HTTPRoute', namespace, name, annotations(keys));
  }

  unroute(name: string, namespace = 'apps'): void {
    this.kubernetes.objects.delete('HTTPRoute', namespace, name);
  }

  /** What is at a name now: `TYPE content` lines, sorted. */
  at(name: string, zone = zoneOf(name)): string[] {
    return this.recordsAt(name, zone)
      .map(({ type, content }) => `${type} ${content}`)
      .sort();
  }

  recordsAt(name: string, zone = zoneOf(name)): CloudflareRecord[] {
    return this.cloudflare.records(zone).filter((record) => record.name === name);
  }

  /** Waits until exactly these `TYPE content` lines are at the name. */
  async expectAt(name: string, lines: readonly string[], zone = zoneOf(name)): Promise<void> {
    await eventually(() => assert.deepEqual({ [name]: this.at(name, zone) }, { [name]: [...lines].sort() }));
  }

  events(name?: string): EventSeen[] {
    return this.kubernetes.objects.list('Event').flatMap((event) => {
      const { reason, type, note, regarding } = event as unknown as EventSeen & {
        regarding: { name: string };
      };
      return name === undefined || regarding.name === name
        ? [{ reason, type, note, on: regarding.name }]
        : [];
    });
  }

  /** Waits for an Event on a route. */
  async expectEvent(name: string, reason: string, note: RegExp = /./): Promise<void> {
    await eventually(() => {
      const seen = this.events(name);
      const found = seen.some((event) => event.reason === reason && note.test(event.note));
      assert.ok(found, `no ${reason} ${String(note)} on ${name}, but ${JSON.stringify(seen)}`);
    });
  }

  /** Rows of the ledger, by SQL. */
  ledger(sql: string, ...values: readonly unknown[]): Row[] {
    const database = new Database(this.ledgerPath, { readonly: true });
    try {
      return database.prepare<unknown[], Row>(sql).all(...values);
    } finally {
      database.close();
    }
  }

  /** Changes the ledger as a person would, while no controller runs. */
  editLedger(sql: string): void {
    const database = new Database(this.ledgerPath);
    try {
      database.exec(sql);
    } finally {
      database.close();
    }
  }

  row(name: string, type = 'A'): Row | undefined {
    return this.ledger('SELECT * FROM records WHERE name = ? AND type = ?', name, type)[0];
  }

  get writes(): Call[] {
    return this.cloudflare.calls.filter(({ method }) => method !== 'GET');
  }

  /** Writes whose body names the host. */
  writesOf(name: string): Call[] {
    return this.writes.filter(({ body }) => JSON.stringify(body).includes(`"${name}"`));
  }
}

/** The last two labels: enough for the zones of these tests but where one says otherwise. */
function zoneOf(name: string): string {
  return name.split('.').slice(-2).join('.');
}

export const isBatch = ({ method, path }: Call): boolean => method === 'POST' && path.endsWith('/batch');
