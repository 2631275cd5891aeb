import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hostname } from '../../src/domain/hostname.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { eventBody } from '../../src/kubernetes/event-body.ts';
import { Happenings } from '../../src/telemetry/happenings.ts';
import { Health } from '../../src/telemetry/health.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { pagePages } from '../../src/telemetry/page.ts';
import { ProblemBoard } from '../../src/telemetry/problem-board.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { CapturedStream } from './captured.ts';
import { aClaim, anEntry, LOOKED_AT, someFacts } from './page-fixture.ts';

/** What would steer a terminal or turn the reading direction; breaks of lines apart. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const STEERS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/;

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '\n{"level":"error","msg":"forged"}\n',
        '\r\n',
        '\u001b[2J\u001b]0;owned\u0007',
        '\u009b31m',
        '\u202e',
        '\u2028',
        '</td><script>alert(1)</script>',
        '"} 1\nrouteflare_forged 1\n#',
        '\\u001b',
        '\ud800',
        'text',
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);
const big = fc.integer({ min: 1, max: 1_000_000 }).map((length) => '\u001b<'.repeat(length / 2));

async function logged(
  format: 'json' | 'pretty',
  write: (log: Awaited<ReturnType<typeof createLogger>>) => void,
) {
  const sink = new CapturedStream();
  const log = await createLogger({ level: 'info', format }, new SecretWords(), sink);
  write(log);
  return sink.text;
}

describe('a line of the log', () => {
  test('in JSON is one line, holds all that was said, and steers nothing', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (key, value) => {
        const text = await logged('json', (log) => {
          log.warn({ reason: value, list: [value], [key]: { deep: value } }, 'problem appeared');
          log.error({ err: new Error(value, { cause: new Error(value) }) }, 'fault of the program');
        });
        const lines = text.split('\n');
        expect(lines).toHaveLength(3);
        expect(text).not.toMatch(STEERS);
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ reason: value, msg: 'problem appeared' });
        expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'error', msg: 'fault of the program' });
      }),
    );
  });

  test('for people steers nothing, and no value begins a line of its own', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (value) => {
        const text = await logged('pretty', (log) => {
          log.warn({ reason: value, list: [value], [`key ${value}`]: 1 }, 'problem appeared');
          log.error({ err: new Error(value) }, 'fault of the program');
        });
        expect(text).not.toMatch(STEERS);
        expect(text.split('\n').filter((line) => /^\S/.test(line))).toHaveLength(2);
      }),
    );
  });

  test('may be a megabyte', async () => {
    await fc.assert(
      fc.asyncProperty(big, async (value) => {
        expect(await logged('json', (log) => log.warn({ reason: value }, 'x'))).not.toMatch(STEERS);
      }),
      { numRuns: 5 },
    );
  });
});

describe('an Event', () => {
  test('has a note of at most 1,024 bytes that steers nothing', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, big), (note) => {
        const regarding = { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: 'b' };
        const input = { reason: 'Pending', type: 'Warning', note, action: 'Reconcile' } as const;
        const body = eventBody(input, regarding, 'name', 'instance', 0) as { note: string };
        expect(Buffer.byteLength(body.note)).toBeLessThanOrEqual(1024);
        expect(body.note).not.toMatch(STEERS);
        expect(body.note).not.toContain('\n');
      }),
      { numRuns: 60 },
    );
  });
});

describe('the metrics', () => {
  const series = async (metrics: Metrics) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('routeflare_'));

  function tellOf(names: readonly string[]): Metrics {
    const metrics = new Metrics();
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const ports = { log, metrics, events: { emit: () => {} } };
    const happenings = new Happenings(ports);
    const board = new ProblemBoard(ports);
    const problems: Problem[] = names.map((name) => ({
      reason: 'RecordConflict',
      message: name,
      name,
      zone: name,
    }));
    board.update('zone', problems);
    for (const name of names) {
      const source = { kind: 'HTTPRoute', namespace: name, name } as const;
      const data = { name: name as Hostname, type: 'A', content: name, ttl: 'auto', proxied: false } as const;
      happenings.changeEnded(name, {
        kind: 'done',
        change: {
          action: 'create',
          happening: 'RecordCreated',
          name: name as Hostname,
          type: 'A',
          reason: name,
          source,
          before: undefined,
          after: data,
          write: { kind: 'create', comment: name, ...data },
          claim: undefined,
          drops: [],
          unpublishes: false,
        },
      });
      happenings.passEnded({ zone: name, ms: 1, well: true, at: 0, changes: 1 });
    }
    return metrics;
  }

  test('have as many series for ten thousand hostile names as for one', async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `"}\n${at}\u001b.example.com`);
    const one = await series(tellOf(names.slice(0, 1)));
    const many = await series(tellOf(names));
    expect(many.length).toBe(one.length);
    expect(many.join('\n')).not.toContain('example.com');
  });

  test('of a zone with a hostile name stay one series a line', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (zone) => {
        const metrics = new Metrics();
        metrics.managedRecords([{ zone, type: 'A', count: 7 }]);
        const lines = (await series(metrics)).filter((line) => line.startsWith('routeflare_managed_records'));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^routeflare_managed_records\{zone="[^]*",type="A"\} 7$/);
        expect(await series(metrics)).not.toContainEqual(expect.stringMatching(/^routeflare_forged/));
      }),
    );
  });
});

describe('the page', () => {
  const health = new Health(300_000, () => 0);
  const pages = (facts: ReturnType<typeof someFacts>) =>
    pagePages({ facts: () => facts, health, secrets: new SecretWords(), now: () => LOOKED_AT });
  const answer = async (facts: ReturnType<typeof someFacts>, path: string, query = '') =>
    pages(facts)[path]?.({ query: new URLSearchParams(query), host: 'localhost' });

  test('shows any text as text, and as JSON of its own type', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const holder = { kind: 'HTTPRoute', namespace: text, name: text } as const;
        const facts = someFacts({
          claims: [aClaim(text, { content: text, holder, stateReason: text, zoneName: text })],
          problems: [{ reason: 'Pending', message: text, name: text, zone: text, source: holder }],
          entries: [anEntry(text, { reason: text, holder: text, outcome: text })],
        });
        const page = await answer(facts, '/', `q=${encodeURIComponent(text.toWellFormed())}`);
        expect(page?.body).not.toMatch(/<script|<\/td><script/i);
        expect(page?.body).not.toMatch(STEERS);
        for (const path of ['/api/records', '/api/problems', '/api/history']) {
          const json = await answer(facts, path);
          expect(json).toMatchObject({ status: 200, contentType: 'application/json' });
          expect(JSON.stringify(JSON.parse(json?.body ?? ''))).toContain(JSON.stringify(text));
        }
      }),
    );
  });
});
