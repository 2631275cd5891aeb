import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openChromium } from './chromium.ts';
import { EMPTY, TROUBLE, wellWith } from './page-scenes.ts';
import { servePage, type PageServer } from './page-server.ts';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  server = await servePage();
  browser = await openChromium();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

/** The page in a browser that knows nothing; fails the test when it complains, or asks anybody else. */
async function open(options: BrowserContextOptions = {}, path = '/'): Promise<Page> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  context.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== server.origin) elsewhere.push(request.url());
  });
  onTestFinished(async () => {
    await context.close();
    expect({ complaints, elsewhere }).toEqual({ complaints: [], elsewhere: [] });
  });
  const page = await context.newPage();
  await page.goto(`${server.origin}${path}`);
  return page;
}

/** What a script of `in-page/` answers. */
function inPage<T>(page: Page, script: string): Promise<T> {
  return page.evaluate<T>(readFileSync(join(import.meta.dirname, 'in-page', `${script}.js`), 'utf8'));
}

/** A text as it is read: blanks and ends of lines are one. */
const words = (text: string) => text.replace(/\s+/g, ' ').trim();

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

describe('what a person reads', () => {
  test('problems come first, with what to do about each', async () => {
    server.show(TROUBLE, 'Cloudflare refused it');
    const page = await open();
    await expect(page.title()).resolves.toBe('(4) Routeflare');
    const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts();
    expect(headings).toEqual(['Problems', 'Waiting for you', 'Egress address', 'Records', 'History']);
    const banner = await page.getByRole('banner').innerText();
    expect(banner).toContain('not ready');
    expect(banner).toContain('Not ready: token accepted: Cloudflare refused it');
    const rows = section(page, 'Problems').getByRole('row');
    await expect(rows.count()).resolves.toBe(1 + 4);
    const conflict = await rows.filter({ hasText: 'RecordConflict' }).innerText();
    expect(conflict).toContain('www.example.com A');
    expect(conflict).toContain('HTTPRoute/apps/www');
    expect(conflict).toContain('add external-dns to FORMER_OWNER_IDS');
  });

  test('each record stands with content, holder, state, age and last change; what is wrong before what is well', async () => {
    server.show(TROUBLE);
    const page = await open();
    const table = section(page, 'Records').getByRole('table');
    await expect(table.getByRole('columnheader').allInnerTexts()).resolves.toEqual([
      'Name',
      'Content',
      'Holder',
      'State',
      'Age',
      'Last change (UTC)',
    ]);
    const row = table.getByRole('row').filter({ has: page.getByRole('link', { name: 'blog.example.com' }) });
    await expect(row.getByRole('cell').allInnerTexts()).resolves.toEqual([
      '203.0.113.7 proxied',
      'HTTPRoute/apps/blog',
      expect.stringMatching(/^active\s+InvalidAnnotation: routeflare\/ttl is "soon": allowed are /),
      '3 d',
      '2026-03-04 11:55 5 min ago',
    ]);
    const states = await table.locator('.badge').allInnerTexts();
    expect(states.slice(0, 6).toSorted()).toEqual(['active', 'active', 'frozen', 'held', 'left', 'pending']);
    expect(states.at(-1)).toBe('released');
  });

  test('the egress address stands with every vote', async () => {
    server.show(TROUBLE);
    const page = await open();
    const egress = section(page, 'Egress address');
    const four = egress.getByRole('table', { name: 'Votes of the last round for IPv4' });
    const rows = await four.getByRole('row').allInnerTexts();
    expect(rows.map(words)).toEqual([
      'Voter Operator Answer',
      'https://one.one.one.one/cdn-cgi/trace Cloudflare 203.0.113.7',
      'https://ipv4.icanhazip.com/ icanhazip 203.0.113.7',
      'https://api.ipify.org/ ipify no answer within 3 s',
    ]);
    await expect(egress.innerText()).resolves.toContain('203.0.113.7, confirmed 2026-03-04 11:58');
    await expect(egress.innerText()).resolves.toMatch(/IPv6 conflict\s+two addresses have a quorum each/);
  });

  test('held deletions and orphans stand with why, and the command that lets them go', async () => {
    server.show(TROUBLE);
    const page = await open();
    const waiting = section(page, 'Waiting for you');
    await expect(waiting.innerText()).resolves.toContain('routeflare approve');
    const held = waiting.getByRole('row').filter({ hasText: 'held.example.com' });
    await expect(held.innerText()).resolves.toContain('more than MAX_DELETES (5) and more than half');
    await expect(waiting.getByRole('row').filter({ hasText: 'orphan' }).innerText()).resolves.toContain(
      'its marker names the cluster 9f8e7d6c',
    );
  });

  test('the history says when, what, from, to and why', async () => {
    server.show(TROUBLE);
    const page = await open();
    const rows = await section(page, 'History').getByRole('row').allInnerTexts();
    expect(words(rows[1] ?? '')).toBe(
      '2026-03-04 11:55 5 min ago update blog.example.com A 203.0.113.6 → 203.0.113.7 the address of its gateway changed HTTPRoute/default/app',
    );
    expect(rows[4]).toContain('refused: HTTP 400');
  });

  test('where there is nothing, it says so', async () => {
    server.show(EMPTY);
    const page = await open();
    const text = await page.getByRole('main').innerText();
    for (const words of ['Nothing is wrong.', 'No deletion is held.', 'No record.', 'No change.'])
      expect(text).toContain(words);
    await expect(page.title()).resolves.toBe('Routeflare');
  });
});

describe.each([
  ['with', true],
  ['without', false],
])('%s script', (_, javaScriptEnabled) => {
  test('the filter lets through what was typed, and can be taken back', async () => {
    server.show(TROUBLE);
    const page = await open({ javaScriptEnabled });
    const names = () => section(page, 'Records').getByRole('rowheader').allInnerTexts();
    await expect(names()).resolves.toHaveLength(15);
    await page.getByLabel('Name, address, holder, reason').fill('TUNNEL');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/\?q=TUNNEL/);
    await expect(names()).resolves.toEqual(['tunnel.example.com CNAME']);
    await expect(page.getByLabel('Name, address, holder, reason').inputValue()).resolves.toBe('TUNNEL');
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(names()).resolves.toHaveLength(15);
    await page.getByLabel('State of records').selectOption('held');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect(names()).resolves.toEqual(['held.example.com A']);
  });

  test('the name of a record leads to all that concerns it', async () => {
    server.show(TROUBLE);
    const page = await open({ javaScriptEnabled });
    await page.getByRole('link', { name: 'blog.example.com' }).click();
    await page.waitForURL(/\?q=blog\.example\.com/);
    await expect(section(page, 'Records').getByRole('row').count()).resolves.toBe(2);
    await expect(section(page, 'History').getByRole('row').count()).resolves.toBe(2);
    await expect(section(page, 'Problems').innerText()).resolves.toContain(
      'Nothing is wrong that the filter',
    );
  });
});

describe('with the keyboard alone', () => {
  /** Where the focus is, and whether it can be seen there. */
  const focused = (page: Page) => inPage<{ text: string; seen: boolean }>(page, 'focus');

  test('the first stop skips to the records, and the order is that of the page', async () => {
    server.show(TROUBLE);
    const page = await open();
    const stops: string[] = [];
    for (let n = 0; n < 9; n += 1) {
      await page.keyboard.press('Tab');
      const { text, seen } = await focused(page);
      stops.push(text);
      expect({ text, seen }).toEqual({ text, seen: true });
    }
    expect(stops).toEqual([
      'Skip to the records',
      'Problems: 4',
      'Waiting for you: 2',
      'Egress address',
      'Records: 15',
      'History',
      'q',
      'state',
      'Filter',
    ]);
  });

  test('the link that skips goes to the records, and the next stop is the first of them', async () => {
    server.show(TROUBLE);
    const page = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#records$/);
    await page.keyboard.press('Tab');
    await expect(focused(page)).resolves.toMatchObject({ text: 'blog.example.com', seen: true });
  });

  test('the filter is filled in, sent and taken back', async () => {
    server.show(TROUBLE);
    const page = await open();
    for (let n = 0; n < 7; n += 1) await page.keyboard.press('Tab');
    await page.keyboard.type('blog');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\?q=blog/);
    await expect(section(page, 'Records').getByRole('row').count()).resolves.toBe(2);
    for (let n = 0; n < 10; n += 1) await page.keyboard.press('Tab');
    await expect(focused(page)).resolves.toMatchObject({ text: 'Show all', seen: true });
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.origin}/`);
  });
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([
    ['a desktop', DESKTOP],
    ['a phone', PHONE],
  ])('every text on %s has a contrast of 4.5 at least', async (_, viewport) => {
    server.show(TROUBLE, 'Cloudflare refused it');
    const page = await open({ colorScheme, viewport }, '/?q=example');
    const texts = await inPage<{ text: string; contrast: number }[]>(page, 'text-contrast');
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.map(({ text }) => text)).toContain('RecordConflict');
    expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  });

  test('the ground is of that scheme', async () => {
    server.show(EMPTY);
    const page = await open({ colorScheme });
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(15, 20, 25)');
  });
});

describe.each([320, 360, 412, 768, 1024])('in a window of %i pixels', (width) => {
  test.each([
    ['trouble', TROUBLE],
    ['nothing', EMPTY],
  ])('with %s nothing has to be scrolled to aside', async (_, facts) => {
    server.show(facts, 'Cloudflare refused it');
    const page = await open({ viewport: { width, height: 740 } });
    expect(await inPage(page, 'too-wide')).toEqual({ scrolls: false, wide: [] });
  });
});

describe('on a phone', () => {
  test('each value says what it is, since the head of the table is not seen', async () => {
    server.show(TROUBLE);
    const page = await open({ viewport: PHONE });
    const labels = await page.evaluate<string[]>(
      `[...document.querySelectorAll('section:has(#records) tbody tr:first-child td')].map((cell) => getComputedStyle(cell, '::before').content)`,
    );
    expect(labels).toEqual(['"Content"', '"Holder"', '"State"', '"Age"', '"Last change"']);
  });

  test('it is still a table to who hears it', async () => {
    server.show(wellWith(2));
    const page = await open({ viewport: PHONE });
    await expect(section(page, 'Records').getByRole('row').count()).resolves.toBe(3);
    await expect(section(page, 'Records').getByRole('columnheader').count()).resolves.toBe(6);
  });

  test('a finger can hit every control', async () => {
    server.show(TROUBLE);
    const page = await open({ viewport: PHONE, hasTouch: true, isMobile: true }, '/?q=example');
    expect(await inPage(page, 'small-targets')).toEqual([]);
  });
});

describe('what strangers wrote', () => {
  test('runs nothing, even where a script gets into the page', async () => {
    server.show(TROUBLE);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const failed: (string | undefined)[] = [];
    context.on('requestfailed', (request) => failed.push(request.failure()?.errorText));
    const page = await context.newPage();
    await page.goto(server.origin);
    const outcome = await page.evaluate<unknown>(`new Promise((resolve) => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        blocked.push(event.effectiveDirective);
        if (blocked.length === 3) resolve({ blocked: blocked.sort(), ran: globalThis.ran === true });
      });
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      const image = document.createElement('img');
      image.src = '/stolen';
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(script, image, style);
    })`);
    expect(outcome).toEqual({ blocked: ['img-src', 'script-src-elem', 'style-src-elem'], ran: false });
    expect(failed).toEqual(['csp']);
  });
});

describe('with 10,000 records', () => {
  test('the page shows 500 at a time, says so, and finds the others', async () => {
    server.show(wellWith(10_000));
    const page = await open();
    const records = section(page, 'Records');
    const names = () => records.getByRole('rowheader').allInnerTexts();
    await expect(names()).resolves.toHaveLength(500);
    await expect(records.innerText()).resolves.toContain('1 to 500 of 10000');
    await page.getByRole('navigation', { name: 'Parts of the table' }).getByRole('link').click();
    await page.waitForURL(/page=2#records$/);
    expect((await names())[0]).toBe('app-00500.example.com A');
    await page.getByLabel('Name, address, holder, reason').fill('app-09876');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\?q=app-09876/);
    await expect(names()).resolves.toEqual(['app-09876.example.com A']);
  });
});
