import { execFileSync } from 'node:child_process';
import { describe, expect, inject, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { everything, loadConfig } from '../../src/config/config.ts';
import type { TextFiles } from '../../src/config/text-file.ts';
import { ok } from '../../src/domain/result.ts';
import { isMap, read, type Values } from '../chart/chart-files.ts';
import { CHART } from './cluster/helm.ts';

/** The value at a dotted path, or `undefined` where the path leads nowhere. */
function at(map: unknown, path: string): unknown {
  return path.split('.').reduce((below, key) => (isMap(below) ? below[key] : undefined), map);
}

/** What Helm makes of the chart with these `--set`s. */
function render(...settings: string[]): Values[] {
  const text = execFileSync(
    inject('helm'),
    [
      'template',
      'routeflare',
      CHART,
      '--namespace=dns',
      '--kube-version=1.34.0',
      '--set=cloudflare.apiToken.value=secret',
      ...settings.map((setting) => `--set=${setting}`),
    ],
    { encoding: 'utf8', stdio: 'pipe' },
  );
  return parseAllDocuments(text).map((document) => document.toJS() as Values);
}
function ofKind(objects: readonly Values[], kind: string): Values[] {
  return objects.filter((object) => object['kind'] === kind);
}

function environment(objects: readonly Values[]): Map<unknown, unknown> {
  const containers = at(ofKind(objects, 'Deployment')[0], 'spec.template.spec.containers') as Values[];
  return new Map(
    ((containers[0]?.['env'] ?? []) as Values[]).map((variable) => [variable['name'], variable['value']]),
  );
}

describe('helm template', () => {
  test('gives a ClusterRole by default, and Roles alone with watchNamespaces', () => {
    const wide = render();
    expect(ofKind(wide, 'ClusterRole').map((role) => at(role, 'metadata.name'))).toEqual(['routeflare:dns']);
    const narrow = render('watchNamespaces={gateways,apps}', 'cloudflare.recordOwnerID=home');
    expect(ofKind(narrow, 'ClusterRole')).toEqual([]);
    expect(ofKind(narrow, 'ClusterRoleBinding')).toEqual([]);
    expect(
      ofKind(narrow, 'Role')
        .map((role) => String(at(role, 'metadata.namespace')))
        .toSorted(),
    ).toEqual(['apps', 'dns', 'gateways']);
    expect(environment(narrow).get('WATCH_NAMESPACES')).toBe('gateways,apps');
  });

  test.each(['dryRun=false', 'watchNamespaces={apps},cloudflare.recordOwnerID=home'])(
    'gives one Lease, by its name and in its own namespace, and no right on another: %s',
    (settings) => {
      const objects = render(settings, 'fullnameOverride=dns-writer');
      const rules = [...ofKind(objects, 'Role'), ...ofKind(objects, 'ClusterRole')].flatMap((role) =>
        ((role['rules'] ?? []) as Values[])
          .filter((rule) => (rule['resources'] as string[]).includes('leases'))
          .map((rule) => ({
            where: at(role, 'metadata.namespace'),
            names: rule['resourceNames'],
            verbs: rule['verbs'],
          })),
      );
      expect(rules).toEqual([
        { where: 'dns', names: undefined, verbs: ['create'] },
        { where: 'dns', names: ['dns-writer'], verbs: ['get', 'update'] },
      ]);
      expect(environment(objects).get('LEASE_NAME')).toBe('dns-writer');
      expect(at(ofKind(objects, 'Deployment')[0], 'spec.strategy')).toEqual({ type: 'Recreate' });
      expect(at(ofKind(objects, 'Deployment')[0], 'spec.replicas')).toBe(1);
    },
  );

  test('asks for the right on Ingresses only when they are a source', () => {
    const resources = (objects: readonly Values[]): unknown =>
      (at(ofKind(objects, 'ClusterRole')[0], 'rules') as Values[]).flatMap((rule) => rule['resources']);
    expect(resources(render())).not.toContain('ingresses');
    expect(resources(render('sources={httproute,ingress}'))).toContain('ingresses');
    expect(resources(render('sources={httproute}', 'rbac.readBackends=false'))).toEqual([
      'httproutes',
      'gateways',
      'listenersets',
      'namespaces',
      'namespaces',
      'events',
    ]);
  });

  test('mounts the token as a file and puts it into no variable', () => {
    const variables = environment(render());
    expect(variables.get('CLOUDFLARE_API_TOKEN_FILE')).toBe('/etc/routeflare/cloudflare/token');
    expect([...variables.values()]).not.toContain('secret');
  });

  test('writes 0 and a bare off of maxDeletes as what they mean', () => {
    expect(environment(render('maxDeletes=0')).get('MAX_DELETES')).toBe('0');
    expect(environment(render('maxDeletes=false')).get('MAX_DELETES')).toBe('off');
    expect(environment(render('maxDeletes=1000000')).get('MAX_DELETES')).toBe('1000000');
  });

  test('lets a variable of the user take the place of ours', () => {
    const variables = environment(render('env[0].name=LOG_LEVEL', 'env[0].value=debug'));
    expect(variables.get('LOG_LEVEL')).toBe('debug');
  });

  test.each([
    '',
    'cloudflare.recordOwnerID=home,watchNamespaces={gateways,apps},cloudflare.zones={example.com}',
    'maxDeletes=0,ddns.confirmDelay=1m30s,ddns.onlyCIDRs={198.51.100.0/24},http.page=true',
    'heartbeat.existingSecret=hc,heartbeat.format=uptime-kuma,notice.existingSecret=ntfy,notice.format=slack',
    'cloudflare.strategy=Upsert-Only,cloudflare.formerOwnerIDs={old,older},log.format=pretty',
  ])('gives the program settings that it takes: %s', (settings) => {
    const variables = Object.fromEntries(environment(render(settings))) as Record<string, string>;
    const files: TextFiles = {
      read: (path) =>
        ok(path.endsWith('/url') ? 'https://hc.example/uuid' : 'Tz4_pV9bQ2-mK7xWc1LsR8fJ3nHd6YgA0uEeXoIi'),
      stamp: () => '1',
    };
    const loaded = loadConfig(variables, files, everything);
    expect(loaded.ok ? loaded.value.warnings : loaded.error).toEqual([]);
  });

  test('mounts the addresses of monitors as files, each only when there is one', () => {
    const mounts = (objects: readonly Values[]): string[] => {
      const containers = at(ofKind(objects, 'Deployment')[0], 'spec.template.spec.containers') as Values[];
      const all = containers.flatMap((container) => container['volumeMounts'] as Values[]);
      return all.map((mount) => String(mount['mountPath']));
    };
    expect(mounts(render()).join()).not.toMatch(/heartbeat|notice/);
    const both = render('heartbeat.existingSecret=hc', 'notice.existingSecret=ntfy');
    for (const what of ['heartbeat', 'notice']) {
      expect(mounts(both)).toContain(`/etc/routeflare/${what}`);
      const file = environment(both).get(`${what.toUpperCase()}_URL_FILE`);
      expect(file).toBe(`/etc/routeflare/${what}/url`);
    }
  });

  test('makes alert rules and a dashboard when asked, with the templates of Prometheus left to Prometheus', () => {
    expect(ofKind(render(), 'PrometheusRule')).toEqual([]);
    const asked = render(
      'prometheusRule.enabled=true',
      'prometheusRule.labels.release=stack',
      'prometheusRule.without={RouteflareAbsent}',
      'dashboard.enabled=true',
    );
    const [rule] = ofKind(asked, 'PrometheusRule');
    expect(at(rule, 'metadata.labels.release')).toBe('stack');
    const { groups } = parse(read('chart/routeflare/files/alerts.yaml')) as {
      groups: { name: string; rules: { alert: string }[] }[];
    };
    const kept = groups.map((group) => ({
      ...group,
      rules: group.rules.filter(({ alert }) => alert !== 'RouteflareAbsent'),
    }));
    expect(at(rule, 'spec.groups')).toEqual(kept);
    const dashboards = ofKind(asked, 'ConfigMap');
    expect(dashboards.map((map) => at(map, 'metadata.labels.grafana_dashboard'))).toEqual(['1']);
    const data = dashboards.map((map) => map['data'] as Values)[0];
    const shown = JSON.parse(String(data?.['routeflare.json'])) as unknown;
    expect(shown).toEqual(JSON.parse(read('chart/routeflare/files/dashboard.json')));
  });

  test('makes no claim without persistence or with a claim of the user', () => {
    expect(ofKind(render(), 'PersistentVolumeClaim')).toHaveLength(1);
    expect(ofKind(render('persistence.enabled=false'), 'PersistentVolumeClaim')).toEqual([]);
    expect(ofKind(render('persistence.existingClaim=mine'), 'PersistentVolumeClaim')).toEqual([]);
  });
});
