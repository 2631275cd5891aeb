import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PROBLEM_REASONS } from '../../src/domain/problem.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { parseExposition } from '../telemetry/exposition.ts';
import { CHART, read } from './chart-files.ts';
import { type JsonSchema } from './json-schema.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: unknown }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
  readonly panels: readonly Panel[];
}

const { groups } = parse(read(`${CHART}files/alerts.yaml`)) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read(`${CHART}files/dashboard.json`)) as Dashboard;
const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);

/** Every series that the program can have, by name, with the keys of its labels. */
async function exposed(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Metrics();
  metrics.managedRecords([{ zone: 'example.com', type: 'A', count: 3 }]);
  metrics.changeEnded('create', 'done');
  metrics.cloudflareAnswered('batch', 200, 250);
  metrics.passEnded(12, true, 90_000);
  metrics.egressConfirmed(4, 40_000);
  metrics.budgetSeen(1199);
  const { samples } = parseExposition(await metrics.text());
  return new Map(samples.map(({ name, labels }) => [name, new Set(Object.keys(labels))]));
}

/** What Prometheus itself puts on a series. */
const SCRAPED = ['job', 'instance'];

describe.each([
  ['the alerts', rules.map(({ expr }) => expr)],
  ['the dashboard', targets.map(({ expr }) => expr)],
])('%s', (_, expressions) => {
  test('use only metrics and labels that there are', async () => {
    const series = await exposed();
    const wrong = expressions.flatMap((expression) =>
      [...expression.matchAll(/\b((?:routeflare|process)_\w+)(?:\{([^}]*)\})?/g)].flatMap(
        ([, name = '', matchers = '']) => {
          const labels = series.get(name);
          if (labels === undefined) return [name];
          const keys = [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, key = '']) => key);
          return keys
            .filter((key) => !labels.has(key) && !SCRAPED.includes(key))
            .map((key) => `${name}{${key}}`);
        },
      ),
    );
    expect(wrong).toEqual([]);
    expect(expressions.length).toBeGreaterThan(8);
  });

  test('group by labels that there are', async () => {
    const known = new Set([...(await exposed()).values()].flatMap((labels) => [...labels]));
    const grouped = expressions.flatMap((expression) =>
      [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, keys = '']) => keys.split(/,\s*/)),
    );
    expect(grouped.filter((key) => !known.has(key) && !SCRAPED.includes(key))).toEqual([]);
  });

  test('name reasons that there are', () => {
    const named = expressions.flatMap((expression) =>
      [...expression.matchAll(/reason[=!]~?"([^"]*)"/g)].flatMap(([, words = '']) => words.split('|')),
    );
    expect(named.filter((word) => !PROBLEM_REASONS.some((reason) => reason === word))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});

describe('the alerts', () => {
  test('are each a row in docs/telemetry.md, and there are no other rows', () => {
    const rows = [...read('docs/telemetry.md').matchAll(/^\| `(Routeflare\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(rules.map(({ alert }) => alert));
  });

  test('are those that prometheusRule.without may name', () => {
    const schema = JSON.parse(read(`${CHART}values.schema.json`)) as JsonSchema;
    const without = schema.properties?.['prometheusRule']?.properties?.['without'];
    expect(without?.items?.enum).toEqual(rules.map(({ alert }) => alert));
  });

  test('have a severity each, a summary and what to do', () => {
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning', 'info']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/\.$/);
      expect(annotations['description']?.length).toBeGreaterThan(60);
    }
  });
});

describe('the dashboard', () => {
  test('lets a person choose the data source, and every panel asks that one', () => {
    expect(dashboard.templating.list[0]).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
    });
    const shown = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const one of [...shown, ...targets])
      expect(one.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
  });

  test('has panels with an id, a title and a description each, none over another', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
      expect(title).not.toBe('');
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    for (const panel of dashboard.panels.filter(({ type }) => type !== 'row')) {
      expect(panel.description).toMatch(/\.$/);
      expect(panel.targets?.length).toBeGreaterThan(0);
    }
  });
});
