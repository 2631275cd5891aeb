import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PROBLEM_REASONS, type ProblemReason } from '../domain/problem.ts';
import type { Outcome } from '../apply/outcome.ts';
import type { ChangeAction } from '../domain/entry.ts';
import type { Family } from '../domain/address.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** The metrics of docs/telemetry.md, each with one method for the thing that happens. Times are milliseconds. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #managed: Gauge<'zone' | 'type'>;
  readonly #changes: Counter<'action' | 'result'>;
  readonly #requests: Counter<'operation' | 'status'>;
  readonly #requestDuration: Histogram;
  readonly #passDuration: Histogram;
  readonly #problems: Gauge<'reason'>;
  readonly #drift: Counter;
  readonly #held: Gauge;
  readonly #egressAge: Gauge<'family'>;
  readonly #budget: Gauge;
  readonly #lastSuccess: Gauge;
  #isConverged: () => boolean = () => false;
  readonly #now: () => number;
  readonly #confirmedAt = new Map<Family, number>();

  /** `now` is milliseconds since 1970, for what is an age. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    const registers = [this.#registry];
    const named = (name: string, help: string) => ({ name: `routeflare_${name}`, help, registers });
    this.#managed = new Gauge({
      ...named('managed_records', 'Records in the ledger that are ours, by zone and type.'),
      labelNames: ['zone', 'type'],
    });
    this.#changes = new Counter({
      ...named('changes_total', 'Number of writes to records, by action and how they ended.'),
      labelNames: ['action', 'result'],
    });
    this.#requests = new Counter({
      ...named(
        'cloudflare_requests_total',
        'Number of calls to Cloudflare; status is the HTTP code, or "none" without an answer.',
      ),
      labelNames: ['operation', 'status'],
    });
    this.#requestDuration = new Histogram({
      ...named(
        'cloudflare_request_duration_seconds',
        'Seconds that a call to Cloudflare took, body included.',
      ),
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    });
    this.#passDuration = new Histogram({
      ...named('reconcile_duration_seconds', 'Seconds that a pass over one zone took.'),
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
    });
    this.#problems = new Gauge({
      ...named('problems', 'Number of problems that last, by the reason of their Event.'),
      labelNames: ['reason'],
    });
    this.#drift = new Counter(
      named('drift_corrected_total', 'Number of records set right after a change from outside.'),
    );
    this.#held = new Gauge(named('held_deletions', 'Number of deletions that wait for approval.'));
    this.#egressAge = new Gauge({
      ...named('egress_age_seconds', 'Seconds since the egress address was last confirmed, by family.'),
      labelNames: ['family'],
      collect: () => this.#setAges(now()),
    });
    this.#budget = new Gauge(
      named('rate_limit_remaining', 'Calls left in the present window, as Cloudflare last said.'),
    );
    this.#lastSuccess = new Gauge(
      named(
        'last_success_timestamp_seconds',
        'Unix time in seconds when a pass last ended well; 0 is never in this run.',
      ),
    );
    const converged: Gauge = new Gauge({
      ...named('converged', '1 while all was read and the last pass over every zone ended well, else 0.'),
      collect: () => converged.set(this.#isConverged() ? 1 : 0),
    });
    // Until Cloudflare said something, 0 would be a false alarm.
    this.#budget.remove();
    for (const reason of PROBLEM_REASONS) this.#problems.set({ reason }, 0);
    addProcessMetrics(this.#registry);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** All series anew: a zone without records has none. */
  managedRecords(
    counts: Iterable<{ readonly zone: string; readonly type: string; readonly count: number }>,
  ): void {
    this.#managed.reset();
    for (const { zone, type, count } of counts) this.#managed.set({ zone, type }, count);
  }

  changeEnded(action: ChangeAction, result: Outcome['kind']): void {
    this.#changes.inc({ action, result });
  }

  driftCorrected(): void {
    this.#drift.inc();
  }

  /** `status` is `undefined` when no answer came. */
  cloudflareAnswered(operation: string, status: number | undefined, ms: number): void {
    this.#requests.inc({ operation, status: status === undefined ? 'none' : String(status) });
    this.#requestDuration.observe(ms / 1000);
  }

  budgetSeen(remaining: number): void {
    this.#budget.set(remaining);
  }

  /** `at` is milliseconds since 1970. */
  passEnded(ms: number, well: boolean, at: number): void {
    this.#passDuration.observe(ms / 1000);
    if (well) this.#lastSuccess.set(at / 1000);
  }

  problemCounts(counts: Readonly<Record<ProblemReason, number>>): void {
    for (const reason of PROBLEM_REASONS) this.#problems.set({ reason }, counts[reason]);
  }

  /** Asked at every scrape. */
  convergedWhen(isConverged: () => boolean): void {
    this.#isConverged = isConverged;
  }

  heldDeletions(count: number): void {
    this.#held.set(count);
  }

  /** `at` is milliseconds since 1970; `undefined` when the family is no longer probed. */
  egressConfirmed(family: Family, at: number | undefined): void {
    if (at === undefined) this.#confirmedAt.delete(family);
    else this.#confirmedAt.set(family, at);
  }

  /** A round did not confirm. Of an address that this run never confirmed, the age counts from the first such round. */
  egressUnconfirmed(family: Family): void {
    if (!this.#confirmedAt.has(family)) this.#confirmedAt.set(family, this.#now());
  }

  #setAges(now: number): void {
    this.#egressAge.reset();
    for (const [family, at] of this.#confirmedAt) {
      this.#egressAge.set({ family: `ipv${family}` }, Math.max(0, (now - at) / 1000));
    }
  }
}
