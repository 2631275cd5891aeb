import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, formatSettingProblem, loadConfig, type Config } from '../../src/config/config.ts';
import { SETTING_NAMES } from '../../src/config/unknown-settings.ts';
import { FakeFiles } from './fake-files.ts';

const TOKEN = 'v1.0-abcdefghij_KLMNOPQRST-0123456789';
type Env = Record<string, string | undefined>;

function load(env: Env, files = new FakeFiles()) {
  return loadConfig({ CLOUDFLARE_API_TOKEN: TOKEN, ...env }, files, everything);
}

function configOf(env: Env): Config {
  const loaded = load(env);
  if (!loaded.ok) throw new Error(loaded.error.map(formatSettingProblem).join('\n'));
  return loaded.value.config;
}

function problemsOf(env: Env, files?: FakeFiles): readonly string[] {
  const loaded = load(env, files);
  return loaded.ok ? [] : loaded.error.map(formatSettingProblem);
}

describe('defaults', () => {
  it('are those of the table', () => {
    expect(configOf({})).toMatchObject({
      cloudflare: { zones: undefined },
      kubernetes: {
        kubeconfig: undefined,
        sources: new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']),
        sourceSelector: undefined,
        watchNamespaces: undefined,
      },
      ownership: { ownerId: undefined, formerOwnerIds: ['routeflare'] },
      policy: {
        strategy: 'full',
        dryRun: false,
        protectedNames: [],
        deleteDelayMs: 30_000,
        maxDeletes: 5,
        driftSchedule: '*/5 * * * *',
      },
      ddns: {
        schedule: '*/5 * * * *',
        confirmDelayMs: 20_000,
        voters: { 4: undefined, 6: undefined },
        quorum: 2,
        allow: [],
        only: [],
      },
      ledger: { path: './routeflare.db' },
      http: { address: { host: undefined, port: 8080 }, page: false },
      log: { level: 'info', format: 'json' },
    });
    expect(configOf({}).cloudflare.baseUrl.href).toBe('https://api.cloudflare.com/client/v4');
  });

  it('hold for a blank value too', () => {
    const blank = Object.fromEntries(SETTING_NAMES.map((name) => [name, ' ']));
    const loaded = loadConfig({ ...blank, CLOUDFLARE_API_TOKEN: TOKEN }, new FakeFiles(), everything);
    expect(loaded.ok && loaded.value.config.policy).toEqual(configOf({}).policy);
  });

  it('are told, one line for each setting that was read', () => {
    const loaded = load({});
    if (!loaded.ok) throw new Error('must load');
    const told = Object.keys(loaded.value.effective);
    const known = SETTING_NAMES.filter((name) => !name.endsWith('_FILE'));
    expect(told.toSorted()).toEqual(known.toSorted());
  });
});

describe('good values', () => {
  const good: readonly [Env, (config: Config) => unknown, unknown][] = [
    [
      { CLOUDFLARE_BASE_URL: 'http://127.0.0.1:99/v4/' },
      (c) => c.cloudflare.baseUrl.href,
      'http://127.0.0.1:99/v4',
    ],
    [{ CLOUDFLARE_BASE_URL: 'http://[::1]:99' }, (c) => c.cloudflare.baseUrl.host, '[::1]:99'],
    [
      { ZONES: 'Example.com, bücher.example.,0123456789abcdef0123456789ABCDEF' },
      (c) => c.cloudflare.zones,
      [
        { kind: 'name', name: 'example.com' },
        { kind: 'name', name: 'xn--bcher-kva.example' },
        { kind: 'id', id: '0123456789abcdef0123456789abcdef' },
      ],
    ],
    [{ KUBECONFIG: '/a:/b' }, (c) => c.kubernetes.kubeconfig, '/a:/b'],
    [{ SOURCES: 'HTTPRoute,service,httproute' }, (c) => [...c.kubernetes.sources], ['HTTPRoute', 'Service']],
    [
      { SOURCE_SELECTOR: 'a=b,!c,x in (y, z)' },
      (c) => c.kubernetes.sourceSelector?.text,
      'a=b,!c,x in (y, z)',
    ],
    [{ RECORD_OWNER_ID: 'home.lab-1' }, (c) => c.ownership.ownerId, 'home.lab-1'],
    [{ RECORD_OWNER_ID: 'routeflare' }, (c) => c.ownership.formerOwnerIds, []],
    [{ FORMER_OWNER_IDS: 'Old_One,two' }, (c) => c.ownership.formerOwnerIds, ['Old_One', 'two']],
    [
      { WATCH_NAMESPACES: 'a, b', RECORD_OWNER_ID: 'x' },
      (c) => c.kubernetes.watchNamespaces,
      new Set(['a', 'b']),
    ],
    [{ STRATEGY: 'Upsert-Only' }, (c) => c.policy.strategy, 'upsert-only'],
    [{ DRY_RUN: 'TRUE' }, (c) => c.policy.dryRun, true],
    [{ PROTECTED_NAMES: '*.Example.com,a.b' }, (c) => c.policy.protectedNames, ['*.example.com', 'a.b']],
    [{ DELETE_DELAY: '1h30m' }, (c) => c.policy.deleteDelayMs, 5_400_000],
    [{ DELETE_DELAY: '0' }, (c) => c.policy.deleteDelayMs, 0],
    [{ MAX_DELETES: '0' }, (c) => c.policy.maxDeletes, 0],
    [{ MAX_DELETES: 'OFF' }, (c) => c.policy.maxDeletes, 'off'],
    [{ DRIFT_SCHEDULE: ' 0  */10 * * * * ' }, (c) => c.policy.driftSchedule, '0 */10 * * * *'],
    [{ DDNS_SCHEDULE: '0 4 * * MON' }, (c) => c.ddns.schedule, '0 4 * * MON'],
    [{ DDNS_CONFIRM_DELAY: '500ms' }, (c) => c.ddns.confirmDelayMs, 500],
    [
      { DDNS_IPV4_VOTERS: 'https://a.example/ip,http://127.0.0.1:1/' },
      (c) => c.ddns.voters[4]?.map((url) => url.href),
      ['https://a.example/ip', 'http://127.0.0.1:1/'],
    ],
    [{ DDNS_QUORUM: '3' }, (c) => c.ddns.quorum, 3],
    [
      { DDNS_ALLOW_CIDRS: '10.0.0.0/8,fd00::/8' },
      (c) => c.ddns.allow,
      [
        { family: 4, text: '10.0.0.0/8' },
        { family: 6, text: 'fd00::/8' },
      ],
    ],
    [{ DDNS_ONLY_CIDRS: '1.2.3.4/32' }, (c) => c.ddns.only, [{ family: 4, text: '1.2.3.4/32' }]],
    [{ LEDGER_PATH: ' /data/x.db ' }, (c) => c.ledger.path, '/data/x.db'],
    [{ HTTP_ADDRESS: '[::1]:0' }, (c) => c.http.address, { host: '::1', port: 0 }],
    [{ HTTP_ADDRESS: 'localhost:80' }, (c) => c.http.address, { host: 'localhost', port: 80 }],
    [{ PAGE: 'true' }, (c) => c.http.page, true],
    [{ HEARTBEAT_URL: 'https://hc.example/uuid' }, (c) => c.monitoring.heartbeat?.format, 'healthchecks'],
    [
      { HEARTBEAT_URL: 'http://kuma:3001/x', HEARTBEAT_FORMAT: 'Uptime-Kuma', HEARTBEAT_INTERVAL: '1m' },
      (c) => c.monitoring.heartbeat,
      expect.objectContaining({ format: 'uptime-kuma', intervalMs: 60_000 }),
    ],
    [
      { NOTICE_URL: 'https://user:word@ntfy.example/topic', NOTICE_FORMAT: 'slack' },
      (c) => [c.monitoring.notice?.format, c.monitoring.notice?.url.url.reveal()],
      ['slack', 'https://user:word@ntfy.example/topic'],
    ],
    [{ HEARTBEAT_INTERVAL: '10m' }, (c) => c.monitoring, { heartbeat: undefined, notice: undefined }],
    [{ LOG_LEVEL: 'Debug', LOG_FORMAT: 'pretty' }, (c) => c.log, { level: 'debug', format: 'pretty' }],
  ];
  it.each(good)('%j', (env, pick, value) => {
    expect(pick(configOf(env))).toEqual(value);
  });

  it('name every setting once at least', () => {
    const named = new Set(good.flatMap(([env]) => Object.keys(env)));
    expect(
      SETTING_NAMES.filter(
        (name) =>
          !named.has(name) &&
          !name.endsWith('_FILE') &&
          name !== 'CLOUDFLARE_API_TOKEN' &&
          name !== 'DDNS_IPV6_VOTERS',
      ),
    ).toEqual([]);
  });
});

describe('bad values', () => {
  const bad: readonly [string, string][] = [
    ['CLOUDFLARE_BASE_URL', 'http://api.example.com'],
    ['CLOUDFLARE_BASE_URL', 'ftp://localhost/'],
    ['CLOUDFLARE_BASE_URL', 'https://x.example/?a=b'],
    ['CLOUDFLARE_BASE_URL', 'api.cloudflare.com'],
    ['KUBECONFIG', 'a\0b'],
    ['RECORD_OWNER_ID', 'Home'],
    ['RECORD_OWNER_ID', '-a'],
    ['RECORD_OWNER_ID', 'a'.repeat(33)],
    ['FORMER_OWNER_IDS', 'two words'],
    ['STRATEGY', 'upsert'],
    ['DRY_RUN', '1'],
    ['LEDGER_PATH', ':memory:'],
    ['LEDGER_PATH', 'file:x?mode=memory'],
    ['LEDGER_PATH', '/data/'],
    ['ZONES', '*.example.com'],
    ['ZONES', ' , '],
    ['SOURCES', 'httproutes'],
    ['SOURCE_SELECTOR', 'a=b c'],
    ['SOURCE_SELECTOR', 'a in b'],
    ['WATCH_NAMESPACES', 'Default'],
    ['PROTECTED_NAMES', 'a.*.example.com'],
    ['DELETE_DELAY', '30'],
    ['DELETE_DELAY', '1m1h'],
    ['DELETE_DELAY', '169h'],
    ['DELETE_DELAY', '-5s'],
    ['MAX_DELETES', '-1'],
    ['MAX_DELETES', '5.5'],
    ['DRIFT_SCHEDULE', '* * * *'],
    ['DRIFT_SCHEDULE', '@hourly'],
    ['DRIFT_SCHEDULE', '61 * * * *'],
    ['DDNS_SCHEDULE', 'every minute'],
    ['DDNS_CONFIRM_DELAY', '20 seconds'],
    ['DDNS_IPV4_VOTERS', 'http://192.168.1.1/'],
    ['DDNS_IPV6_VOTERS', 'https://only-one.example/'],
    ['DDNS_QUORUM', '0'],
    ['DDNS_QUORUM', 'two'],
    ['DDNS_ALLOW_CIDRS', '10.0.0.1/8'],
    ['DDNS_ALLOW_CIDRS', '10.0.0.0'],
    ['DDNS_ONLY_CIDRS', '2001:db8::/129'],
    ['HTTP_ADDRESS', '8080'],
    ['HTTP_ADDRESS', ':65536'],
    ['HTTP_ADDRESS', '::1:80'],
    ['PAGE', 'yes'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_FORMAT', 'text'],
    ['HEARTBEAT_URL', 'hc.example/uuid'],
    ['HEARTBEAT_URL', 'ftp://hc.example/uuid'],
    ['HEARTBEAT_URL_FILE', '/none'],
    ['HEARTBEAT_URL_FILE', 'https://hc.example/uuid'],
    ['HEARTBEAT_FORMAT', 'kuma'],
    ['HEARTBEAT_INTERVAL', '500ms'],
    ['HEARTBEAT_INTERVAL', '5'],
    ['NOTICE_URL', 'https://ntfy.example/topic#top'],
    ['NOTICE_URL_FILE', '/none'],
    ['NOTICE_FORMAT', 'json'],
  ];
  it.each(bad)('%s=%j is refused by name, and nothing else is', (name, value) => {
    const env = { RECORD_OWNER_ID: 'x', [name]: value };
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  it('name every setting once at least', () => {
    const named = new Set(bad.map(([name]) => name));
    expect(SETTING_NAMES.filter((name) => !named.has(name) && !name.includes('TOKEN'))).toEqual([]);
  });

  it('quote the raw value and say what is allowed', () => {
    expect(problemsOf({ STRATEGY: 'upsert' })).toEqual([
      'STRATEGY: "upsert" is not allowed: one of full, upsert-only',
    ]);
  });

  it('are told all at once, all of a list too', () => {
    const all = Object.fromEntries(
      bad.filter(([name]) => name !== 'DDNS_IPV6_VOTERS' && !name.endsWith('URL_FILE')),
    );
    const problems = problemsOf(all);
    expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual(
      expect.arrayContaining(Object.keys(all)),
    );
    expect(problemsOf({ PROTECTED_NAMES: 'ok.example,a..b,-c' })[0]).toMatch(/"a\.\.b".*"-c"/);
  });

  it('of what a command does not need are none of its business', () => {
    const loaded = loadConfig({ STRATEGY: 'nonsense', LEDGER_PATH: 'x.db' }, new FakeFiles(), (read) => ({
      ledger: read.ledger(),
    }));
    expect(loaded).toMatchObject({ ok: true, value: { config: { ledger: { path: 'x.db' } } } });
  });

  it('never show the password or the query of a URL', () => {
    const voters = 'https://a.example/?key=hunter2,https://b.example/';
    const loaded = load({ DDNS_IPV4_VOTERS: voters });
    expect(loaded.ok && loaded.value.effective['DDNS_IPV4_VOTERS']).toBe(
      'https://a.example/?…,https://b.example/',
    );
    expect(problemsOf({ DDNS_IPV4_VOTERS: `http:${voters}` }).join()).not.toContain('hunter2');
    expect(problemsOf({ CLOUDFLARE_BASE_URL: 'https://me:hunter2@x.example' }).join()).not.toContain(
      'hunter2',
    );
  });
});

describe('rules across settings', () => {
  it('WATCH_NAMESPACES needs RECORD_OWNER_ID', () => {
    expect(problemsOf({ WATCH_NAMESPACES: 'a' })).toEqual([
      'RECORD_OWNER_ID: is not set: it is required with WATCH_NAMESPACES',
    ]);
  });

  it('voters of fewer operators than the quorum could never confirm', () => {
    const twoOfOne = 'https://a.example/1,https://a.example/2';
    expect(problemsOf({ DDNS_IPV4_VOTERS: twoOfOne })[0]).toMatch(/^DDNS_IPV4_VOTERS: names 1 operators/);
    expect(problemsOf({ DDNS_IPV4_VOTERS: twoOfOne, DDNS_QUORUM: '1' })).toEqual([]);
  });
});

describe('the token', () => {
  const refused: readonly [string, RegExp][] = [
    [`"${TOKEN}"`, /quotation marks/],
    [`Bearer ${TOKEN}`, /Bearer/],
    [`CLOUDFLARE_API_TOKEN=${TOKEN}`, /NAME=/],
    [`${TOKEN}\n${TOKEN}`, /more than one line/],
    [`${TOKEN} x`, /blank/],
    [`${TOKEN}é`, /beyond ASCII/],
    ['<your token>', /blank|placeholder/],
    ['your-api-token', /placeholder/],
    ['changeme', /placeholder/],
    ['xxxxxxxxxxxx', /placeholder/],
    ['${TOKEN}', /placeholder/],
    ['0123456789abcdef0123456789abcdef01234', /Global API Key/],
    ['short', /shorter/],
  ];
  it.each(refused)('%j is refused, in the environment and in a file', (text, why) => {
    const inEnv = problemsOf({ CLOUDFLARE_API_TOKEN: text });
    expect(inEnv).toHaveLength(1);
    expect(inEnv[0]).toMatch(why);
    const files = new FakeFiles().put('/token', text);
    const inFile = problemsOf(
      { CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_API_TOKEN_FILE: '/token' },
      files,
    );
    expect(inFile[0]).toMatch(why);
  });

  it('may end with a line break', () => {
    const { token } = configOf({ CLOUDFLARE_API_TOKEN: ` ${TOKEN}\n` }).cloudflare;
    expect(token.token.reveal()).toBe(TOKEN);
  });

  it('stands in one place, and only one', () => {
    expect(problemsOf({ CLOUDFLARE_API_TOKEN: undefined })[0]).toMatch(/CLOUDFLARE_API_TOKEN: is not set/);
    const files = new FakeFiles().put('/token', TOKEN);
    expect(problemsOf({ CLOUDFLARE_API_TOKEN_FILE: '/token' }, files)[0]).toMatch(/exactly one/);
    expect(problemsOf({ CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_API_TOKEN_FILE: '/none' })[0]).toMatch(
      /"\/none": there is no such file/,
    );
  });

  it('put where its file belongs is not repeated', () => {
    const token = 'Abcdefghijklmnopqrstuvwxyz0123456789_-AB';
    const [problem] = problemsOf({ CLOUDFLARE_API_TOKEN: undefined, CLOUDFLARE_API_TOKEN_FILE: token });
    expect(problem).toMatch(/looks like a token/);
    expect(problem).not.toContain(token);
  });

  it('is in nothing that is printed, wherever else it was pasted', () => {
    const tokens = fc.stringMatching(/^[A-Za-z0-9_-]{20,60}$/);
    const places = fc.uniqueArray(
      fc.constantFrom(...SETTING_NAMES.filter((name) => !name.includes('TOKEN'))),
    );
    fc.assert(
      fc.property(tokens, places, fc.boolean(), fc.string(), (token, others, inFile, wrapping) => {
        const files = new FakeFiles().put('/token', `${token}\n`);
        const env: Env = inFile ? { CLOUDFLARE_API_TOKEN_FILE: '/token' } : { CLOUDFLARE_API_TOKEN: token };
        for (const name of others) env[name] = `${wrapping}${token}`;
        const loaded = loadConfig(env, files, everything);
        const printed = loaded.ok
          ? [loaded.value.effective, loaded.value.warnings, loaded.value.config.cloudflare.token]
          : loaded.error;
        expect(inspect(printed, { depth: 9, showHidden: true })).not.toContain(token);
        expect(JSON.stringify(printed).toLowerCase()).not.toContain(token.toLowerCase());
      }),
    );
  });
});

describe('unknown variables', () => {
  const warned = (name: string): string | undefined => {
    const loaded = load({ [name]: 'x' });
    return loaded.ok ? loaded.value.warnings.find((one) => one.setting === name)?.message : undefined;
  };

  it.each([
    ['RECORD_OWNER', 'RECORD_OWNER_ID'],
    ['DDNS_QUORM', 'DDNS_QUORUM'],
    ['DRYRUN', 'DRY_RUN'],
    ['ZONE', 'ZONES'],
    ['CF_API_TOKEN', 'CLOUDFLARE_API_TOKEN'],
    ['CLOUDFLARE_API_KEY', 'CLOUDFLARE_API_TOKEN'],
    ['DDNS_INTERVAL', 'docs/settings.md'],
  ])('%s hints at %s', (name, hint) => {
    expect(warned(name)).toContain(hint);
  });

  it.each([
    'PAGER',
    'HOME',
    'HOSTNAME',
    'TZ',
    'NODE_ENV',
    'KUBERNETES_SERVICE_HOST',
    'ROUTEFLARE_PORT_8080_TCP',
    'SOURCES_PORT',
  ])('%s is not ours', (name) => {
    expect(warned(name)).toBeUndefined();
  });
});
