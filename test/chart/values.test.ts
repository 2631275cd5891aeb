import { describe, expect, test } from 'vitest';
import { CHART, isMap, read, values, type Values } from './chart-files.ts';
import { violations, type JsonSchema } from './json-schema.ts';

const schema = JSON.parse(read(`${CHART}values.schema.json`)) as JsonSchema;

/** Values whose inside belongs to Kubernetes, or to nobody any more: one row of the table, no keys below. */
const WHOLE = new Set([
  'podSecurityContext',
  'securityContext',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'podDisruptionBudget',
  'dashboard.labels',
]);

function leaves(map: Values, prefix = ''): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const path = `${prefix}${key}`;
    const inner = isMap(value) && !WHOLE.has(path) ? leaves(value, `${path}.`) : [];
    return inner.length > 0 ? inner : [path];
  });
}

function schemaLeaves(node: JsonSchema, prefix = ''): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, below]) =>
    below.properties === undefined ? [`${prefix}${key}`] : schemaLeaves(below, `${prefix}${key}.`),
  );
}

describe('the values', () => {
  test('satisfy their own schema', () => {
    expect(violations(schema, values())).toEqual([]);
  });

  test('are each known to the schema, and the schema knows no others', () => {
    expect(schemaLeaves(schema).toSorted()).toEqual([...leaves(values()), 'global'].toSorted());
  });

  test('are each a row in the README of the chart, and it has no other rows', () => {
    const rows = [...read(`${CHART}README.md`).matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1] ?? '');
    expect(rows.toSorted()).toEqual(leaves(values()).toSorted());
  });

  test('have a description each in the schema', () => {
    const bare = (node: JsonSchema, at: string): string[] => [
      ...(node.description === undefined && at !== '' ? [at] : []),
      ...Object.entries(node.properties ?? {})
        .filter(([key]) => !(at === '/env' && key === 'name'))
        .flatMap(([key, below]) => bare(below, `${at}/${key}`)),
    ];
    expect(bare(schema, '')).toEqual([]);
  });
});

describe('values of the Go version', () => {
  test('pass unchanged, every key of its chart', () => {
    const go = {
      replicaCount: 1,
      image: { repository: 'mirror/routeflare', pullPolicy: 'Always', tag: '0.2.0' },
      imagePullSecrets: [{ name: 'pull' }],
      nameOverride: 'dns',
      fullnameOverride: 'my-dns',
      serviceAccount: { create: false, annotations: { team: 'infra' }, name: 'dns' },
      podAnnotations: { team: 'infra' },
      podSecurityContext: { runAsUser: 1000 },
      securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
      cloudflare: {
        apiToken: {
          createSecret: false,
          existingSecret: true,
          existingSecretName: 'mine',
          secretName: 'routeflare-cloudflare-token',
          secretKey: 'token',
          value: '',
        },
        strategy: 'upsert-only',
        recordOwnerID: 'home',
      },
      kubernetes: { kubeconfig: '/root/.kube/config' },
      resources: { limits: { cpu: '500m', memory: '256Mi' } },
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      env: [{ name: 'CUSTOM', value: 'x' }],
      livenessProbe: { httpGet: { path: '/healthz', port: 8080 } },
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      serviceMonitor: { enabled: true, interval: '30s', scrapeTimeout: '10s' },
      namespace: 'dns',
    };
    expect(violations(schema, values(go))).toEqual([]);
  });
});

describe('what cannot work is refused where it stands', () => {
  test.each<[string, Values]>([
    ['/replicaCount', { replicaCount: 2 }],
    ['/cloudflare/strategy', { cloudflare: { strategy: 'sync' } }],
    ['/cloudflare/recordOwnerID', { cloudflare: { recordOwnerID: 'My Cluster' } }],
    ['/cloudflare/recordOwnerID', { cloudflare: { recordOwnerID: 'a'.repeat(33) } }],
    ['/cloudflare/recordOwnerId', { cloudflare: { recordOwnerId: 'home' } }],
    ['/cloudflare/zones', { cloudflare: { zones: 'example.com' } }],
    ['/cloudflare/zones/0', { cloudflare: { zones: ['example.com,example.org'] } }],
    ['/sources/1', { sources: ['httproute', 'tcproute'] }],
    ['/sources', { sources: [] }],
    ['/watchNamespaces/0', { watchNamespaces: ['Apps'] }],
    ['/deleteDelay', { deleteDelay: '5 minutes' }],
    ['/deleteDelay', { deleteDelay: 30 }],
    ['/maxDeletes', { maxDeletes: -1 }],
    ['/maxDeletes', { maxDeletes: 'half' }],
    ['/maxDeletes', { maxDeletes: true }],
    ['/driftSchedule', { driftSchedule: '5m' }],
    ['/ddns/schedule', { ddns: { schedule: '* * * *' } }],
    ['/ddns/quorum', { ddns: { quorum: 0 } }],
    ['/ddns/ipv4Voters/0', { ddns: { ipv4Voters: ['ip.example.net'] } }],
    ['/ddns/onlyCIDRs/0', { ddns: { onlyCIDRs: ['203.0.113.7'] } }],
    ['/http/port', { http: { port: 80 } }],
    ['/log/level', { log: { level: 'verbose' } }],
    ['/log/format', { log: { format: 'xml' } }],
    ['/ledgerPath', { ledgerPath: '/tmp/routeflare.db' }],
    ['/persistence/size', { persistence: { size: 'big' } }],
    ['/image/digest', { image: { digest: 'sha256:abc' } }],
    ['/dryRun', { dryRun: 'yes' }],
    ['/unknown', { unknown: 1 }],
  ])('%s %j', (place, changes) => {
    expect(violations(schema, values(changes))).toEqual([place]);
  });

  test.each<[Values]>([
    [{ maxDeletes: 0 }],
    [{ maxDeletes: 'off' }],
    [{ maxDeletes: false }],
    [{ replicaCount: 0 }],
    [{ deleteDelay: '1h30m' }],
    [{ driftSchedule: '0 */5 * * * *' }],
    [{ sources: ['httproute', 'ingress', 'service'] }],
    [{ ddns: { onlyCIDRs: ['203.0.113.0/24', '2001:db8::/32'] } }],
  ])('but not %j', (changes) => {
    expect(violations(schema, values(changes))).toEqual([]);
  });
});
