import { setTimeout as sleep } from 'node:timers/promises';
import { SandboxCloudflare } from '../src/sandbox/sandbox-cloudflare.ts';
import { SandboxKubernetes } from '../src/sandbox/sandbox-kubernetes.ts';
import { countCalls, operationsOf, type CallCounts } from './call-counts.ts';
import { addressOf, FIRST_ADDRESS, gateway, hostOf, NAMESPACE, route, ZONE } from './manifests.ts';
import { selfSignedCertificate, type Certificate } from './self-signed-certificate.ts';
import { tlsFront } from './tls-front.ts';

export interface Places {
  readonly kubernetesPort: number;
  readonly cloudflareUrl: string;
  readonly certificate: Certificate;
}

/** Both APIs, in a process of their own, so that they take nothing from the one that is measured. */
export class SandboxHost {
  readonly #cloudflare: SandboxCloudflare;
  readonly #kubernetes: SandboxKubernetes;
  readonly places: Places;
  #stamp = 0;

  private constructor(cloudflare: SandboxCloudflare, kubernetes: SandboxKubernetes, places: Places) {
    this.#cloudflare = cloudflare;
    this.#kubernetes = kubernetes;
    this.places = places;
  }

  /** One zone that routes ask for, and two that nobody asks for. */
  static async start(): Promise<SandboxHost> {
    const zones = [ZONE, 'example.org', 'example.net'].map((name) => ({
      name,
      plan: 'enterprise' as const,
      recordQuota: 20_000,
    }));
    const cloudflare = await SandboxCloudflare.start({ zones, rateLimit: false });
    const kubernetes = await SandboxKubernetes.start({ acceptRoutes: true });
    kubernetes.objects.apply(gateway());
    kubernetes.gatewayAddresses('infra', 'public', [FIRST_ADDRESS]);
    const certificate = selfSignedCertificate();
    const url = new URL(cloudflare.url);
    url.protocol = 'https:';
    url.port = String(await tlsFront(certificate, Number(url.port)));
    const kubernetesPort = await tlsFront(certificate, Number(new URL(kubernetes.url).port));
    return new SandboxHost(cloudflare, kubernetes, { kubernetesPort, cloudflareUrl: url.href, certificate });
  }

  addRoutes(first: number, count: number): void {
    for (let index = first; index < first + count; index += 1) this.#kubernetes.objects.apply(route(index));
  }

  /** Of a `static` route: an odd number. A name makes the record a CNAME. */
  setContent(index: number, content: string): void {
    const annotations = { 'routeflare/content': content };
    this.#kubernetes.objects.annotate('HTTPRoute', NAMESPACE, `app-${String(index)}`, annotations);
  }

  deleteRoute(index: number): void {
    this.#kubernetes.objects.delete('HTTPRoute', NAMESPACE, `app-${String(index)}`);
  }

  moveGateway(address: string): void {
    this.#kubernetes.gatewayAddresses('infra', 'public', [address]);
  }

  /** Records in the zone, and for how many milliseconds no call has reached Cloudflare. */
  state(): { readonly records: number; readonly quietMs: number } {
    const last = this.#cloudflare.calls.at(-1)?.at ?? this.#stamp;
    return { records: this.#cloudflare.records(ZONE).length, quietMs: performance.now() - last };
  }

  /** What was called since the last time this was asked, and forgets it. */
  takeCalls(): CallCounts {
    const counts = countCalls(this.#cloudflare.calls, this.#kubernetes.calls);
    this.#cloudflare.clearCalls();
    this.#kubernetes.clearCalls();
    this.#stamp = performance.now();
    return counts;
  }

  /**
   * Milliseconds from a change of one object to the arrival, at Cloudflare, of the batch that follows from it.
   * Both clocks are this process's; a random wait between two samples keeps them apart from any rhythm.
   */
  async latencies(kind: 'update' | 'create', first: number, samples: number): Promise<readonly number[]> {
    const taken: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      await sleep(150 + Math.random() * 100);
      const index = first + 2 * sample;
      const seen = this.#cloudflare.calls.length;
      const begun = performance.now();
      if (kind === 'create') this.#kubernetes.objects.apply(route(index));
      else this.setContent(index, addressOf(20_000 + index));
      taken.push((await this.#arrival(index, seen)) - begun);
    }
    return taken;
  }

  async #arrival(index: number, seen: number): Promise<number> {
    const wanted = hostOf(index);
    for (const until = performance.now() + 10_000; performance.now() < until; await sleep(2)) {
      for (const call of this.#cloudflare.calls.slice(seen)) {
        const ids = operationsOf(call);
        const named = ids.some(
          ({ id, name }) => name === wanted || (id !== undefined && this.#nameOf(id) === wanted),
        );
        if (named && call.status !== undefined) return call.at;
      }
    }
    throw new Error(`no write for ${wanted} within 10 s`);
  }

  #nameOf(id: string): string | undefined {
    return this.#cloudflare.records(ZONE).find((record) => record.id === id)?.name;
  }
}
