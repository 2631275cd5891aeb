import { describe, expect, test } from 'vitest';
import { SETTING_NAMES } from '../../src/config/unknown-settings.ts';
import { isMap, templates, values } from './chart-files.ts';

/** Secrets reach the pod as files; the others have no meaning inside a cluster. */
const NOT_SET = new Set([
  'CLOUDFLARE_API_TOKEN',
  'HEARTBEAT_URL',
  'NOTICE_URL',
  'CLOUDFLARE_BASE_URL',
  'KUBECONFIG',
]);

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
