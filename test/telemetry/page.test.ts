import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { controllerPages } from '../../src/app/controller-pages.ts';
import { Telemetry } from '../../src/app/telemetry.ts';
import { CONDITIONS, Health } from '../../src/telemetry/health.ts';
import type { PageFacts } from '../../src/telemetry/page-facts.ts';
import { pagePages } from '../../src/telemetry/page.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { servePages, type Pages } from '../../src/telemetry/server.ts';
import { aClaim, anEntry, LOOKED_AT, someFacts } from './page-fixture.ts';

const PATHS = ['/', '/api', '/api/records', '/api/problems', '/api/held', '/api/egress', '/api/history'];

const health = new Health(300_000, () => 0);
const secrets = new SecretWords();
let facts: PageFacts | undefined;

beforeEach(() => {
  for (const condition of CONDITIONS) health.met(condition);
});

/** Asks over real HTTP, as a browser does. */
async function ask(path: string, method = 'GET', pages?: Pages) {
  const served = pages ?? pagePages({ facts: () => facts, health, secrets, now: () => LOOKED_AT });
  const server = await servePages({ host: '127.0.0.1', port: 0 }, served, (cause) => {
    throw cause;
  });
  if (!server.ok) throw new Error(server.error);
  onTestFinished(() => server.value.close());
  const response = await fetch(`http://127.0.0.1:${server.value.port}${path}`, { method });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function askJson(path: string): Promise<unknown> {
  const { status, headers, body } = await ask(path);
  expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'application/json' });
  return JSON.parse(body);
}

/** What a person reads: no tags, no style, blanks as one. */
function wordsOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll('<wbr />', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the setting PAGE', () => {
  it.each(PATHS)('has no %s while it is off', async (path) => {
    const telemetry = await Telemetry.create({ level: 'error', format: 'json' });
    const pages = controllerPages(telemetry, false, () => undefined);
    expect(await ask(path, 'GET', pages)).toMatchObject({ status: 404 });
    expect(await ask('/metrics', 'GET', pages)).toMatchObject({ status: 200 });
  });

  it.each(PATHS.filter((path) => path !== '/api'))('says at %s that it is starting', async (path) => {
    const telemetry = await Telemetry.create({ level: 'error', format: 'json' });
    const pages = controllerPages(telemetry, true, () => undefined);
    expect(await ask(path, 'GET', pages)).toMatchObject({
      status: 503,
      body: expect.stringContaining('starting'),
    });
    expect(await ask('/healthz', 'GET', pages)).toMatchObject({ status: 200 });
  });
});

describe('every answer', () => {
  beforeEach(() => {
    facts = someFacts({ claims: [aClaim('app.example.com')] });
  });

  it.each([...PATHS, '/?state=nonsense', '/api/records?state=nonsense'])(
    'of %s lets nothing run',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    },
  );

  it.each(PATHS)('of %s is for reading only', async (path) => {
    expect(await ask(path, 'HEAD')).toMatchObject({ status: 200, body: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await ask(path, method)).toMatchObject({ status: 405 });
  });

  it('has the one style that its header allows, no script and nothing from elsewhere', async () => {
    const { headers, body } = await ask('/');
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
    expect(body).not.toMatch(/<(script|link|img|iframe)\b|\sstyle=|\son[a-z]+=|https?:/i);
  });
});

describe('what strangers wrote', () => {
  const ATTACK = `"><script>alert(1)<b a='&amp;`;

  it('is text, wherever it comes from', async () => {
    const holder = { kind: 'HTTPRoute', namespace: 'default', name: ATTACK } as const;
    facts = someFacts({
      owner: ATTACK,
      stopped: ATTACK,
      claims: [aClaim(ATTACK, { content: ATTACK, holder, state: 'frozen', stateReason: ATTACK })],
      problems: [{ reason: 'RecordConflict', message: ATTACK, name: ATTACK, zone: ATTACK, source: holder }],
      waiting: [
        {
          kind: 'orphan',
          recordId: ATTACK,
          zoneId: ATTACK,
          zone: ATTACK,
          name: ATTACK,
          type: ATTACK,
          content: ATTACK,
          why: ATTACK,
        },
      ],
      egress: [
        {
          family: 4,
          status: 'conflict',
          addresses: [ATTACK],
          why: ATTACK,
          votes: [{ voter: ATTACK, operator: ATTACK, refused: ATTACK }],
        },
      ],
      entries: [anEntry(ATTACK, { reason: ATTACK, holder: ATTACK, outcome: ATTACK })],
    });
    health.unmet('token accepted', ATTACK);
    const { body } = await ask(`/?q=${encodeURIComponent(ATTACK)}`);
    expect(body).not.toContain('<script');
    const shown = body.split('&quot;&gt;&lt;script&gt;alert(1)&lt;b a=&#39;&amp;amp;').length - 1;
    expect(shown).toBeGreaterThan(20);
  });

  it('neither hides nor turns what is beside it', async () => {
    facts = someFacts({ problems: [{ reason: 'Orphan', message: 'left\u202Eright\u0000end\u2066' }] });
    expect((await ask('/')).body).toContain('left\uFFFDright\uFFFDend\uFFFD');
  });
});

it('tells no secret, in the page or as JSON', async () => {
  secrets.add('token-0123&<456789');
  const message = 'refused token-0123&<456789';
  facts = someFacts({
    problems: [{ reason: 'TokenRefused', message }],
    claims: [aClaim('app.example.com', { state: 'frozen', stateReason: message })],
    entries: [anEntry('app.example.com', { outcome: message })],
  });
  for (const path of ['/', '/?q=token-0123%26%3C456789', '/api/problems', '/api/records', '/api/history']) {
    const { body } = await ask(path);
    expect(body).toContain('[secret]');
    expect(body).not.toContain('token-0123');
  }
});

describe('the table of records', () => {
  it('says holder, content, state, age and last change, those with problems first', async () => {
    const holder = { kind: 'Service', namespace: 'shop', name: 'web' } as const;
    facts = someFacts({
      claims: [
        aClaim('a.example.com'),
        aClaim('b.example.com', { state: 'released' }),
        aClaim('m.example.com', { holder }),
        aClaim('n.example.com', { type: 'AAAA', content: '2001:db8::7' }),
        aClaim('z.example.com', { state: 'held', stateReason: 'its holder is gone' }),
      ],
      problems: [
        { reason: 'InvalidAnnotation', message: 'the TTL is no number', source: holder },
        { reason: 'RecordConflict', message: 'a stranger stands there', name: 'n.example.com', type: 'AAAA' },
        { reason: 'RecordConflict', message: 'of the other type', name: 'n.example.com', type: 'A' },
      ],
    });
    const { body } = await ask('/');
    const table = body.slice(body.indexOf('id="records"'), body.indexOf('id="history"'));
    const names = [...table.matchAll(/href="\/\?q=([a-z]\.example\.com)"/g)].map((match) => match[1]);
    expect(names.map((name) => name?.[0]).join('')).toBe('mnzab');
    const words = wordsOf(table);
    expect(words).toContain('m.example.com A 203.0.113.7 proxied Service/shop/web active');
    expect(words).toContain('InvalidAnnotation : the TTL is no number 3 d 2026-03-04 11:55 5 min ago');
    expect(words).toContain('held its holder is gone');
    expect(words).not.toContain('of the other type');
    expect(await askJson('/api/records?state=attention')).toMatchObject([
      { name: 'm.example.com', problems: [{ reason: 'InvalidAnnotation' }] },
      { name: 'n.example.com', content: '2001:db8::7', problems: [{ message: 'a stranger stands there' }] },
      { name: 'z.example.com', state: 'held', stateReason: 'its holder is gone', problems: [] },
    ]);
  });

  it('is one for a screen reader: a caption, and a head for each column and row', async () => {
    facts = someFacts({ claims: [aClaim('app.example.com')] });
    const { body } = await ask('/');
    const table = body.slice(
      body.indexOf('<table', body.indexOf('id="records"')),
      body.lastIndexOf('</table>'),
    );
    expect(table).toContain('<caption>');
    expect(table.match(/<th scope="col"/g)).toHaveLength(6);
    expect(table.match(/<th scope="row"/g)).toHaveLength(1);
    expect(table.match(/<td role="cell"/g)).toHaveLength(5);
  });

  it('comes in parts where it gets too long to read, and says so; JSON is whole', async () => {
    const named = (at: number) => aClaim(`n${String(at).padStart(4, '0')}.example.com`);
    facts = someFacts({ claims: Array.from({ length: 1003 }, (_, at) => named(at)) });
    const first = (await ask('/?q=N')).body;
    expect(wordsOf(first)).toContain('1 to 500 of 1003. Next 500 Name');
    expect(first).toContain('href="/?q=N&amp;page=2#records"');
    const second = (await ask('/?page=2')).body;
    expect(wordsOf(second)).toContain('501 to 1000 of 1003. Previous 500 Next 3 Name');
    expect(second).toContain('href="/#records"');
    const last = wordsOf((await ask('/?page=3')).body);
    expect(last).toContain('1001 to 1003 of 1003. Previous 500 Name');
    expect(last).toContain('n1002.example.com');
    expect(wordsOf((await ask('/?page=99')).body)).toContain('1001 to 1003 of 1003.');
    expect(await askJson('/api/records')).toHaveLength(1003);
  });

  it.each(['0', '-1', '1.5', 'x', ''])('refuses a part that there cannot be: page=%s', async (page) => {
    expect(await ask(`/?page=${page}`)).toMatchObject({
      status: 400,
      body: expect.stringContaining('page is'),
    });
  });
});

describe('the filter', () => {
  beforeEach(() => {
    facts = someFacts({
      claims: [aClaim('app.example.com'), aClaim('shop.example.org', { state: 'pending' })],
      problems: [{ reason: 'Pending', message: 'not accepted yet', name: 'shop.example.org' }],
      entries: [anEntry('app.example.com'), anEntry('shop.example.org')],
    });
  });

  it('is a form that needs no script, and keeps what was typed', async () => {
    const { body } = await ask('/?q=SHOP&state=pending');
    expect(body).toMatch(/<form[^>]* action="\/"[^>]* method="get"/);
    expect(body).toContain('value="SHOP"');
    expect(body).toMatch(/<option value="pending" selected/);
    expect(body).toContain('/api/records?q=SHOP&amp;state=pending');
  });

  it('looks at names, holders and states, in any letter case', async () => {
    const words = wordsOf((await ask('/?q=Shop')).body);
    expect(words).toContain('shop.example.org A 203.0.113.7');
    expect(words).not.toContain('app.example.com');
    expect(await askJson('/api/records?q=PENDING')).toMatchObject([{ name: 'shop.example.org' }]);
    expect(await askJson('/api/records?q=httproute/default')).toHaveLength(2);
    expect(await askJson('/api/records?state=active')).toMatchObject([{ name: 'app.example.com' }]);
    expect(await askJson('/api/problems?q=app')).toEqual([]);
    expect(await askJson('/api/history?q=shop')).toMatchObject([{ name: 'shop.example.org' }]);
  });

  it('says when it lets nothing through', async () => {
    const words = wordsOf((await ask('/?q=nothing-like-it')).body);
    expect(words).toContain('No record that the filter lets through.');
    expect(words).toContain('No change that the filter lets through.');
  });

  it.each(['/', '/api/records'])('refuses at %s a state that there is not', async (path) => {
    expect(await ask(`${path}?state=<b>`)).toMatchObject({
      status: 400,
      body: expect.not.stringContaining('<b>'),
    });
  });
});

describe('the egress address', () => {
  it('stands with its votes', async () => {
    const votes = [
      { voter: 'https://one.example/ip', operator: 'one', address: '203.0.113.7' },
      { voter: 'https://two.example/ip', operator: 'two', refused: 'no answer within 3 s' },
    ];
    const confirmed = {
      family: 4,
      status: 'confirmed',
      address: '203.0.113.7',
      confirmedAt: '2026-03-04T11:00:00.000Z',
      voters: ['one', 'three'],
      votes,
    } as const;
    facts = someFacts({
      egress: [confirmed, { family: 6, status: 'unavailable', why: 'nobody answered', votes: [] }],
    });
    const words = wordsOf((await ask('/')).body);
    expect(words).toContain('IPv4 confirmed 203.0.113.7 , confirmed 2026-03-04 11:00 1 h ago by one, three');
    expect(words).toContain('https://two.example/ip two no answer within 3 s');
    expect(words).toContain('IPv6 unavailable nobody answered');
    expect(await askJson('/api/egress')).toEqual(facts.egress);
  });
});

it('shows what waits for a person, and the command that lets it go', async () => {
  const held = {
    kind: 'held',
    recordId: 'r1',
    zoneId: 'z1',
    zone: 'example.com',
    name: 'old.example.com',
    type: 'A',
    content: '203.0.113.7',
    why: '6 of 8 records would go',
  } as const;
  facts = someFacts({ waiting: [held] });
  const words = wordsOf((await ask('/')).body);
  expect(words).toContain('old.example.com A held 203.0.113.7 6 of 8 records would go');
  expect(words).toContain('routeflare approve');
  expect(await askJson('/api/held')).toEqual([held]);
});

describe('the history', () => {
  it('says when, from, to, why, and what became of it', async () => {
    facts = someFacts({
      entries: [
        anEntry('app.example.com'),
        anEntry('old.example.com', { action: 'delete', after: undefined, outcome: 'in doubt' }),
      ],
    });
    const words = wordsOf((await ask('/')).body);
    expect(words).toContain(
      '203.0.113.6 → 203.0.113.7 the address of its gateway changed HTTPRoute/default/app',
    );
    expect(words).toContain(
      '203.0.113.6 → the address of its gateway changed HTTPRoute/default/app in doubt',
    );
    expect(await askJson('/api/history')).toMatchObject([{ after: { proxied: true } }, { after: null }]);
  });

  it('is the newest 50 unless more are asked for', async () => {
    facts = someFacts({ entries: Array.from({ length: 60 }, (_, at) => anEntry(`n${at}.example.com`)) });
    expect(await askJson('/api/history')).toHaveLength(50);
    expect(await askJson('/api/history?limit=55')).toHaveLength(55);
    expect(await askJson('/api/history?q=n59')).toHaveLength(1);
    for (const limit of ['1001', '-1', 'x', ''])
      expect(await ask(`/api/history?limit=${limit}`)).toMatchObject({ status: 400 });
  });
});

it('says what keeps the controller from being ready, that it is dry or that it was stopped', async () => {
  health.unmet('token accepted', 'Cloudflare refused it');
  facts = someFacts({ dryRun: true, stopped: '2026-03-04T11:00:00.000Z' });
  const words = wordsOf((await ask('/')).body);
  expect(words).toContain('Not ready: token accepted: Cloudflare refused it');
  expect(words).toContain('Dry run: nothing is written');
  expect(words).toContain('Nothing is written since 2026-03-04T11:00:00.000Z');
});
