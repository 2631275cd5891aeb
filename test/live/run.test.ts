import { spawn } from 'node:child_process';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { readLiveSettings } from './settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TOKEN = 'sandbox-token';
let sandbox: SandboxCloudflare;

beforeEach(async () => {
  sandbox = await SandboxCloudflare.start({ zones: [{ name: 'example.com' }] });
  sandbox.create('example.com', { name: 'www', type: 'A', content: '203.0.113.1' });
});
afterEach(async () => sandbox.close());

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** One of the two halves of `npm run test:live`, with these settings alone. */
function node(args: readonly string[], environment: Record<string, string>): Promise<Ended> {
  return new Promise((done, failed) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH, NO_COLOR: '1', ...environment } });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
    child.once('error', failed);
    child.once('close', (code) => {
      done({ code, text });
    });
  });
}

function suite(): Promise<Ended> {
  return node(['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.live.config.ts'], {
    ROUTEFLARE_LIVE_TOKEN: TOKEN,
    ROUTEFLARE_LIVE_ZONE: 'example.com',
    ROUTEFLARE_LIVE_BASE_URL: sandbox.url,
  });
}

const names = () => sandbox.records('example.com').map(({ name }) => name);

describe('npm run test:live', { timeout: 120_000 }, () => {
  test('runs the suite in the zone that it is given, and leaves nothing there', async () => {
    const { code, text } = await suite();
    expect(text).toMatch(/Tests +\d+ passed \(\d+\)/);
    expect(code).toBe(0);
    expect(text).not.toContain(TOKEN);
    expect(names()).toEqual(['www.example.com']);
  });

  test('leaves nothing there after a failure either', async () => {
    sandbox.fault({ kind: 'status', status: 400, code: 9207, match: ({ path }) => path.endsWith('/usage') });
    const { code, text } = await suite();
    expect(text).toMatch(/1 failed/);
    expect(code).toBe(1);
    expect(names()).toEqual(['www.example.com']);
  });

  test('refuses without settings, in words', async () => {
    const { code, text } = await node(['test/live/check.ts'], {});
    expect(code).toBe(1);
    expect(text).toContain('ROUTEFLARE_LIVE_TOKEN, or ROUTEFLARE_LIVE_TOKEN_FILE, must give a token');
    expect(text).toContain('ROUTEFLARE_LIVE_ZONE is ""; it must be the name of a zone');
  });
});

describe('the settings', () => {
  const both = { ROUTEFLARE_LIVE_TOKEN: ' a-token\n', ROUTEFLARE_LIVE_ZONE: 'Example.com.' };

  test('are a token and a zone; the address is that of Cloudflare', () => {
    expect(readLiveSettings(both)).toEqual({
      ok: true,
      value: {
        token: 'a-token',
        zoneName: 'example.com',
        baseUrl: new URL('https://api.cloudflare.com/client/v4'),
      },
    });
  });

  test('may have the token in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'live-')), 'token');
    writeFileSync(file, 'from-file\n');
    const read = readLiveSettings({ ROUTEFLARE_LIVE_TOKEN_FILE: file, ROUTEFLARE_LIVE_ZONE: 'example.com' });
    expect(read).toMatchObject({ ok: true, value: { token: 'from-file' } });
  });

  test.each([
    [{ ROUTEFLARE_LIVE_TOKEN: '  ' }, 'must give a token'],
    [{ ROUTEFLARE_LIVE_ZONE: 'com' }, 'ROUTEFLARE_LIVE_ZONE is "com"'],
    [{ ROUTEFLARE_LIVE_TOKEN_FILE: '/nowhere' }, 'both set'],
    [
      { ROUTEFLARE_LIVE_TOKEN: undefined, ROUTEFLARE_LIVE_TOKEN_FILE: '/nowhere' },
      '/nowhere, which cannot be read',
    ],
    [{ ROUTEFLARE_LIVE_BASE_URL: 'http://api.example' }, 'ROUTEFLARE_LIVE_BASE_URL must be https'],
    [{ ROUTEFLARE_LIVE_BASE_URL: 'nonsense' }, 'ROUTEFLARE_LIVE_BASE_URL must be https'],
  ])('%o are refused, without the token in the words', (more, why) => {
    const read = readLiveSettings({ ...both, ...more });
    expect(read.ok ? '' : read.error).toContain(why);
    expect(JSON.stringify(read)).not.toContain('a-token');
  });
});
