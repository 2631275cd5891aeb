import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { everything, loadConfig } from '../../src/config/config.ts';
import { SecretUrl } from '../../src/config/secret-url.ts';
import { Secret } from '../../src/config/secret.ts';
import { FakeFiles } from './fake-files.ts';

const TOKEN = 'v1.0-abcdefghij_KLMNOPQRST-0123456789';
const URL_1 = 'https://hc.example/5c0f5c0f-1111-2222-3333-444455556666';
const URL_2 = 'https://hc.example/5c0f5c0f-9999-2222-3333-444455556666';

const load = (env: Record<string, string>, files = new FakeFiles()) =>
  loadConfig({ CLOUDFLARE_API_TOKEN: TOKEN, ...env }, files, everything);

it('stands in one place, and only one', () => {
  const files = new FakeFiles().put('/url', URL_1);
  expect(load({ HEARTBEAT_URL: URL_1, HEARTBEAT_URL_FILE: '/url' }, files)).toMatchObject({
    ok: false,
    error: [{ setting: 'HEARTBEAT_URL', message: expect.stringContaining('at most one') }],
  });
});

it.each([
  { HEARTBEAT_URL: URL_1 },
  { NOTICE_URL: URL_1, LOG_LEVEL: URL_1 },
  { NOTICE_URL: URL_1.replace('https', 'gopher') },
  { NOTICE_URL_FILE: URL_1 },
  { HEARTBEAT_URL_FILE: '/url' },
])('is in nothing that is printed: %j', (env) => {
  const loaded = load(env, new FakeFiles().put('/url', `${URL_1}\n`));
  const printed = loaded.ok
    ? [loaded.value.effective, loaded.value.warnings, loaded.value.config]
    : loaded.error;
  expect(inspect(printed, { depth: 9, showHidden: true })).not.toContain('5c0f5c0f');
  expect(JSON.stringify(printed)).not.toContain('5c0f5c0f');
});

it('is read from its file each time, and the last good one stays', () => {
  const files = new FakeFiles().put('/url', URL_1);
  const shown: string[] = [];
  const url = new SecretUrl({ kind: 'file', path: '/url', url: new Secret(URL_1) }, files, (one) =>
    shown.push(one.reveal()),
  );
  expect(url.current().href).toBe(URL_1);
  files.put('/url', `${URL_2}\n`);
  expect(url.current().href).toBe(URL_2);
  files.put('/url', 'half of a');
  expect(url.current().href).toBe(URL_2);
  files.remove('/url');
  expect(url.current().href).toBe(URL_2);
  expect(shown).toEqual([URL_1, URL_2]);
});
