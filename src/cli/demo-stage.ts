import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEntry } from '../domain/entry.ts';
import { Ledger } from '../ledger/ledger.ts';
import { SandboxCloudflare } from '../sandbox/sandbox-cloudflare.ts';
import { SandboxEcho } from '../sandbox/sandbox-echo.ts';
import { SandboxKubernetes } from '../sandbox/sandbox-kubernetes.ts';
import { DemoController } from './demo-controller.ts';

export const DEMO_TOKEN = 'sandbox-token';
/** Where the demo's home is in the internet: addresses of RFC 5737 and RFC 3849, which nobody has. */
export const EGRESS_IPV4 = '198.51.100.7';
const EGRESS_IPV6 = '2001:db8:51::7';

export interface DemoZone {
  readonly name: string;
  readonly id: string;
}

/** The sandboxes in this process, a directory of their own, and the real controller between them as a child process. */
export class DemoStage implements AsyncDisposable {
  readonly kubernetes: SandboxKubernetes;
  readonly cloudflare: SandboxCloudflare;
  readonly echo: SandboxEcho;
  readonly kubeconfigPath: string;
  readonly ledgerPath: string;
  readonly logPath: string;
  /** The settings of the controller, and of commands that look at it. */
  readonly env: Readonly<Record<string, string>>;
  /** The owner in the markers of this cluster. */
  readonly owner: string;
  readonly #directory: string;
  readonly #zones: DemoZone[] = [];
  #controller: DemoController | undefined;

  private constructor(
    directory: string,
    kubernetes: SandboxKubernetes,
    cloudflare: SandboxCloudflare,
    echo: SandboxEcho,
  ) {
    this.#directory = directory;
    this.kubernetes = kubernetes;
    this.cloudflare = cloudflare;
    this.echo = echo;
    this.kubeconfigPath = join(directory, 'kubeconfig');
    this.ledgerPath = join(directory, 'routeflare.db');
    this.logPath = join(directory, 'controller.log');
    const uid = kubernetes.objects.get('Namespace', '', 'kube-system')?.metadata.uid ?? '';
    this.owner = `routeflare-${uid.slice(0, 8)}`;
    this.env = { ...inherited(), ...this.#settings() };
    process.once('exit', this.#removeNow);
  }

  static async open(): Promise<DemoStage> {
    const directory = await mkdtemp(join(tmpdir(), 'routeflare-demo-'));
    const kubernetes = await SandboxKubernetes.start({ acceptRoutes: true });
    const cloudflare = await SandboxCloudflare.start({ token: DEMO_TOKEN });
    const echo = await SandboxEcho.start({ ipv4: EGRESS_IPV4, ipv6: EGRESS_IPV6 });
    const stage = new DemoStage(directory, kubernetes, cloudflare, echo);
    await writeFile(stage.kubeconfigPath, kubernetes.kubeconfig(), { mode: 0o600 });
    return stage;
  }

  get zones(): readonly DemoZone[] {
    return this.#zones;
  }

  addZone(name: string): void {
    this.#zones.push(this.cloudflare.addZone({ name }));
  }

  /** Why the controller is not running although it should be. */
  get trouble(): string | undefined {
    return this.#controller?.trouble;
  }

  /** Where the controller serves `/healthz`, `/readyz` and `/metrics`. */
  get pages(): string | undefined {
    return this.#controller?.pages;
  }

  startController(): void {
    this.#controller = DemoController.start(this.env, this.logPath);
  }

  async killController(): Promise<void> {
    await this.#controller?.kill();
  }

  /** What the controller's `/readyz` says is missing; `undefined` when it is ready. */
  async unready(): Promise<string | undefined> {
    const pages = this.pages;
    if (pages === undefined) return 'It serves no pages yet';
    try {
      const answer = await fetch(`${pages}/readyz`, { signal: AbortSignal.timeout(2_000) });
      const text = await answer.text();
      return answer.ok ? undefined : text.trim().replaceAll('\n', '; ');
    } catch {
      return 'It does not answer /readyz';
    }
  }

  /** All that the ledger says was done, the oldest first; empty while there is no ledger. */
  history(): HistoryEntry[] {
    const opened = Ledger.open({ path: this.ledgerPath, mode: 'read-only' });
    if (!opened.ok) return [];
    using ledger = opened.value;
    return ledger.read.history({}).reverse();
  }

  /** Whether every write that was begun has come to an end in the ledger. */
  atRest(): boolean {
    const opened = Ledger.open({ path: this.ledgerPath, mode: 'read-only' });
    if (!opened.ok) return false;
    using ledger = opened.value;
    return ledger.read.intents().length === 0;
  }

  /** What the controller complained of last, if it did. */
  lastError(): string | undefined {
    if (!existsSync(this.logPath)) return undefined;
    const lines = readFileSync(this.logPath, 'utf8').trimEnd().split('\n');
    return lines.findLast((line) => line.includes('"level":"error"') || !line.startsWith('{'))?.slice(0, 400);
  }

  /** Saves the log from being removed with everything else. @returns where it is, if there is one */
  keepLog(): string | undefined {
    if (!existsSync(this.logPath)) return undefined;
    const kept = join(tmpdir(), `routeflare-demo-${process.pid}.log`);
    renameSync(this.logPath, kept);
    return kept;
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    await Promise.all([this.kubernetes.close(), this.cloudflare.close(), this.echo.close()]);
    process.off('exit', this.#removeNow);
    this.#removeNow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #removeNow = (): void => {
    rmSync(this.#directory, { recursive: true, force: true });
  };

  /** Schedules and delays are of seconds, so that nobody has to wait minutes to see what they do. */
  #settings(): Record<string, string> {
    return {
      KUBECONFIG: this.kubeconfigPath,
      CLOUDFLARE_BASE_URL: this.cloudflare.url,
      CLOUDFLARE_API_TOKEN: DEMO_TOKEN,
      LEDGER_PATH: this.ledgerPath,
      // Its controllers follow each other as the containers of one Pod do: no Lease of a killed one is waited for.
      POD_UID: 'demo',
      HTTP_ADDRESS: '127.0.0.1:0',
      DRIFT_SCHEDULE: '*/2 * * * * *',
      DDNS_SCHEDULE: '*/2 * * * * *',
      DDNS_CONFIRM_DELAY: '500ms',
      DDNS_IPV4_VOTERS: this.echo.voters('ipv4').join(','),
      DDNS_IPV6_VOTERS: this.echo.voters('ipv6').join(','),
      // Documentation ranges are not globally routable, so they must be allowed.
      DDNS_ALLOW_CIDRS: '203.0.113.0/24,198.51.100.0/24,2001:db8::/32',
      DELETE_DELAY: '1s',
    };
  }
}

/** What a program needs to run at all; settings of the person's own Routeflare stay out. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
