import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { stringify } from 'yaml';
import type { Controller, Env } from '../process/controller.ts';
import { eventually } from '../process/eventually.ts';
import { openScene } from '../process/open-scene.ts';
import { HOME, TOKEN, type Scene, type SceneOptions } from '../process/scene.ts';
import { parseExposition } from '../telemetry/exposition.ts';
import { attempt } from './tools/command.ts';
import { SCRAPED, Timeline, type Scrape } from './tools/metric-timeline.ts';
import { promtoolBinary } from './tools/promtool.ts';

const RULES = resolve(import.meta.dirname, '../../chart/routeflare/files/alerts.yaml');
/** A build takes minutes on a small machine; the next run finds it. */
const BUILD_MS = 30 * 60_000;

let promtool = '';
let folder = '';
beforeAll(async () => {
  promtool = await promtoolBinary();
  folder = mkdtempSync(join(tmpdir(), 'rf-alerts-'));
}, BUILD_MS);
afterAll(() => rmSync(folder, { recursive: true }));

async function scrape(controller: Controller): Promise<Scrape> {
  const { body } = await controller.page('/metrics');
  return { at: Date.now() / 1000, text: body };
}

/** Scrapes until a series has such a value. */
async function scrapeWhen(
  controller: Controller,
  series: string,
  fits: (value: number) => boolean,
): Promise<Scrape> {
  return eventually(async () => {
    const seen = await scrape(controller);
    const value = valueIn(seen, series);
    if (value === undefined || !fits(value)) throw new Error(`${series} is ${String(value)}`);
    return seen;
  });
}

/** @param series a name, and after a blank the value of its one label */
function valueIn({ text }: Scrape, series: string): number | undefined {
  const [name, label] = series.split(' ');
  return parseExposition(text).samples.find(
    (sample) => sample.name === name && (label === undefined || Object.values(sample.labels).includes(label)),
  )?.value;
}

/**
 * What promtool objects to these alerts being all that fire at the end of a timeline; '' when they are.
 * @param alerts names, with the reason or family where the alert has one
 */
async function objection(timeline: Timeline, alerts: readonly string[]): Promise<string> {
  const query = 'ALERTS{alertstate="firing"}';
  const at = timeline.minutes - 1;
  const severities: Record<string, string> = {
    RouteflareEgressAddressStale: 'warning',
    RouteflareDeletionsHeld: 'warning',
    RouteflareDriftRate: 'warning',
    RouteflareRateBudgetLow: 'warning',
    RouteflareProblem: 'info',
  };
  const samples = alerts.map((alert) => {
    const [name = '', label] = alert.split(' ');
    const more = {
      RouteflareEgressAddressStale: 'family',
      RouteflareProblem: 'reason',
      RouteflareTokenRefused: 'reason',
    };
    const key = Object.entries(more).find(([each]) => each === name)?.[1];
    const labels = {
      alertname: name,
      alertstate: 'firing',
      severity: severities[name] ?? 'critical',
      ...(name === 'RouteflareAbsent' ? {} : SCRAPED),
      ...(key === undefined ? {} : { [key]: label ?? '' }),
    };
    const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return { labels: `ALERTS{${text.join(', ')}}`, value: 1 };
  });
  const file = join(folder, 'alerts_test.yaml');
  writeFileSync(
    file,
    stringify({
      rule_files: [RULES],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          start_timestamp: timeline.start,
          input_series: timeline.inputSeries(),
          promql_expr_test: [{ expr: query, eval_time: `${at}m`, exp_samples: samples }],
        },
      ],
    }),
  );
  const { code, stdout, stderr } = await attempt(promtool, ['test', 'rules', file]);
  return code === 0 ? '' : stdout + stderr;
}

interface Running {
  readonly scene: Scene;
  readonly controller: Controller;
  /** Two scrapes of the program in health, with a drift check between them. */
  readonly before: Scrape;
  readonly after: Scrape;
  /** An hour of health, to begin a timeline with. */
  readonly hour: () => Timeline;
}

/** A controller with a few records, one of them by the egress address, that lists Cloudflare every two seconds. */
async function running(
  onTestFinished: TestContext['onTestFinished'],
  settings: Env = {},
  options: SceneOptions = {},
): Promise<Running> {
  const scene = await openScene(onTestFinished, options);
  for (const name of ['web', 'blog']) scene.route(name);
  scene.route('home', { keys: { 'content-mode': 'ddns' } });
  const controller = await scene.run({ DRIFT_SCHEDULE: '*/2 * * * * *', ...settings });
  await scene.expectAt('web.example.com', [`A ${HOME}`]);
  await scene.expectAt('home.example.com', ['A 198.41.0.4']);
  const before = await scrapeWhen(controller, 'routeflare_managed_records A', (count) => count === 3);
  const lists = valueIn(before, 'routeflare_cloudflare_requests_total list-zones') ?? 0;
  const after = await scrapeWhen(
    controller,
    'routeflare_cloudflare_requests_total list-zones',
    (count) => count > lists,
  );
  const hour = () => new Timeline(Math.floor(before.at)).repeats(before, after, 60);
  return { scene, controller, before, after, hour };
}

test('the rules are such as Prometheus takes', async () => {
  const { code, stdout, stderr } = await attempt(promtool, [
    'check',
    'rules',
    '--lint=all',
    '--lint-fatal',
    RULES,
  ]);
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
});

describe('nothing fires', () => {
  test('in hours of health', async ({ onTestFinished }) => {
    const { before, after } = await running(onTestFinished);
    expect(await objection(new Timeline(Math.floor(before.at)).repeats(before, after, 300), [])).toBe('');
  });

  test('in a cluster that asks for nothing, where no pass comes after the first', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished);
    const controller = await scene.run();
    const seen = await scrapeWhen(controller, 'routeflare_converged', (value) => value === 1);
    expect(await objection(new Timeline(Math.floor(seen.at)).stays(seen, 300), [])).toBe('');
  });

  test('while a route waits for its Gateway, or a single record is put right', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    scene.route('waits', { parentRefs: [{ name: 'not-there', namespace: 'infra' }] });
    const { id } = scene.cloudflare.record('example.com', 'web.example.com', 'A') ?? { id: '' };
    scene.cloudflare.edit('example.com', id, { content: '192.0.2.9' });
    await scrapeWhen(controller, 'routeflare_drift_corrected_total', (count) => count === 1);
    const seen = await scrapeWhen(controller, 'routeflare_problems Pending', (count) => count > 0);
    expect(await objection(hour().stays(seen, 60), [])).toBe('');
  });

  test('in the first minutes of a start', async ({ onTestFinished }) => {
    const scene = await openScene(onTestFinished);
    scene.kubernetes.serve('Gateway', []);
    const controller = scene.start(['run']);
    const seen = await scrapeWhen(controller, 'routeflare_converged', (value) => value === 0);
    expect(await objection(new Timeline(Math.floor(seen.at)).stays(seen, 10), [])).toBe('');
  });
});

describe('it fires', () => {
  test('RouteflareAbsent when nothing is scraped', async ({ onTestFinished }) => {
    const { hour } = await running(onTestFinished);
    expect(await objection(hour().isAway(20), ['RouteflareAbsent'])).toBe('');
  });

  test('RouteflareTokenRefused, and then RouteflareNotConverged', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    scene.cloudflare.revokeToken(TOKEN);
    const seen = await scrapeWhen(controller, 'routeflare_problems TokenRefused', (count) => count > 0);
    expect(await objection(hour().stays(seen, 8), ['RouteflareTokenRefused TokenRefused'])).toBe('');
    const both = ['RouteflareNotConverged', 'RouteflareTokenRefused TokenRefused'];
    expect(await objection(hour().stays(seen, 20), both)).toBe('');
  });

  test('RouteflareNotConverged when one zone of two cannot be listed', async ({ onTestFinished }) => {
    const other = 'e'.repeat(32);
    const zones = ['example.com', { name: 'example.net', id: other }];
    const { scene, controller, hour } = await running(onTestFinished, {}, { zones });
    scene.route('other', { hosts: ['other.example.net'] });
    await scene.expectAt('other.example.net', [`A ${HOME}`]);
    scene.cloudflare.fault({
      kind: 'status',
      times: Infinity,
      match: ({ path }) => path.includes('/dns_records') && path.includes(other),
    });
    const seen = await scrapeWhen(controller, 'routeflare_converged', (value) => value === 0);
    expect(await objection(hour().stays(seen, 20), ['RouteflareNotConverged'])).toBe('');
  });

  test('RouteflareNoSuccess when the drift checks stop without a word', async ({ onTestFinished }) => {
    const { after, hour } = await running(onTestFinished);
    expect(await objection(hour().stays(after, 115), [])).toBe('');
    expect(await objection(hour().stays(after, 130), ['RouteflareNoSuccess'])).toBe('');
  });

  test('RouteflareEgressAddressStale when the voters fall silent', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    scene.echo.setAddress('ipv4', undefined);
    const seen = await scrapeWhen(controller, 'routeflare_egress_age_seconds ipv4', (age) => age > 2);
    const later = await scrape(controller);
    expect(valueIn(later, 'routeflare_egress_age_seconds ipv4')).toBeGreaterThanOrEqual(
      (valueIn(seen, 'routeflare_egress_age_seconds ipv4') ?? 0) + (later.at - seen.at) - 0.5,
    );
    expect(await objection(hour().ages(seen, 60), [])).toBe('');
    expect(await objection(hour().ages(seen, 70), ['RouteflareEgressAddressStale ipv4'])).toBe('');
  });

  test('RouteflareEgressAddressStale when no voter has answered since the start', async ({
    onTestFinished,
  }) => {
    const scene = await openScene(onTestFinished, { echo: {} });
    scene.route('home', { keys: { 'content-mode': 'ddns' } });
    const controller = await scene.run();
    const seen = await scrapeWhen(controller, 'routeflare_egress_age_seconds ipv4', (age) => age > 1);
    expect(
      await objection(new Timeline(Math.floor(seen.at)).ages(seen, 70), [
        'RouteflareEgressAddressStale ipv4',
      ]),
    ).toBe('');
  });

  test('RouteflareDeletionsHeld', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished, { MAX_DELETES: '0' });
    scene.unroute('web');
    const seen = await scrapeWhen(controller, 'routeflare_held_deletions', (count) => count === 1);
    expect(await objection(hour().stays(seen, 10), ['RouteflareDeletionsHeld'])).toBe('');
  });

  test('RouteflareDriftRate when somebody keeps changing records', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    for (let n = 0; n < 12; n += 1) scene.route(`r${n}`);
    for (let n = 0; n < 12; n += 1) await scene.expectAt(`r${n}.example.com`, [`A ${HOME}`]);
    for (let n = 0; n < 12; n += 1) {
      const { id } = scene.cloudflare.record('example.com', `r${n}.example.com`, 'A') ?? { id: '' };
      scene.cloudflare.edit('example.com', id, { content: '192.0.2.9' });
    }
    const seen = await scrapeWhen(controller, 'routeflare_drift_corrected_total', (count) => count === 12);
    expect(await objection(hour().stays(seen, 30), ['RouteflareDriftRate'])).toBe('');
    expect(await objection(hour().stays(seen, 90), [])).toBe('');
  });

  test('RouteflareRateBudgetLow while few calls are left, and not for ever after', async ({
    onTestFinished,
  }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    for (let n = 0; n < 1100; n += 1) scene.cloudflare.rateLimit.spend();
    const seen = await scrapeWhen(controller, 'routeflare_rate_limit_remaining', (left) => left < 120);
    expect(await objection(hour().stays(seen, 10), ['RouteflareRateBudgetLow'])).toBe('');
    // A scrape that met a pass in its wait for the budget is of a program that has not converged, and stays so here.
    const rest = valueIn(seen, 'routeflare_converged') === 1 ? [] : ['RouteflareNotConverged'];
    expect(await objection(hour().stays(seen, 60), rest)).toBe('');
  });

  test('RouteflareRateBudgetLow when Cloudflare refuses calls for their number', async ({
    onTestFinished,
  }) => {
    const { scene, controller, hour, before } = await running(onTestFinished);
    scene.cloudflare.fault({ kind: 'status', status: 429, times: 2, headers: { 'retry-after': '1' } });
    const series = 'routeflare_cloudflare_requests_total 429';
    const first = await scrapeWhen(controller, series, (count) => count === 1);
    const second = await scrapeWhen(controller, series, (count) => count === 2);
    expect(valueIn(before, series)).toBeUndefined();
    expect(await objection(hour().stays(first, 5).stays(second, 5), ['RouteflareRateBudgetLow'])).toBe('');
  });

  test('RouteflareProblem with its reason when an annotation cannot be used', async ({ onTestFinished }) => {
    const { scene, controller, hour } = await running(onTestFinished);
    scene.annotate('web', { ttl: 'soon' });
    const seen = await scrapeWhen(
      controller,
      'routeflare_problems InvalidAnnotation',
      (count) => count === 1,
    );
    expect(await objection(hour().stays(seen, 25), [])).toBe('');
    expect(await objection(hour().stays(seen, 40), ['RouteflareProblem InvalidAnnotation'])).toBe('');
  });
});
