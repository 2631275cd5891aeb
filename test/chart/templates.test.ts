import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { everything, loadConfig } from '../../src/config/config.ts';
import { SETTING_NAMES } from '../../src/config/unknown-settings.ts';
import type { TextFiles } from '../../src/config/text-file.ts';
import { ok } from '../../src/domain/result.ts';
import { CHART, isMap, pathOf, templates, values, type Values } from './chart-files.ts';

/** The token reaches the pod as a file; the others have no meaning inside a cluster. */
const NOT_SET = new Set(['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_BASE_URL', 'KUBECONFIG']);

const all = templates();

/** The value at a dotted path, or `undefined` where the path leads nowhere. */
function at(map: unknown, path: string): unknown {
  return path.split('.').reduce((below, key) => (isMap(below) ? below[key] : undefined), map);
}

describe('the templates', () => {
  test('set every setting of the program, and nothing else but NODE_OPTIONS', () => {
    const set = [...(all.get('_settings.tpl') ?? '').matchAll(/^([A-Z][A-Z0-9_]+): /gm)].map(
      (line) => line[1] ?? '',
    );
    const settings = SETTING_NAMES.filter((name) => !NOT_SET.has(name));
    expect(set.toSorted()).toEqual([...settings, 'NODE_OPTIONS'].toSorted());
  });

  test('use no value that does not exist', () => {
    const used = [...all.values()].flatMap((text) => [...text.matchAll(/\.Values\.([A-Za-z.]*[A-Za-z])/g)]);
    expect(used.length).toBeGreaterThan(50);
    expect(used.map((use) => use[1] ?? '').filter((path) => at(values(), path) === undefined)).toEqual([]);
  });

  test('have no hooks: nothing but the controller writes to Cloudflare', () => {
    expect([...all].filter(([, text]) => text.includes('helm.sh/hook')).map(([name]) => name)).toEqual([]);
  });

  test('keep the ledger when the release goes', () => {
    expect(all.get('pvc.yaml')).toContain('helm.sh/resource-policy: keep');
  });

  test('name what lies outside the release namespace by that namespace', () => {
    const clusterRole = all.get('clusterrole.yaml') ?? '';
    const names = [...clusterRole.matchAll(/^ {2}name: (.*)$/gm)].map((line) => line[1]);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names)).toEqual(new Set(['{{ include "routeflare.globalName" . }}']));
  });
});

describe('the default pod', () => {
  test('satisfies the restricted Pod Security Standard', () => {
    expect(at(values(), 'podSecurityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_534,
      fsGroup: 65_534,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(at(values(), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 65_534,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('is asked for liveness and readiness at different paths', () => {
    expect(at(values(), 'livenessProbe.httpGet.path')).toBe('/healthz');
    expect(at(values(), 'readinessProbe.httpGet.path')).toBe('/readyz');
  });
});

/** Set to the path of a Helm 3 binary, HELM adds tests of what really comes out. */
const helm = process.env['HELM'];

if (helm !== undefined && helm !== '') {
  const render = (...settings: string[]): Values[] => {
    const text = execFileSync(
      helm,
      [
        'template',
        'routeflare',
        pathOf(CHART),
        '--namespace=dns',
        '--kube-version=1.34.0',
        '--set=cloudflare.apiToken.value=secret',
        ...settings.map((setting) => `--set=${setting}`),
      ],
      { encoding: 'utf8', stdio: 'pipe' },
    );
    return parseAllDocuments(text).map((document) => document.toJS() as Values);
  };
  const ofKind = (objects: readonly Values[], kind: string): Values[] =>
    objects.filter((object) => object['kind'] === kind);
  const environment = (objects: readonly Values[]): Map<unknown, unknown> => {
    const containers = at(ofKind(objects, 'Deployment')[0], 'spec.template.spec.containers') as Values[];
    return new Map(
      ((containers[0]?.['env'] ?? []) as Values[]).map((variable) => [variable['name'], variable['value']]),
    );
  };

  describe('helm template', () => {
    test('gives a ClusterRole by default, and Roles alone with watchNamespaces', () => {
      const wide = render();
      expect(ofKind(wide, 'ClusterRole').map((role) => at(role, 'metadata.name'))).toEqual([
        'routeflare:dns',
      ]);
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

    test('refuses watchNamespaces without an owner id, and an install without a token', () => {
      expect(() => render('watchNamespaces={apps}')).toThrow(/cloudflare.recordOwnerID/);
      expect(() => render('cloudflare.apiToken.value=')).toThrow(/no Cloudflare API token/);
    });

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
      'cloudflare.strategy=Upsert-Only,cloudflare.formerOwnerIDs={old,older},log.format=pretty',
    ])('gives the program settings that it takes: %s', (settings) => {
      const variables = Object.fromEntries(environment(render(settings))) as Record<string, string>;
      const files: TextFiles = {
        read: () => ok('Tz4_pV9bQ2-mK7xWc1LsR8fJ3nHd6YgA0uEeXoIi'),
        stamp: () => '1',
      };
      const loaded = loadConfig(variables, files, everything);
      expect(loaded.ok ? loaded.value.warnings : loaded.error).toEqual([]);
    });

    test('makes no claim without persistence or with a claim of the user', () => {
      expect(ofKind(render(), 'PersistentVolumeClaim')).toHaveLength(1);
      expect(ofKind(render('persistence.enabled=false'), 'PersistentVolumeClaim')).toEqual([]);
      expect(ofKind(render('persistence.existingClaim=mine'), 'PersistentVolumeClaim')).toEqual([]);
    });
  });
}
