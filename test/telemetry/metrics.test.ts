import { describe, expect, it } from 'vitest';
import { PROBLEM_REASONS, type ProblemReason } from '../../src/domain/problem.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { parseExposition } from './exposition.ts';

async function scrape(metrics: Metrics) {
  const { types, samples } = parseExposition(await metrics.text());
  const value = (name: string, labels: Record<string, string> = {}): number | undefined =>
    samples.find(
      (one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text),
    )?.value;
  return { types, samples, value };
}

const PROMISED: Readonly<Record<string, [type: string, ...labels: string[]]>> = {
  routeflare_managed_records: ['gauge', 'zone', 'type'],
  routeflare_changes_total: ['counter', 'action', 'result'],
  routeflare_cloudflare_requests_total: ['counter', 'operation', 'status'],
  routeflare_cloudflare_request_duration_seconds: ['histogram'],
  routeflare_reconcile_duration_seconds: ['histogram'],
  routeflare_problems: ['gauge', 'reason'],
  routeflare_drift_corrected_total: ['counter'],
  routeflare_held_deletions: ['gauge'],
  routeflare_egress_age_seconds: ['gauge', 'family'],
  routeflare_rate_limit_remaining: ['gauge'],
  routeflare_last_success_timestamp_seconds: ['gauge'],
  routeflare_converged: ['gauge'],
};

function busy(): Metrics {
  const metrics = new Metrics(() => 100_000);
  metrics.managedRecords([{ zone: 'example.com', type: 'A', count: 3 }]);
  metrics.changeEnded('create', 'done');
  metrics.cloudflareAnswered('zones list', 200, 250);
  metrics.cloudflareAnswered('batch', undefined, 30_000);
  metrics.passEnded(12, true, 90_000);
  metrics.driftCorrected();
  metrics.heldDeletions(7);
  metrics.egressConfirmed(4, 40_000);
  metrics.budgetSeen(1199);
  return metrics;
}

describe('Metrics', () => {
  it('has the promised names, types and labels, and nothing else but the process', async () => {
    const { types, samples } = await scrape(busy());
    const ours = [...types].filter(([name]) => !name.startsWith('process_'));
    expect(Object.fromEntries(ours)).toEqual(
      Object.fromEntries(Object.entries(PROMISED).map(([name, [type]]) => [name, type])),
    );
    for (const [name, [type, ...labels]] of Object.entries(PROMISED)) {
      if (type === 'histogram') continue;
      const sample = samples.find((one) => one.name === name);
      expect({ name, labels: Object.keys(sample?.labels ?? {}).toSorted() }).toEqual({
        name,
        labels: labels.toSorted(),
      });
    }
  });

  it('counts in seconds and by label', async () => {
    const { value } = await scrape(busy());
    expect(value('routeflare_managed_records', { zone: 'example.com', type: 'A' })).toBe(3);
    expect(value('routeflare_changes_total', { action: 'create', result: 'done' })).toBe(1);
    expect(value('routeflare_cloudflare_requests_total', { operation: 'batch', status: 'none' })).toBe(1);
    expect(value('routeflare_cloudflare_request_duration_seconds_sum')).toBeCloseTo(30.25);
    expect(value('routeflare_reconcile_duration_seconds_count')).toBe(1);
    expect(value('routeflare_egress_age_seconds', { family: 'ipv4' })).toBe(60);
    expect(value('routeflare_last_success_timestamp_seconds')).toBe(90);
    expect(value('routeflare_rate_limit_remaining')).toBe(1199);
  });

  it('says nothing of what it does not know yet', async () => {
    const { value } = await scrape(new Metrics());
    expect(value('routeflare_rate_limit_remaining')).toBeUndefined();
    expect(value('routeflare_egress_age_seconds')).toBeUndefined();
    expect(value('routeflare_last_success_timestamp_seconds')).toBe(0);
  });

  it('has a series for every reason from the start, so that an alert sees it rise', async () => {
    const metrics = new Metrics();
    const counts = Object.fromEntries(PROBLEM_REASONS.map((reason) => [reason, 0])) as Record<
      ProblemReason,
      number
    >;
    const before = await scrape(metrics);
    for (const reason of PROBLEM_REASONS) expect(before.value('routeflare_problems', { reason })).toBe(0);
    metrics.problemCounts({ ...counts, Pending: 2 });
    expect((await scrape(metrics)).value('routeflare_problems', { reason: 'Pending' })).toBe(2);
  });

  it('forgets a zone without records, a family that is not probed, and a pass that failed', async () => {
    const metrics = busy();
    metrics.managedRecords([{ zone: 'other.example', type: 'CNAME', count: 1 }]);
    metrics.egressConfirmed(4, undefined);
    metrics.passEnded(5, false, 99_000);
    const { value } = await scrape(metrics);
    expect(value('routeflare_managed_records', { zone: 'example.com' })).toBeUndefined();
    expect(value('routeflare_managed_records', { zone: 'other.example' })).toBe(1);
    expect(value('routeflare_egress_age_seconds')).toBeUndefined();
    expect(value('routeflare_last_success_timestamp_seconds')).toBe(90);
  });

  it('asks anew at every scrape whether all is done that can be', async () => {
    const metrics = new Metrics();
    expect((await scrape(metrics)).value('routeflare_converged')).toBe(0);
    let converged = true;
    metrics.convergedWhen(() => converged);
    expect((await scrape(metrics)).value('routeflare_converged')).toBe(1);
    converged = false;
    expect((await scrape(metrics)).value('routeflare_converged')).toBe(0);
  });

  it('says in the help of each metric what is counted, with a unit where there is one', async () => {
    const helps = new Map(
      [...(await new Metrics().text()).matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name, help]) => [
        name,
        help,
      ]),
    );
    const UNIT: Readonly<Record<string, RegExp>> = {
      _seconds: /\bseconds\b/i,
      _bytes: /\bbytes\b/i,
      _total: /^(Number|Total) /,
    };
    for (const name of Object.keys(PROMISED)) {
      const [, unit] = Object.entries(UNIT).find(([suffix]) => name.endsWith(suffix)) ?? [];
      expect(helps.get(name)).toMatch(unit ?? /^[A-Z0-9].*\.$/);
    }
  });

  it('measures the process when asked', async () => {
    const metrics = new Metrics();
    const first = await scrape(metrics);
    expect(first.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    const started = first.value('process_start_time_seconds') ?? 0;
    expect(Math.abs(Date.now() / 1000 - process.uptime() - started)).toBeLessThan(5);
    const cpu = first.value('process_cpu_seconds_total') ?? 0;
    expect((await scrape(metrics)).value('process_cpu_seconds_total')).toBeGreaterThanOrEqual(cpu);
  });
});
