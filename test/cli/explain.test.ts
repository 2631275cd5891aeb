import { afterEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import type { Chain } from '../../src/controller/explain.ts';
import { eventually } from '../process/eventually.ts';
import { FROM_ALL, httpRoute } from '../process/manifests.ts';
import { HOME, Scene, type SceneOptions } from '../process/scene.ts';
import { runCommand } from './captured-context.ts';

const APP = 'app.example.com';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function scene(options: SceneOptions = {}): Promise<Scene> {
  open = await Scene.open(options);
  return open;
}

interface Explained {
  readonly chains: readonly Chain[];
  readonly verdict: string;
}

async function explained(at: Scene, subject: string): Promise<Explained> {
  const { code, out } = await runCommand(explain, ['explain', subject, '--output', 'json'], at.settings());
  expect(code).toBe(0);
  return JSON.parse(out) as Explained;
}

/** The one chain there is, as `ok check` and `FAIL check: evidence` lines. */
function chainOf({ chains }: Explained): { readonly lines: string[]; readonly verdict: string } {
  expect(chains).toHaveLength(1);
  const [chain] = chains;
  const lines = (chain?.steps ?? []).map(({ check, passed, evidence }) =>
    passed ? `ok ${check}` : `FAIL ${check}: ${evidence}`,
  );
  return { lines, verdict: chain?.verdict ?? '' };
}

describe('explain NAME', () => {
  test('of a record that is as wanted passes every check, each with its evidence', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const found = await explained(at, APP);
    const { lines, verdict } = chainOf(found);
    expect(lines).toEqual([
      'ok source',
      'ok annotations',
      'ok hostname',
      'ok listener',
      'ok zone',
      'ok parent',
      'ok content',
      'ok conflict',
      'ok ledger',
      'ok cloudflare',
      'ok last write',
      'ok plan',
      'ok audit',
    ]);
    expect(verdict).toBe(`A ${APP} is ${HOME}, as HTTPRoute/apps/app wants it.`);
    const evidence = Object.fromEntries(
      (found.chains[0]?.steps ?? []).map((step) => [step.check, step.evidence]),
    );
    expect(evidence['content']).toBe(`${HOME}, by gateway-address, from the status of Gateway infra/home`);
    expect(evidence['listener']).toMatch(/^given by listener \S+ \(.*\) of Gateway infra\/home$/);
    expect(evidence['zone']).toBe('zone example.com');
    expect(evidence['last write']).toMatch(/^create at .*: done$/);
    const { stdout } = await at.command(['explain', APP]);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(verdict);
  });

  test.each([
    [
      'another zone',
      { hosts: ['app.example.net'] },
      'app.example.net',
      'zone',
      /in no zone that the token sees/,
    ],
    ['no mode', { keys: { ttl: '300' } }, APP, 'content-mode', /content-mode/],
    ['mode none', { keys: { 'content-mode': 'none' } }, APP, 'content-mode', /is none/],
    ['a bad key', { keys: { 'content-mode': 'dns' } }, APP, 'annotations', /"dns" cannot be used/],
    ['suspend', { keys: { 'content-mode': 'ddns', suspend: 'true' } }, APP, 'suspend', /suspend/],
    [
      'no such gateway',
      { parentRefs: [{ name: 'away', namespace: 'infra' }] },
      APP,
      'listener',
      /infra\/away/,
    ],
    [
      'an address of the wrong family',
      { keys: { 'content-mode': 'gateway-address', type: 'AAAA' } },
      APP,
      'content',
      /no IPv6 address/,
    ],
  ] as const)(
    'of a name that %s keeps from its record gives the first reason',
    async (_, options, name, check, why) => {
      const at = await scene();
      at.route('app', options);
      const { lines, verdict } = chainOf(await explained(at, name));
      const failed = lines.find((line) => line.startsWith(`FAIL ${check}: `));
      expect(failed).toMatch(why);
      expect(verdict).toMatch(why);
      expect(verdict).toMatch(/is not published for HTTPRoute\/apps\/app/);
      expect(at.writes).toEqual([]);
    },
  );

  test('tells of each parent, and one that gives the name is enough', async () => {
    const at = await scene();
    at.gateway(
      'other',
      ['203.0.113.20'],
      [{ name: 'web', port: 80, protocol: 'HTTP', ...FROM_ALL, hostname: '*.example.org' }],
    );
    at.route('app', {
      parentRefs: [
        { name: 'other', namespace: 'infra' },
        { name: 'home', namespace: 'infra' },
      ],
    });
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    expect(chainOf(await explained(at, APP)).verdict).toMatch(/as HTTPRoute\/apps\/app wants it/);
  });

  test('of two sources that want it tells both chains, and who has the better right', async () => {
    const at = await scene();
    at.route('app', { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } });
    at.route('rival', {
      hosts: [APP],
      namespace: 'other',
      metadata: { creationTimestamp: '2026-01-02T00:00:00Z' },
    });
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const { chains } = await explained(at, APP);
    expect(chains.map(({ source }) => source)).toEqual(['HTTPRoute/apps/app', 'HTTPRoute/other/rival']);
    const lost = chains[1]?.steps.find(({ passed }) => !passed);
    expect(lost).toMatchObject({
      check: 'conflict',
      evidence: expect.stringMatching(/belongs to HTTPRoute\/apps\/app/),
    });
  });

  test('of a stranger’s record in the way tells whose it is', async () => {
    const at = await scene();
    at.cloudflare.create('example.com', {
      name: APP,
      type: 'A',
      content: '198.51.100.7',
      comment: 'record-owner-id=somebody',
    });
    at.route('app');
    const { lines, verdict } = chainOf(await explained(at, APP));
    expect(lines.at(-2)).toMatch(/^FAIL plan: .*is blocked by A 198\.51\.100\.7/);
    expect(lines.at(-1)).toMatch(/^FAIL audit: stranger; mend: /);
    expect(verdict).toMatch(/marked somebody/);
  });

  test('of a name that NS records hand over tells what stands, and what is wrong with it', async () => {
    const at = await scene();
    for (const name of ['on.example.com', 'cut.example.com']) {
      at.cloudflare.create('example.com', { name, type: 'NS', content: 'ns1.example.net' });
    }
    at.route('app', { hosts: ['on.example.com', 'app.cut.example.com'] });
    await at.run();
    await at.expectAt('app.cut.example.com', [`A ${HOME}`]);
    const below = await explained(at, 'app.cut.example.com');
    expect(chainOf(below).verdict).toMatch(/^A app\.cut\.example\.com is 203.*, and yet: .*answers nobody/);
    const on = await explained(at, 'on.example.com');
    expect(chainOf(on).verdict).toMatch(/should be 203.*blocked by NS ns1\.example\.net/);
    expect(on.chains[0]?.steps.find(({ check }) => check === 'cloudflare')?.evidence).toMatch(
      /^at Cloudflare: NS/,
    );
  });

  test('of a name that nobody asks for says so, and what stands there', async () => {
    const at = await scene();
    at.cloudflare.create('example.com', { name: APP, type: 'A', content: '198.51.100.7' });
    const { chains, verdict } = await explained(at, APP);
    expect(chains).toEqual([]);
    expect(verdict).toMatch(
      /no source .* asks for app\.example\.com; at Cloudflare: A 198\.51\.100\.7 \(unmarked/,
    );
    expect((await explained(at, 'app.example.net')).verdict).toMatch(/in no zone/);
  });

  test('of a record whose source is gone says why it goes', async () => {
    const at = await scene({ settings: { DELETE_DELAY: '1h' } });
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.unroute('app');
    const { verdict } = chainOf(await explained(at, APP));
    expect(verdict).toBe(`A ${APP} is to be deleted: HTTPRoute/apps/app is gone`);
  });
});

describe('explain says what plan, audit and Events say at the same moment', () => {
  const ask = (at: Scene, name: string, grace: string): void => {
    const route = httpRoute(name, { keys: { 'content-mode': 'gateway-address', 'require-ready': grace } });
    const rules = [{ backendRefs: [{ name: 'back', port: 80 }] }];
    at.kubernetes.objects.apply({ ...route, spec: { ...(route['spec'] as object), rules } });
  };

  test('of a route without a ready backend, before there is a record and while one waits', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    ask(at, 'app', '1h');
    ask(at, 'late', '1h');
    await at.expectEvent('app', 'NotReady', /what is published goes when that lasts 1h/);
    await at.expectEvent('late', 'NotReady');
    const waits = chainOf(await explained(at, APP));
    expect(waits.verdict).toBe(
      `A ${APP} is ${HOME} for HTTPRoute/apps/app, and yet: Service apps/back is missing; what is published goes when that lasts 1h`,
    );
    const none = chainOf(await explained(at, 'late.example.com'));
    expect(none.verdict).toMatch(
      /^A late\.example\.com is not published for .*: Service apps\/back is missing/,
    );
    expect(none.lines.filter((line) => line.startsWith('FAIL'))).toEqual([
      expect.stringMatching(/^FAIL require-ready: Service apps\/back is missing/),
    ]);
  });

  test('of a record that the controller is about to delete, though a new process would wait', async () => {
    const at = await scene({ settings: { DELETE_DELAY: '1h' } });
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    ask(at, 'app', '1s');
    await eventually(() => expect(at.row(APP)?.['state']).toBe('deleting'));
    const { lines, verdict } = chainOf(await explained(at, APP));
    expect(lines).toContainEqual(expect.stringMatching(/^FAIL ledger: .*deleting \(Service apps\/back/));
    expect(verdict).toBe(
      `A ${APP} is ${HOME} for HTTPRoute/apps/app, and yet: it is deleting in the ledger since ${String(at.row(APP)?.['doomed_at'])}: Service apps/back is missing`,
    );
  });

  test('of a record that somebody deleted at Cloudflare', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.cloudflare.remove('example.com', at.recordsAt(APP)[0]?.id ?? '');
    const { lines, verdict } = chainOf(await explained(at, APP));
    expect(verdict).toMatch(new RegExp(`^A ${APP} should be ${HOME} for .*: missing: .*routeflare check$`));
    expect(lines).not.toContain('ok plan');
    expect(lines.at(-1)).toMatch(/^FAIL audit: missing: .*not at Cloudflare; mend: routeflare check$/);
  });

  test('of a held deletion', async () => {
    const at = await scene({ settings: { MAX_DELETES: '0' } });
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.unroute('app');
    await eventually(() => expect(at.row(APP)?.['state']).toBe('held'));
    const found = await explained(at, APP);
    const { lines, verdict } = chainOf(found);
    const why = String(at.row(APP)?.['state_reason']);
    const ledger = found.chains[0]?.steps.find(({ check }) => check === 'ledger')?.evidence;
    expect(ledger).toMatch(new RegExp(`, since ${String(at.row(APP)?.['doomed_at'])}$`));
    expect(verdict).toBe(
      `A ${APP} is held: ${why}; held because MAX_DELETES is 0: every deletion needs "routeflare approve"; mend: if this was not meant, bring back what asked for it; routeflare approve deletes it for good`,
    );
    expect(lines).toEqual(expect.arrayContaining(['ok ledger', 'ok cloudflare', 'ok last write']));
  });

  test('of one among many, with the numbers of the brake', async () => {
    const at = await scene({ settings: { MAX_DELETES: '1' } });
    for (const name of ['app', 'two', 'three']) at.route(name);
    await at.run();
    for (const name of ['app', 'two', 'three']) await at.expectAt(`${name}.example.com`, [`A ${HOME}`]);
    at.unroute('app');
    at.unroute('two');
    await eventually(() => expect(at.row(APP)?.['state']).toBe('held'));
    const { verdict } = chainOf(await explained(at, APP));
    expect(verdict).toContain(
      'held because 2 of 3 managed records would be deleted together, more than MAX_DELETES (1)',
    );
  });

  test('of a record that a suspended source left', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.annotate('app', { suspend: 'true' });
    await eventually(() => expect(at.row(APP)?.['state']).toBe('suspended'));
    at.unroute('app');
    await eventually(() => expect(at.row(APP)?.['state']).toBe('left'));
    const { verdict } = chainOf(await explained(at, APP));
    expect(verdict).toBe(
      `A ${APP} is left: ${String(at.row(APP)?.['state_reason'])}; mend: routeflare approve deletes it; routeflare release ${APP} lets it go`,
    );
  });

  test('of an orphan', async () => {
    const at = await scene();
    at.cloudflare.create('example.com', {
      name: APP,
      type: 'A',
      content: '192.0.2.8',
      comment: 'record-owner-id=former',
    });
    const { out } = await runCommand(explain, ['explain', APP], at.settings({ FORMER_OWNER_IDS: 'former' }));
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).not.toMatch(/ours-if-wanted/);
    expect(text).toMatch(/orphan: .*a former owner id; mend: routeflare approve/);
  });

  test('of keys that an Event complains of, and that stop nothing', async () => {
    const at = await scene();
    at.route('app', {
      keys: { 'content-mode': 'gateway-address', 'require-redy': 'true', content: '1.2.3.4' },
    });
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    await at.expectEvent('app', 'InvalidAnnotation', /require-redy/);
    const { lines, verdict } = chainOf(await explained(at, APP));
    const complaint = lines.find((line) => line.startsWith('FAIL annotations: '));
    expect(complaint).toMatch(/require-redy/);
    expect(complaint).toMatch(/routeflare\/content\b/);
    expect(verdict).toMatch(
      new RegExp(`^A ${APP} is ${HOME} for HTTPRoute/apps/app, and yet: .*require-redy`),
    );
  });

  test('after uninstall, of what stopped everything', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    expect((await at.command(['uninstall', '--keep-records', '--yes'])).code).toBe(0);
    expect(chainOf(await explained(at, APP)).verdict).toMatch(
      new RegExp(`^A ${APP} should be ${HOME} .*: nothing is written since .*routeflare uninstall --undo`),
    );
  });

  test('of a record that another owner marked, as of one that is not ours', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    at.cloudflare.edit('example.com', at.recordsAt(APP)[0]?.id ?? '', { comment: 'record-owner-id=other' });
    expect((await at.command(['check', '--wait'])).code).toBe(0);
    await eventually(() => expect(at.row(APP)?.['state']).toBe('released'));
    const { verdict } = chainOf(await explained(at, APP));
    expect(verdict).toMatch(new RegExp(`^A ${APP} should be ${HOME} for HTTPRoute/apps/app: .*blocked`));
  });

  test('of a Service without hostnames', async () => {
    const at = await scene({ settings: { SOURCES: 'httproute,service' } });
    at.kubernetes.objects.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'mail',
        namespace: 'apps',
        annotations: { 'routeflare/content-mode': 'gateway-address' },
      },
      spec: { type: 'LoadBalancer', ports: [] },
    });
    await at.run();
    await at.expectEvent('mail', 'InvalidAnnotation', /routeflare\/hostnames is required/);
    expect(chainOf(await explained(at, 'Service/apps/mail')).verdict).toBe(
      'nothing is published for Service/apps/mail: a Service has no hostnames of its own: routeflare/hostnames is required',
    );
  });

  test('a failed check is marked as one', async () => {
    const at = await scene();
    at.route('app', { keys: { 'content-mode': 'none' } });
    const { out } = await runCommand(explain, ['explain', APP], at.settings());
    expect(out).toMatch(/^FAIL content-mode {3,}routeflare\/content-mode is none$/m);
  });
});

describe('explain KIND/NS/NAME', () => {
  test('tells a chain for each name of the source', async () => {
    const at = await scene();
    at.route('app', { hosts: ['a.example.com', 'b.example.net'] });
    const { chains } = await explained(at, 'httproute/apps/app');
    expect(chains.map(({ name }) => name)).toEqual(['a.example.com', 'b.example.net']);
    expect(chains[0]?.verdict).toMatch(/should be 203\.0\.113\.10 for HTTPRoute\/apps\/app: create A: new/);
  });

  test.each([
    ['httproute/apps/nobody', /is not there/],
    ['ingress/apps/app', /SOURCES does not include ingress/],
    ['httproute/apps/bare', /content-mode|no routeflare\/ annotation/],
  ])('of %s says why it counts for nothing', async (subject, why) => {
    const at = await scene();
    at.route('bare', { keys: {} });
    expect(chainOf(await explained(at, subject)).verdict).toMatch(why);
  });

  test('of what is none of both is wrong use', async () => {
    const at = await scene();
    expect((await runCommand(explain, ['explain', 'pod/apps/app'], at.settings())).code).toBe(1);
    expect((await runCommand(explain, ['explain', 'not a name'], at.settings())).code).toBe(1);
  });
});
