import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { SandboxEcho } from '../../src/sandbox/sandbox-echo.ts';
import { SandboxKubernetes } from '../../src/sandbox/sandbox-kubernetes.ts';
import { gateway, httpRoute, listener } from '../process/manifests.ts';
import type { Random } from '../simulation/random.ts';

export const ZONES = ['example.com', 'example.net'] as const;
export const ZONE_IDS = ZONES.map((_, at) => String(at + 1).repeat(32));

/** Unlike any other word, so that finding it anywhere is a leak. */
export const TOKEN = 'wR8nK3tokenOfTheKillLoopOnly5yT0qZ7uJ2c';

const ROUTES = 10;
const GATEWAY = { namespace: 'infra', name: 'home' };

/** What one name should hold when everything has settled. */
export interface Wanted {
  readonly type: 'A' | 'AAAA' | 'CNAME';
  /** Any of these: two sources may ask, and who held the name first keeps it. */
  readonly contents: ReadonlySet<string>;
}

type Keys = Readonly<Record<string, string>>;

interface Route {
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly keys: Keys;
}

/** A cluster whose routes change all the time, a Cloudflare account, and the echo services. */
export class World implements AsyncDisposable {
  readonly cloudflare: SandboxCloudflare;
  readonly kubernetes: SandboxKubernetes;
  readonly echo: SandboxEcho;
  readonly #random: Random;
  readonly #adopting: boolean;
  readonly #routes = new Map<number, Route>();
  readonly #adoptable = new Set<string>();
  readonly #suspended = new Set<number>();
  #home = '203.0.113.1';
  #egress = '198.41.0.1';

  private constructor(
    random: Random,
    adopting: boolean,
    cloudflare: SandboxCloudflare,
    kubernetes: SandboxKubernetes,
    echo: SandboxEcho,
  ) {
    this.#random = random;
    this.#adopting = adopting;
    this.cloudflare = cloudflare;
    this.kubernetes = kubernetes;
    this.echo = echo;
    this.#moveHome();
    this.kubernetes.objects.apply(gateway(GATEWAY.name, [listener()]));
    for (let at = 0; at < ROUTES / 2; at += 1) this.#put(at, this.#newRoute(at));
  }

  /** @param adopting whether some sources ask to adopt. */
  static async open(random: Random, adopting: boolean): Promise<World> {
    return new World(
      random,
      adopting,
      await SandboxCloudflare.start({
        token: TOKEN,
        zones: ZONES.map((name, at) => ({ name, id: ZONE_IDS[at] ?? '' })),
        rateLimit: false,
      }),
      await SandboxKubernetes.start({ acceptRoutes: true }),
      await SandboxEcho.start({ ipv4: '198.41.0.1' }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.cloudflare.close(), this.kubernetes.close(), this.echo.close()]);
  }

  /** The first eight digits of kube-system's uid. */
  get cluster(): string {
    const { metadata } = this.kubernetes.objects.get('Namespace', '', 'kube-system') as unknown as {
      metadata: { uid: string };
    };
    return metadata.uid.slice(0, 8);
  }

  /** Whether a source asked at any time to adopt what stands on the name. */
  adopts(name: string): boolean {
    return this.#adoptable.has(name);
  }

  /**
   * Whether a source of the name was ever suspended. Deleted so, it leaves the records that it holds; and deleted
   * soon after the key was taken away, it did so for a program that had not seen that yet.
   */
  wasSuspended(name: string): boolean {
    const [, letter, digit] = /^([nms])(\d)\./.exec(name) ?? [];
    const at = Number(digit);
    const sources = letter === 's' ? [2 * at, 2 * at + 1] : [at];
    return sources.some((source) => this.#suspended.has(source));
  }

  /** One change in the cluster or of the egress address. */
  turn(): string {
    const random = this.#random;
    const at = random.below(ROUTES);
    const roll = random.next();
    if (roll < 0.08) return this.#moveHome();
    if (roll < 0.12) return this.#moveEgress();
    const route = this.#routes.get(at);
    if (route === undefined) return this.#put(at, this.#newRoute(at));
    if (roll < 0.4) return this.#remove(at, route);
    if (roll < 0.55) return this.#put(at, { ...route, keys: { ...route.keys, ...this.#trouble() } });
    if (roll < 0.65) return this.#put(at, { ...route, keys: {} });
    return this.#put(at, this.#newRoute(at));
  }

  /** Everybody corrects what was wrong on purpose, so that what should be is known. */
  calm(): void {
    for (const [at, { namespace, hosts, keys }] of this.#routes) {
      const { suspend: _, ttl: __, ...rest } = keys;
      const mode = MODES.includes(rest['content-mode'] ?? 'none') ? rest : { 'content-mode': 'none' };
      this.#put(at, { namespace, hosts, keys: mode });
    }
  }

  /** What should be, by name and type. */
  wanted(): ReadonlyMap<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    for (const { hosts, keys } of this.#routes.values()) {
      const content = this.#contentOf(keys);
      if (content === undefined) continue;
      const type = typeOf(content);
      for (const host of hosts) {
        const key = `${type} ${host}`;
        const contents = new Set([...(wanted.get(key)?.contents ?? []), content]);
        wanted.set(key, { type, contents });
      }
    }
    return wanted;
  }

  #contentOf(keys: Keys): string | undefined {
    switch (keys['content-mode']) {
      case 'gateway-address':
        return this.#home;
      case 'ddns':
        return this.#egress;
      case 'static':
        return keys['content'];
      default:
        return undefined;
    }
  }

  #newRoute(at: number): Route {
    const random = this.#random;
    const zone = random.pick(ZONES);
    // Neighbours share a name now and then, and so fight for it.
    const shared = `s${Math.floor(at / 2)}.${zone}`;
    const own = [`n${at}.${zone}`, ...(random.chance(0.4) ? [`m${at}.${zone}`] : [])];
    const hosts = random.chance(0.25) ? [...own, shared] : own;
    const keys = this.#newKeys();
    if (keys['adopt'] === 'true') for (const host of hosts) this.#adoptable.add(host);
    return { namespace: at % 3 === 0 ? 'blue' : 'green', hosts, keys };
  }

  #newKeys(): Keys {
    const random = this.#random;
    const more = {
      ...(random.chance(0.2) ? { proxied: random.pick(['true', 'false']) } : {}),
      ...(random.chance(0.2) && this.#adopting ? { adopt: 'true' } : {}),
    };
    const mode = random.pick(['gateway-address', 'gateway-address', 'static', 'static', 'cname', 'ddns']);
    if (mode === 'cname')
      return { 'content-mode': 'static', content: random.pick(TARGETS), type: 'CNAME', ...more };
    if (mode === 'static')
      return { 'content-mode': 'static', content: `192.0.2.${random.between(1, 5)}`, ...more };
    return { 'content-mode': mode, ...more };
  }

  #trouble(): Keys {
    return this.#random.pick<Keys>([
      { 'content-mode': 'gatway-address' },
      { suspend: 'true' },
      { ttl: 'soon' },
      { ttl: '120' },
      { 'content-mode': 'none' },
    ]);
  }

  #put(at: number, route: Route): string {
    const old = this.#routes.get(at);
    if (route.keys['suspend'] === 'true') this.#suspended.add(at);
    if (old !== undefined && old.namespace !== route.namespace) this.#remove(at, old);
    this.#routes.set(at, route);
    const { namespace, hosts, keys } = route;
    this.kubernetes.objects.apply(httpRoute(`r${at}`, { namespace, hosts, keys }));
    return `route r${at} asks for ${hosts.join(' ')} ${JSON.stringify(keys)}`;
  }

  #remove(at: number, { namespace }: Route): string {
    this.#routes.delete(at);
    this.kubernetes.objects.delete('HTTPRoute', namespace, `r${at}`);
    return `route r${at} is deleted`;
  }

  #moveHome(): string {
    this.#home = `203.0.113.${this.#random.between(1, 4)}`;
    this.kubernetes.gatewayAddresses(GATEWAY.namespace, GATEWAY.name, [this.#home]);
    return `the gateway's address is ${this.#home}`;
  }

  #moveEgress(): string {
    this.#egress = `198.41.0.${this.#random.between(1, 3)}`;
    this.echo.setAddress('ipv4', this.#egress);
    return `the egress address is ${this.#egress}`;
  }
}

const MODES = ['gateway-address', 'ddns', 'static', 'none'];
const TARGETS = ['one.example.org', 'two.example.org'];

function typeOf(content: string): Wanted['type'] {
  return /^[0-9.]+$/.test(content) ? 'A' : 'CNAME';
}
