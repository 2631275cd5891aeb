import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import type { Json } from './cluster/api.ts';
import { CHART, Helm } from './cluster/helm.ts';

const token = { cloudflare: { apiToken: { value: 'a-token' } } };

describe('values that cannot work', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rf-helm-'));
  const helm = new Helm(inject('helm'), folder, join(folder, 'no-cluster'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each<readonly [string, Json, readonly string[]]>([
    ['no token', {}, ['There is no Cloudflare API token', 'existingSecretName', 'apiToken.value']],
    ['two replicas', { ...token, replicaCount: 2 }, ["at '/replicaCount'", 'one of 0, 1']],
    ['an unknown key', { ...token, watchNamespace: ['apps'] }, ["'watchNamespace' not allowed"]],
    [
      'an unknown key below',
      { ...token, http: { pages: true } },
      ["at '/http'", "additional properties 'pages' not allowed"],
    ],
    [
      'a strategy that is none',
      { cloudflare: { ...token.cloudflare, strategy: 'fast' } },
      ["at '/cloudflare/strategy'", "'full', 'upsert-only'"],
    ],
    [
      'an owner with a space',
      { cloudflare: { ...token.cloudflare, recordOwnerID: 'my home' } },
      ["at '/cloudflare/recordOwnerID'", "'my home'"],
    ],
    [
      'Roles only without an owner',
      { ...token, watchNamespaces: ['apps'] },
      ['watchNamespaces is set', 'Set cloudflare.recordOwnerID'],
    ],
    ['a cron of four fields', { ...token, driftSchedule: '* * * *' }, ["at '/driftSchedule'", "'* * * *'"]],
    ['a time without a unit', { ...token, deleteDelay: '30' }, ["at '/deleteDelay'", "'30'", 'ms|s|m|h']],
    [
      'a number of deletions below zero',
      { ...token, maxDeletes: -1 },
      ["at '/maxDeletes'", 'got -1, want 0'],
    ],
    [
      'an unknown source',
      { ...token, sources: ['httproutes'] },
      ["at '/sources/0'", "'httproute', 'grpcroute', 'tlsroute', 'ingress', 'service'"],
    ],
    [
      'a text for a number',
      { ...token, ddns: { quorum: 'two' } },
      ["at '/ddns/quorum'", 'got string, want integer'],
    ],
    ['a port of the system', { ...token, http: { port: 80 } }, ["at '/http/port'", 'got 80, want 1,024']],
    [
      'a ledger outside its volume',
      { ...token, ledgerPath: '/tmp/ledger.db' },
      ["at '/ledgerPath'", "'/tmp/ledger.db'", '/data/'],
    ],
    ['a digest that is none', { ...token, image: { digest: 'abc' } }, ["at '/image/digest'", 'sha256']],
    [
      'a policy that keeps the API server out',
      { ...token, networkPolicy: { enabled: true, apiServerPorts: [] } },
      ['networkPolicy.apiServerPorts is empty', '443 or 6443'],
    ],
  ])('%s: refused, with the place, the value and what would be right', async (_, values, words) => {
    const { code, stderr, stdout } = await helm.run(['template', 'routeflare', CHART], values);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(12);
    expect(stderr).not.toMatch(/nil pointer|goroutine|a-token/);
  });
});
