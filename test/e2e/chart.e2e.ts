import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { eventually } from '../process/eventually.ts';
import { everyOption, goValues } from './chart-values.ts';
import { isMap, values } from '../chart/chart-files.ts';
import type { Json, KubeObject } from './cluster/api.ts';
import { CHART } from './cluster/helm.ts';
import { HOME, RELEASE, Scene, TOKEN } from './cluster/scene.ts';

const token = { cloudflare: { apiToken: { value: TOKEN } } };
const rolesOnly = {
  cloudflare: { apiToken: { value: TOKEN }, recordOwnerID: 'team-web' },
  watchNamespaces: ['infra', 'apps'],
};
const on = ['--namespace', RELEASE];

/** A CRD that takes anything, in the name of one of the Prometheus Operator's. */
function anyKind(kind: string): KubeObject {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, plural: `${singular}s`, singular },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

/** Where the values of `everyOption` have their monitors. */
const monitors: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'monitors', namespace: RELEASE },
  stringData: { kuma: 'http://127.0.0.1:9/api/push/key', ntfy: 'http://127.0.0.1:9/topic' },
};

const keys = { 'routeflare/content-mode': 'gateway-address' };

const ingress: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'ingress', namespace: 'apps', labels: { dns: 'public' }, annotations: keys },
  spec: {
    rules: [{ host: 'ingress.example.com' }],
    defaultBackend: { service: { name: 'app', port: { number: 80 } } },
  },
};

const balanced: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'service',
    namespace: 'apps',
    annotations: { ...keys, 'routeflare/hostnames': 'service.example.com' },
  },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
};

describe('the chart', () => {
  let scene: Scene;
  /** What there was before the first installation. */
  let bare: ReadonlySet<string>;
  beforeAll(async () => {
    scene = await Scene.open({ zones: [{ name: 'example.com' }] });
    await scene.gateway();
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) await scene.api.apply(anyKind(kind));
    await scene.api.apply(monitors);
    await scene.api.apply({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'dns' },
      value: 1000,
    });
    // Kinds are served a moment after their CRDs are taken.
    bare = await eventually(() => scene.everything());
  });
  // A Role reaches no Namespace, so the program asks for kube-system once and goes on without.
  afterAll(() => scene.close(/get namespaces/));

  afterEach(() => scene.dropClaims());

  test.each([
    ['only a token', token],
    ['every option', { ...token, ...everyOption }],
    ['Roles only', rolesOnly],
    ["the Go version's values", goValues],
  ])('with %s it passes lint and the server takes what it renders', async (_, given: Json) => {
    expect(await scene.helm.must(['lint', '--strict', CHART], given)).toContain('0 chart(s) failed');
    const text = await scene.helm.must(['template', RELEASE, CHART, ...on], given);
    const objects = parseAllDocuments(text).map((document): unknown => document.toJS());
    expect(objects.length).toBeGreaterThan(5);
    const took = await scene.helm.must(
      ['install', RELEASE, CHART, ...on, '--dry-run=server', '--debug'],
      given,
    );
    expect(took).toContain('STATUS: pending-install');
    await scene.helm.must(['install', RELEASE, CHART, ...on], given);
    // The namespace enforces the restricted level, so a Pod that the server makes satisfies it.
    const pod = await scene.startPod();
    await pod.program.kill();
    await scene.api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: RELEASE, name: pod.name });
    await scene.helm.must(['uninstall', RELEASE, ...on]);
  });

  test('every option on leaves no switch of the chart off', () => {
    const off = (map: Json, path = ''): string[] =>
      Object.entries(map).flatMap(([key, value]) => {
        if (value === false) return [`${path}${key}`];
        return isMap(value) ? off(value, `${path}${key}.`) : [];
      });
    expect(off(values(everyOption)).toSorted()).toEqual([
      // In its place the token is given; the second is ignored; the third is what restricts.
      'cloudflare.apiToken.existingSecret',
      'podDisruptionBudget.enabled',
      'securityContext.allowPrivilegeEscalation',
    ]);
  });

  test('a Pod that may more than the restricted level allows is refused by the server', async () => {
    const securityContext = { allowPrivilegeEscalation: true };
    await scene.helm.must(['install', RELEASE, CHART, ...on], { ...token, securityContext });
    await expect(scene.startPod()).rejects.toThrow(
      /violates PodSecurity \\?"restricted:latest\\?".*allowPrivilegeEscalation/,
    );
    await scene.helm.must(['uninstall', RELEASE, ...on]);
  });

  test('every option on: the program takes them all, and with dryRun writes nothing anywhere', async () => {
    await scene.install(scene.values({ ...everyOption, ddns: scene.values()['ddns'] }));
    const dry = await scene.startPod();
    await dry.program.ready();
    await publish(ingress, '203.0.113.70');
    await scene.route('unselected');
    await scene.route('dry');
    await scene.kubectl('-n', 'apps', 'label', 'httproute', 'dry', 'dns=home');
    await eventually(() => {
      const planned = dry.program.lines
        .filter(({ msg }) => msg === 'would change')
        .map(({ name }) => String(name));
      expect([...new Set(planned)].sort()).toEqual(['dry.example.com', 'ingress.example.com']);
    });
    expect(scene.cloudflare.records('example.com')).toEqual([]);
    expect(await dry.stop()).toBe(0);
    await scene.helm.must(['uninstall', RELEASE, ...on]);
    for (const name of ['dry', 'unselected']) await scene.unroute(name);
    await scene.kubectl('-n', 'apps', 'delete', 'ingress', 'ingress');
  });

  test('sources that no Gateway limits are published when the chart names them', async () => {
    const sources = ['httproute', 'ingress', 'service'];
    await scene.install(scene.values({ sources }));
    const pod = await scene.startPod();
    await pod.program.ready();
    await publish(ingress, '203.0.113.70');
    await publish(balanced, '203.0.113.71');
    await scene.expectAt('ingress.example.com', ['A 203.0.113.70']);
    await scene.expectAt('service.example.com', ['A 203.0.113.71']);
    for (const { apiVersion, kind, metadata } of [ingress, balanced]) {
      await scene.api.delete({ apiVersion, kind, ...metadata });
    }
    await scene.expectAt('ingress.example.com', []);
    await scene.expectAt('service.example.com', []);
    expect(await pod.stop()).toBe(0);
    await scene.helm.must(['uninstall', RELEASE, ...on]);
  });

  /** Applies it, and gives it an address as a cloud's controller does. */
  async function publish(object: KubeObject, ip: string): Promise<void> {
    const { apiVersion, kind, metadata } = await scene.api.apply(object);
    const { name, namespace = '' } = metadata;
    const status = { loadBalancer: { ingress: [{ ip }] } };
    await scene.api.applyStatus({ apiVersion, kind, metadata: { name, namespace }, status }, 'cloud');
  }

  test('leaves nothing behind but the claim of the ledger, and no record changed', async () => {
    const pod = await scene.run();
    await scene.route('kept');
    await scene.expectAt('kept.example.com', [`A ${HOME}`]);
    expect(await pod.stop()).toBe(0);
    const records = scene.cloudflare.records('example.com');
    await scene.helm.must(['uninstall', RELEASE, ...on]);
    const left = [...(await scene.everything())].filter((object) => !bare.has(object));
    expect(left.sort()).toEqual([
      'HTTPRoute apps/kept',
      'PersistentVolumeClaim routeflare/routeflare-ledger',
    ]);
    expect(scene.cloudflare.records('example.com')).toEqual(records);
  });

  test('Roles in the watched namespaces are all that it needs', async () => {
    await scene.install(scene.values(rolesOnly));
    const pod = await scene.startPod();
    await pod.program.ready();
    await scene.route('roles');
    await scene.expectAt('roles.example.com', [`A ${HOME}`]);
    // Without the uid of kube-system there is no cluster to name.
    expect(scene.cloudflare.record('example.com', 'roles.example.com', 'A')?.comment).toBe(
      'record-owner-id=team-web',
    );
    const clusterRoles = await scene.kubectl('get', 'clusterrole,clusterrolebinding', '-o', 'name');
    expect(clusterRoles).not.toContain('routeflare');
    expect(await pod.stop()).toBe(0);
  });
});
