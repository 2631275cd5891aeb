import { request } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isOwnHost } from '../../src/telemetry/asked-host.ts';
import { Health } from '../../src/telemetry/health.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { pagePages } from '../../src/telemetry/page.ts';
import { SecretWords } from '../../src/telemetry/secret-words.ts';
import { servePages } from '../../src/telemetry/server.ts';
import { telemetryPages } from '../../src/telemetry/telemetry-pages.ts';
import { LOOKED_AT, someFacts } from './page-fixture.ts';

describe('a host that is ours', () => {
  test.each([
    'localhost',
    'localhost:8080',
    'LocalHost:1',
    'routeflare.localhost',
    '127.0.0.1:8080',
    '10.1.2.3',
    '[::1]:8080',
    '[fd00::7]',
    'routeflare',
    'routeflare:8080',
    'routeflare.dns.svc',
    'routeflare.dns.svc:8080',
    'routeflare.dns.svc.cluster.local',
    'routeflare.dns.svc.cluster.local.:8080',
  ])('%s', (host) => expect(isOwnHost(host)).toBe(true));
});

describe('a host that anybody could have made to point here', () => {
  test.each([
    undefined,
    '',
    'example.com',
    'example.com:8080',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'routeflare.dns.svc.example.com',
    'svc.example',
    '.svc.example',
    'routeflare.dns',
    'notlocalhost.com',
    '[::1',
    '[::1].example.com',
    '::1',
    '127.0.0.1:8080:80',
    'localhost@example.com',
    'localhost/example.com',
    'localhost, example.com',
    'exa mple.com',
  ])('%s', (host) => expect(isOwnHost(host)).toBe(false));

  test('any name that ends in a public one', () => {
    fc.assert(
      fc.property(fc.domain(), fc.option(fc.nat(65_535)), (domain, port) => {
        expect(isOwnHost(port === null ? domain : `${domain}:${port}`)).toBe(false);
      }),
    );
  });
});

describe('the server', () => {
  async function ask(path: string, host: string): Promise<number | undefined> {
    const health = new Health(300_000);
    const secrets = new SecretWords();
    const pages = {
      ...telemetryPages(health, new Metrics(), secrets),
      ...pagePages({ facts: () => someFacts({}), health, secrets, now: () => LOOKED_AT }),
    };
    const server = await servePages({ host: '127.0.0.1', port: 0 }, pages, () => {});
    if (!server.ok) throw new Error(server.error);
    onTestFinished(() => server.value.close());
    return new Promise((resolve, reject) => {
      const { port } = server.value;
      const sent = request({ host: '127.0.0.1', port, path, agent: false, headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  test.each(['/', '/api', '/api/records', '/api/history'])(
    'shows %s to nobody who came by a name that is not ours',
    async (path) => {
      expect(await ask(path, 'rebound.example.com:8080')).toBe(421);
      expect(await ask(path, 'localhost:8080')).toBe(200);
    },
  );

  test.each(['/healthz', '/metrics'])(
    'answers %s by any name: the kubelet and Prometheus have their own',
    async (path) => {
      expect(await ask(path, 'rebound.example.com')).toBe(200);
    },
  );

  test('answers /readyz by any name', async () => {
    expect(await ask('/readyz', 'rebound.example.com')).toBe(503);
  });
});
