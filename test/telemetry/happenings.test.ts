import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/apply/outcome.ts';
import type { EgressState } from '../../src/domain/egress.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import type { RecordData } from '../../src/domain/record.ts';
import type { Change } from '../../src/plan/plan.ts';
import { Happenings } from '../../src/telemetry/happenings.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { CapturedEvents, CapturedStream } from './captured.ts';

const SOURCE = { kind: 'HTTPRoute', namespace: 'default', name: 'app' } as const;

function data(content: string): RecordData {
  return { name: 'app.example.com' as Hostname, type: 'A', content, ttl: 'auto', proxied: false };
}

function change(more: Partial<Change>): Change {
  return {
    action: 'update',
    happening: 'RecordUpdated',
    name: 'app.example.com' as Hostname,
    type: 'A',
    before: data('198.51.100.1'),
    after: data('198.51.100.2'),
    write: { kind: 'update', id: 'r1', content: '198.51.100.2' },
    claim: undefined,
    drops: [],
    source: SOURCE,
    reason: 'the address changed',
    unpublishes: false,
    ...more,
  };
}

async function told() {
  const sink = new CapturedStream();
  const log = await createLogger({ level: 'info', format: 'json' }, new SecretWords(), sink);
  const metrics = new Metrics(() => Date.parse('2026-03-01T12:01:00.000Z'));
  const events = new CapturedEvents();
  return { happenings: new Happenings({ log, metrics, events }), sink, metrics, events };
}

describe('Happenings', () => {
  it('tells a change that Cloudflare confirmed to log, metrics and source', async () => {
    const { happenings, sink, metrics, events } = await told();
    happenings.changeEnded('example.com', { change: change({}), kind: 'done' });
    expect(events.sent).toEqual([
      {
        source: SOURCE,
        reason: 'RecordUpdated',
        type: 'Normal',
        note: 'A app.example.com 198.51.100.1 -> 198.51.100.2: the address changed',
      },
    ]);
    expect(sink.lines).toMatchObject([
      { level: 'info', zone: 'example.com', from: '198.51.100.1', to: '198.51.100.2' },
    ]);
    expect(await metrics.text()).toContain('routeflare_changes_total{action="update",result="done"} 1');
    expect(await metrics.text()).toContain('routeflare_drift_corrected_total 0');
  });

  it.each([
    [{ action: 'create', happening: 'RecordCreated', before: undefined }, 'A app.example.com 198.51.100.2: '],
    [
      { action: 'delete', happening: 'RecordDeleted', after: undefined },
      'A app.example.com (198.51.100.1): ',
    ],
    [{ happening: 'DriftCorrected', after: data('198.51.100.1') }, 'A app.example.com 198.51.100.1: '],
  ] satisfies [Partial<Change>, string][])('says what %j did', async (more, note) => {
    const { happenings, events } = await told();
    happenings.changeEnded('example.com', { change: change(more), kind: 'done' });
    expect(events.sent[0]?.note).toBe(`${note}the address changed`);
  });

  it('counts drift only once it is corrected, and sends no Event for what was not done', async () => {
    const { happenings, metrics, events } = await told();
    const drift = change({ happening: 'DriftCorrected' });
    const problem = {
      kind: 'invalid',
      message: 'no',
      status: 400,
      codes: [9005],
      retryAfterMs: undefined,
    } as const;
    for (const kind of ['refused', 'stale', 'in-doubt', 'not-tried'] as const) {
      const outcome: Outcome = { change: drift, kind, problem };
      happenings.changeEnded('example.com', outcome);
    }
    expect(events.sent).toEqual([]);
    expect(await metrics.text()).toContain('routeflare_drift_corrected_total 0');
    expect(await metrics.text()).toContain('routeflare_changes_total{action="update",result="in-doubt"} 1');
    happenings.changeEnded('example.com', { change: drift, kind: 'done' });
    expect(await metrics.text()).toContain('routeflare_drift_corrected_total 1');
  });

  it("tells the controller's own Pod where no source is left", async () => {
    const { happenings, events } = await told();
    happenings.rowTold('example.com', {
      happening: 'Released',
      source: undefined,
      note: 'another owner marked it',
    });
    expect(events.sent).toEqual([{ reason: 'Released', type: 'Warning', note: 'another owner marked it' }]);
  });

  it('lets the age of an address that was never confirmed grow from the first round that did not', async () => {
    let now = 1_000;
    const metrics = new Metrics(() => now);
    const log = await createLogger(
      { level: 'info', format: 'json' },
      new SecretWords(),
      new CapturedStream(),
    );
    const happenings = new Happenings({ log, metrics, events: new CapturedEvents() });
    happenings.egressJudged({ family: 6, status: 'unconfirmed', why: 'not asked yet', votes: [] });
    expect(await metrics.text()).not.toContain('routeflare_egress_age_seconds{');
    happenings.egressJudged({ family: 6, status: 'unavailable', why: 'nobody answered', votes: [] });
    now += 90_000;
    happenings.egressJudged({ family: 6, status: 'unavailable', why: 'nobody answered', votes: [] });
    expect(await metrics.text()).toContain('routeflare_egress_age_seconds{family="ipv6"} 90');
  });

  it('logs a verdict on the egress address when it changes, and knows its age', async () => {
    const { happenings, sink, metrics } = await told();
    const confirmed: EgressState = {
      family: 4,
      status: 'confirmed',
      address: '198.51.100.7',
      confirmedAt: '2026-03-01T12:00:00.000Z',
      voters: ['a', 'b'],
      votes: [],
    };
    happenings.egressJudged(confirmed);
    happenings.egressJudged({ ...confirmed, confirmedAt: '2026-03-01T12:00:30.000Z' });
    expect(sink.lines).toHaveLength(1);
    expect(await metrics.text()).toContain('routeflare_egress_age_seconds{family="ipv4"} 30');
    happenings.egressJudged({ family: 4, status: 'unavailable', why: 'nobody answered', votes: [] });
    expect(sink.lines.map(({ level }) => level)).toEqual(['info', 'warn']);
    expect(await metrics.text()).toContain('routeflare_egress_age_seconds{family="ipv4"} 30');
    happenings.egressJudged({ family: 4, status: 'disabled', votes: [] });
    expect(await metrics.text()).not.toContain('routeflare_egress_age_seconds{');
  });

  it('keeps the budget that Cloudflare last told', async () => {
    const { happenings, metrics } = await told();
    const call = { operation: 'records list', status: 200, ms: 100 };
    happenings.cloudflareAnswered({ ...call, remaining: 1100 });
    happenings.cloudflareAnswered({ ...call, status: undefined, remaining: undefined });
    const text = await metrics.text();
    expect(text).toContain('routeflare_rate_limit_remaining 1100');
    expect(text).toContain('routeflare_cloudflare_requests_total{operation="records list",status="none"} 1');
  });
});
