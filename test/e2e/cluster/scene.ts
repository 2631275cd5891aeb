import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { SandboxCloudflare } from '../../../src/sandbox/sandbox-cloudflare.ts';
import type { ZoneOptions } from '../../../src/sandbox/cloudflare-zone.ts';
import { SandboxEcho } from '../../../src/sandbox/sandbox-echo.ts';
import { eventually } from '../../process/eventually.ts';
import { command } from '../tools/command.ts';
import { gatewayApiCrds } from '../tools/gateway-api.ts';
import type { GatewayApi } from '../tools/versions.ts';
import type { Api, Json, KubeObject } from './api.ts';
import { ApiServer } from './api-server.ts';
import { GatewayImplementation } from './gateway-implementation.ts';
import { CHART, Helm } from './helm.ts';
import { Pod, type Container, type Running } from './kubelet.ts';
import {
  annotations,
  gateway,
  gatewayClass,
  GATEWAY_API_V1,
  listener,
  namespace,
  route,
} from './manifests.ts';
import type { Keys, RouteOptions } from './manifests.ts';
import { granted, seenIn, type Right } from './rights.ts';
import { keepLogs, leaksOf, recordRights } from './scene-end.ts';

/** Unlike any other word, so that finding it anywhere is a leak. */
export const TOKEN = 'kX7sQ2vB9nTokenOfTheSandboxOnly4dZ1mR8wH';
export const HOME = '203.0.113.10';
export const EGRESS = '198.41.0.4';
/** Name of the release, of its namespace and of its Deployment. */
export const RELEASE = 'routeflare';

export interface SceneOptions {
  /** The Gateway API's release; none when null. When absent the one that this run is for. */
  readonly gatewayApi?: GatewayApi | null;
  /** `example.com` when absent. */
  readonly zones?: readonly ZoneOptions[];
  /** Other charts than ours of now are installed: rights are not judged. */
  readonly otherCharts?: boolean;
}

/** A cluster whose API server is the real one, and a Cloudflare account and an internet that are doubles. */
export class Scene {
  readonly server: ApiServer;
  readonly api: Api;
  readonly helm: Helm;
  readonly cloudflare: SandboxCloudflare;
  readonly echo: SandboxEcho;
  readonly implementation: GatewayImplementation;
  readonly #folder: string;
  readonly #pods: Pod[] = [];
  readonly #granted = new Set<Right>();
  readonly #judged: boolean;

  private constructor(
    folder: string,
    server: ApiServer,
    cloudflare: SandboxCloudflare,
    echo: SandboxEcho,
    judged: boolean,
  ) {
    this.#folder = folder;
    this.#judged = judged;
    this.server = server;
    this.api = server.api;
    this.helm = new Helm(inject('helm'), folder, server.kubeconfig);
    this.cloudflare = cloudflare;
    this.echo = echo;
    this.implementation = new GatewayImplementation(server.api);
  }

  static async open(options: SceneOptions = {}): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), 'rf-'));
    const zones = options.zones ?? [{ name: 'example.com' }];
    const scene = new Scene(
      folder,
      await ApiServer.start(folder, inject('assets')),
      await SandboxCloudflare.start({ token: TOKEN, zones, rateLimit: false }),
      await SandboxEcho.start({ ipv4: EGRESS }),
      options.otherCharts !== true,
    );
    for (const each of [namespace(RELEASE, 'restricted'), namespace('infra'), namespace('apps')]) {
      await scene.api.apply(each);
    }
    if (options.gatewayApi !== null) await scene.installGatewayApi(options.gatewayApi);
    return scene;
  }

  /** Installs the CRDs and one GatewayClass, and waits until they are served. */
  async installGatewayApi(release: GatewayApi = inject('gatewayApi')): Promise<void> {
    const root = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const crd of await gatewayApiCrds(release)) {
      const name = /^ {2}name: (\S+)$/m.exec(crd)?.[1] ?? '';
      await this.api.apply(crd, 'admin', `${root}/${name}`);
    }
    await eventually(() => this.api.apply(gatewayClass));
    for (const plural of ['gateways', 'httproutes', 'grpcroutes', 'tlsroutes', 'listenersets']) {
      await eventually(() => this.api.must('GET', `/apis/${GATEWAY_API_V1}/${plural}`));
    }
  }

  /** Chart values for this machine: where the doubles are, and no waiting for schedules. */
  values(more: Json = {}): Json {
    return {
      cloudflare: { apiToken: { value: TOKEN } },
      deleteDelay: '200ms',
      driftSchedule: '0 0 1 1 *',
      ddns: { schedule: '0 0 1 1 *', confirmDelay: '200ms', ipv4Voters: this.echo.voters('ipv4') },
      log: { level: 'debug' },
      ...more,
      env: [
        { name: 'CLOUDFLARE_BASE_URL', value: this.cloudflare.url },
        { name: 'HTTP_ADDRESS', value: '127.0.0.1:0' },
        ...((more['env'] ?? []) as Json[]),
      ],
    };
  }

  /** `helm upgrade --install` of the chart. */
  async install(values: Json = this.values()): Promise<void> {
    await this.helm.must(['upgrade', '--install', RELEASE, CHART, '--namespace', RELEASE], values);
  }

  /** A Pod of the installed Deployment, not waited for. */
  async startPod(run?: (container: Container) => Running): Promise<Pod> {
    const where = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: RELEASE, name: RELEASE };
    const deployment = await this.api.get(where);
    if (deployment === undefined) throw new Error('no Deployment is installed');
    if (this.#judged) for (const right of await granted(this.api)) this.#granted.add(right);
    const pod = await Pod.start(this.server, this.#folder, deployment, run);
    this.#pods.push(pod);
    return pod;
  }

  /** A Pod of the installed Deployment, ready. */
  async run(values: Json = this.values()): Promise<Pod> {
    await this.install(values);
    const pod = await this.startPod();
    await pod.program.ready();
    return pod;
  }

  /**
   * `kind namespace/name` of every object there is, but Events, which end by themselves, and what the server keeps
   * for itself. What belongs to an owner that is gone counts as gone: a cluster's garbage collector takes it.
   */
  async everything(): Promise<Set<string>> {
    const said = await this.kubectl('api-resources', '--verbs=list', '-o', 'name');
    const kinds = said.split('\n').filter((kind) => kind !== '' && !/^events\b|servicecidr/.test(kind));
    const items = await this.kubectl('get', kinds.join(), '-A', '-o', 'json');
    const { items: found } = JSON.parse(items) as { items: KubeObject[] };
    const uids = new Set(found.map(({ metadata }) => metadata.uid));
    const stays = found.filter(({ kind, metadata: { namespace, ownerReferences = [] } }) => {
      const orphaned = ownerReferences.length > 0 && ownerReferences.every(({ uid }) => !uids.has(uid));
      return !orphaned && !(kind === 'Lease' && namespace === 'kube-system');
    });
    return new Set(
      stays.map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`),
    );
  }

  /** Deletes every ledger's claim and its volume. Nothing else would: the chart keeps them, and a finalizer too. */
  async dropClaims(): Promise<void> {
    const where = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: RELEASE };
    for (const { metadata } of await this.api.list(where)) {
      await this.api.delete({ ...where, name: metadata.name });
      await this.api.merge({ ...where, name: metadata.name }, { metadata: { finalizers: null } });
      rmSync(join(this.#folder, `${RELEASE}-${metadata.name}`), { recursive: true, force: true });
    }
  }

  /** How often programs asked the server for this, since the scene was opened. */
  asked(right: Right): number {
    return seenIn(this.server.auditLog).used.get(right) ?? 0;
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    return command(join(inject('assets').folder, 'kubectl'), args, {
      env: { KUBECONFIG: this.server.kubeconfig },
    });
  }

  /** A Gateway in `infra` that its implementation has given these addresses. */
  async gateway(
    name = 'home',
    addresses: readonly string[] = [HOME],
    keys: Keys = {},
    listeners: readonly Json[] = [listener()],
  ): Promise<KubeObject> {
    const made = await this.api.apply(gateway(name, keys, listeners));
    await this.implementation.program(made, addresses);
    return made;
  }

  /** A route that its Gateway's implementation has accepted. */
  async route(name: string, options: RouteOptions = {}): Promise<KubeObject> {
    const made = await this.api.apply(route(name, options));
    await this.implementation.accept(made);
    return made;
  }

  async unroute(name: string): Promise<void> {
    await this.api.delete({ apiVersion: GATEWAY_API_V1, kind: 'HTTPRoute', namespace: 'apps', name });
  }

  async annotate(name: string, keys: Keys): Promise<void> {
    const where = { apiVersion: GATEWAY_API_V1, kind: 'HTTPRoute', namespace: 'apps', name };
    await this.api.merge(where, { metadata: { annotations: annotations(keys) } });
  }

  /** What is at a name now: `TYPE content` lines, sorted. */
  at(name: string, zone = 'example.com'): string[] {
    return this.cloudflare
      .records(zone)
      .filter((record) => record.name === name)
      .map(({ type, content }) => `${type} ${content}`)
      .sort();
  }

  async expectAt(name: string, lines: readonly string[], withinMs?: number): Promise<void> {
    await eventually(
      () => assert.deepEqual([name, ...this.at(name)], [name, ...[...lines].sort()]),
      withinMs,
    );
  }

  /**
   * Ends all. Fails when the token got into a log, an Event or a file beside the ledger, and when the program asked
   * for what its roles do not allow.
   */
  async close(expectedRefusals: RegExp = /^$/): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.program.kill()));
    keepLogs(this.#pods, this.server);
    const events = this.server.running ? await this.kubectl('get', 'events', '-A', '-o', 'json') : '';
    const seen = seenIn(this.server.auditLog);
    recordRights(this.#granted, seen.used.keys());
    await Promise.all([this.server.close(), this.cloudflare.close(), this.echo.close()]);
    const leaks = leaksOf(TOKEN, this.#pods, events);
    rmSync(this.#folder, { recursive: true, force: true });
    assert.deepEqual(leaks, []);
    assert.deepEqual(
      seen.refused.filter((text) => !expectedRefusals.test(text)),
      [],
    );
  }
}
