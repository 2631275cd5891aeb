import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { everyOption, goValues } from './chart-values.ts';
import type { Json, KubeObject } from './cluster/api.ts';
import { CHART } from './cluster/helm.ts';
import { HOME, RELEASE, Scene, TOKEN } from './cluster/scene.ts';

const GO_CHART = resolve(import.meta.dirname, 'go-chart');
const token = { cloudflare: { apiToken: { value: TOKEN } } };
const rolesOnly = {
  cloudflare: { apiToken: { value: TOKEN }, recordOwnerID: 'team-web' },
  watchNamespaces: ['infra', 'apps'],
};
const on = ['--namespace', RELEASE];

/** A CRD that takes anything, in the name of the Prometheus Operator's. */
const serviceMonitors: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind: 'ServiceMonitor', plural: 'servicemonitors', singular: 'servicemonitor' },
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

describe('the chart', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ zones: [{ name: 'example.com' }] });
    await scene.gateway();
    await scene.api.apply(serviceMonitors);
    await scene.api.apply({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'dns' },
      value: 1000,
    });
  });
  // A Role reaches no Namespace, so the program asks for kube-system once and goes on without.
  afterAll(() => scene.close(/get namespaces/));

  afterEach(() => scene.dropClaims());

  test.each([
    ['only a token', token],
    ['every option', { ...token, ...everyOption }],
    ['Roles only', rolesOnly],
    ["the Go version's values", goValues],
  ])('with %s it passes lint and the server takes what it renders', async (_, values: Json) => {
    expect(await scene.helm.must(['lint', '--strict', CHART], values)).toContain('0 chart(s) failed');
    const text = await scene.helm.must(['template', RELEASE, CHART, ...on], values);
    const objects = parseAllDocuments(text).map((document): unknown => document.toJS());
    expect(objects.length).toBeGreaterThan(5);
    const took = await scene.helm.must(
      ['install', RELEASE, CHART, ...on, '--dry-run=server', '--debug'],
      values,
    );
    expect(took).toContain('STATUS: pending-install');
    await scene.helm.must(['install', RELEASE, CHART, ...on], values);
    // The namespace enforces the restricted level, so a Pod that the server makes satisfies it.
    const pod = await scene.startPod();
    await pod.program.kill();
    await scene.api.delete({ apiVersion: 'v1', kind: 'Pod', namespace: RELEASE, name: pod.name });
    await scene.helm.must(['uninstall', RELEASE, ...on]);
  });

  test.each([
    ['no token', {}, /There is no Cloudflare API token/],
    ['two replicas', { ...token, replicaCount: 2 }, /replicaCount/],
    ['a key that is not there', { ...token, watchNamespace: ['apps'] }, /watchNamespace/],
    ['a strategy that is none', { cloudflare: { ...token.cloudflare, strategy: 'fast' } }, /strategy/],
    ['Roles only without an owner', { ...token, watchNamespaces: ['apps'] }, /recordOwnerID/],
    ['a cron of four fields', { ...token, driftSchedule: '* * * *' }, /driftSchedule/],
    ['an unknown source', { ...token, sources: ['httproutes'] }, /sources/],
  ])('refuses %s, and says which', async (_, values: Json, words) => {
    const { code, stderr } = await scene.helm.run(['template', RELEASE, CHART, ...on], values);
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
  });

  test('takes the place of the Go version with the same values, and its records over', async () => {
    const env = scene.values()['env'];
    const mine = { ...goValues, env };
    await scene.helm.must(['install', RELEASE, GO_CHART, ...on], mine);
    const before = await scene.api.get(deployment);
    const theirs = scene.cloudflare.create('example.com', {
      type: 'A',
      name: 'old.example.com',
      content: '203.0.113.99',
      comment: 'record-owner-id=routeflare',
    });
    await scene.route('old');
    await scene.helm.must(['upgrade', RELEASE, CHART, ...on], mine);
    const after = await scene.api.get(deployment);
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.spec?.['strategy']).toEqual({ type: 'Recreate' });
    const pod = await scene.startPod();
    await pod.program.ready();
    await scene.expectAt('old.example.com', [`A ${HOME}`]);
    const record = scene.cloudflare.record('example.com', 'old.example.com', 'A');
    expect(record?.id).toBe(theirs.id);
    expect(record?.comment).toMatch(/^record-owner-id=routeflare-[0-9a-f]{8} /);
    expect(await pod.stop()).toBe(0);
    await scene.helm.must(['uninstall', RELEASE, ...on]);
    expect(scene.at('old.example.com')).toEqual([`A ${HOME}`]);
  });

  test('leaves nothing behind but the claim of the ledger, and no record changed', async () => {
    const before = await scene.everything();
    const pod = await scene.run();
    await scene.route('kept');
    await scene.expectAt('kept.example.com', [`A ${HOME}`]);
    expect(await pod.stop()).toBe(0);
    const records = scene.cloudflare.records('example.com');
    await scene.helm.must(['uninstall', RELEASE, ...on]);
    const left = [...(await scene.everything())].filter((object) => !before.has(object));
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

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: RELEASE, name: RELEASE };
