import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONDITIONS, Health } from '../../src/telemetry/health.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { servePages, type PageServer } from '../../src/telemetry/server.ts';
import { telemetryPages } from '../../src/telemetry/telemetry-pages.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

describe('the pages of a controller', () => {
  let clock = 0;
  let health: Health;
  let secrets: SecretWords;
  let server: PageServer;
  const errors: unknown[] = [];

  beforeEach(async () => {
    clock = 1_000_000;
    health = new Health(300_000, () => clock);
    secrets = new SecretWords();
    const pages = {
      ...telemetryPages(health, new Metrics(), secrets),
      '/broken': () => {
        throw new Error('broken');
      },
    };
    const started = await servePages(LOOPBACK, pages, (cause) => errors.push(cause));
    if (!started.ok) throw new Error(started.error);
    server = started.value;
  });

  afterEach(async () => {
    await server.close();
  });

  function ask(
    path: string,
    method = 'GET',
  ): Promise<{ status: number | undefined; body: string; headers: object }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number | undefined;
      body: string;
      headers: object;
    }>();
    const sent = request({ host: '127.0.0.1', port: server.port, path, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, body, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
    return promise;
  }

  it('says alive while the loop goes round, and not when it stands', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    clock += 300_001;
    expect(await ask('/healthz')).toMatchObject({
      status: 503,
      body: expect.stringContaining('300 s'),
    });
    health.beat();
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it('is ready only when every condition is met, and names those that are not', async () => {
    const { body } = await ask('/readyz');
    for (const condition of CONDITIONS) expect(body).toContain(`[-] ${condition}: not yet`);
    for (const condition of CONDITIONS) {
      expect(await ask('/readyz')).toMatchObject({ status: 503 });
      health.met(condition);
    }
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: expect.stringMatching(/^ready\n/) });
    health.unmet('token accepted', 'Cloudflare refused it (10000)');
    expect(await ask('/readyz')).toMatchObject({
      status: 503,
      body: expect.stringContaining('[-] token accepted: Cloudflare refused it (10000)'),
    });
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it('hides a secret in a reason', async () => {
    secrets.add('token-0123456789');
    health.unmet('token accepted', 'refused token-0123456789');
    expect((await ask('/readyz')).body).toContain('refused [secret]');
  });

  it('serves the metrics in the text format', async () => {
    const { headers, body } = await ask('/metrics?x=1');
    expect(headers).toMatchObject({ 'content-type': expect.stringMatching(/^text\/plain; version=0\.0\.4/) });
    expect(body).toContain('routeflare_held_deletions 0');
  });

  it('answers HEAD without a body, and no other method', async () => {
    expect(await ask('/healthz', 'HEAD')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '3' },
    });
    expect(await ask('/healthz', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it.each(['/', '/healthz/', '/constructor', '//healthz', '/../metrics'])('has no %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404 });
  });

  it('survives a page that throws', async () => {
    expect(await ask('/broken')).toMatchObject({ status: 500, body: '' });
    expect(errors).toMatchObject([{ message: 'broken' }]);
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  it('says at once that the port is taken', async () => {
    const second = await servePages({ ...LOOPBACK, port: server.port }, {}, () => {});
    expect(second).toEqual({ ok: false, error: expect.stringContaining(`port ${server.port} is taken`) });
  });
});

describe('PageServer.close', () => {
  it('lets the answer under way go out, and takes no other', async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const slow = async () => {
      asked.resolve();
      await gate.promise;
      return { status: 200, contentType: 'text/plain', body: 'late' };
    };
    const started = await servePages(LOOPBACK, { '/slow': slow }, () => {});
    if (!started.ok) throw new Error(started.error);
    const url = `http://127.0.0.1:${started.value.port}/slow`;
    const answer = fetch(url).then((response) => response.text());
    await asked.promise;
    const closed = started.value.close();
    gate.resolve();
    expect(await answer).toBe('late');
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });
});
