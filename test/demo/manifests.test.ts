import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { demoRoute } from '../../src/cli/demo-cast.ts';
import { missingGateways } from '../../src/cli/demo-gateways.ts';
import { readManifests } from '../../src/cli/demo-manifests.ts';
import { zoneNames } from '../../src/cli/demo-zone-names.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function read(text: string) {
  const path = join(directory, 'all.yaml');
  writeFileSync(path, text);
  const found = await readManifests([path]);
  return found.ok ? found.value : found.error.map((problem) => problem.replace(path, 'FILE'));
}

describe('manifests', () => {
  test('are read from several documents and from Lists; empty documents do not count', async () => {
    const found = await read(`
---
{apiVersion: v1, kind: Namespace, metadata: {name: web}}
---
apiVersion: v1
kind: List
items:
  - {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a, namespace: web}}
  - {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: b, namespace: web}}
`);
    expect(found).toMatchObject({
      objects: [{ kind: 'Namespace' }, { metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      skipped: [],
    });
  });

  test('of kinds that the demo does not know are told', async () => {
    const found = await read('{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}');
    expect(found).toMatchObject({
      objects: [],
      skipped: [expect.stringContaining('apps/v1 Deployment web')],
    });
  });

  test('taken from a cluster lose what its API server wrote', async () => {
    const found = await read(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a, uid: u, resourceVersion: "7", deletionTimestamp: "2026-01-01T00:00:00Z", labels: {x: y}}
`);
    expect(found).toMatchObject({ objects: [{ metadata: { name: 'a', labels: { x: 'y' } } }] });
    expect(JSON.stringify(found)).not.toMatch(/uid|resourceVersion|deletionTimestamp/);
  });

  test.each([
    ['', ['FILE: there is no object in it']],
    ['- 1', ['FILE: a document is no Kubernetes object']],
    ['{kind: HTTPRoute, metadata: {}}', ['FILE: an object (HTTPRoute) lacks apiVersion, metadata.name']],
  ])('that are none are told: %j', async (text, problems) => {
    expect(await read(text)).toEqual(problems);
  });
});

test('values of a chart, taken along by a pattern, are left out by name; alone they are told', async () => {
  const values = join(directory, 'values.yaml');
  writeFileSync(values, 'image: {repository: x}\n');
  const routes = join(directory, 'all.yaml');
  writeFileSync(routes, '{apiVersion: v1, kind: Namespace, metadata: {name: web}}');
  const why = [expect.stringMatching(/values\.yaml: no Kubernetes object: apiVersion and kind are missing/)];
  expect(await readManifests([routes, values])).toMatchObject({ value: { skipped: why } });
  expect(await readManifests([values])).toEqual({ ok: false, error: why });
});

test('every example is one, or is left out by name', async () => {
  const examples = new URL('../../examples/', import.meta.url);
  const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'));
  const found = await readManifests(files.map((name) => fileURLToPath(new URL(name, examples))));
  expect(found).toMatchObject({ ok: true });
  const skipped = found.ok ? found.value.skipped : [];
  expect(skipped).toHaveLength(files.filter((name) => name.startsWith('values-')).length);
});

describe('zones for hostnames', () => {
  test.each([
    [['app.example.com', 'example.com', '*.dev.example.com'], ['example.com']],
    [
      ['a.b.acme.co.uk', 'x.acme.de', 'APP.Acme.DE.'],
      ['acme.co.uk', 'acme.de'],
    ],
    [['www.bücher.example'], ['xn--bcher-kva.example']],
    [['localhost', 'not a name'], []],
  ])('%j', (hostnames, zones) => {
    expect(zoneNames([demoRoute('web', 'app', hostnames)])).toEqual(zones);
  });

  test('count those of annotations and listeners', () => {
    const route = demoRoute('web', 'app', []);
    const { metadata } = route;
    const annotated = {
      ...route,
      metadata: { ...metadata, annotations: { 'routeflare/hostnames': 'a.one.org, b.two.org' } },
    };
    const gateway = {
      ...route,
      kind: 'Gateway',
      spec: { listeners: [{ name: 'x', hostname: '*.three.org' }] },
    };
    expect(zoneNames([annotated, gateway])).toEqual(['one.org', 'three.org', 'two.org']);
  });
});

test('a Gateway stands in for each parent that is missing, with the listeners that are named', () => {
  const route = demoRoute('web', 'app', ['a.example.com']);
  const parentRefs = [
    { name: 'edge', sectionName: 'web' },
    { name: 'edge', sectionName: 'other' },
    { name: 'mesh', kind: 'Service', group: '' },
    { name: 'here', namespace: 'infra' },
  ];
  const here = {
    apiVersion: route.apiVersion,
    kind: 'Gateway',
    metadata: { name: 'here', namespace: 'infra' },
  };
  expect(missingGateways([{ ...route, spec: { parentRefs } }, here])).toMatchObject([
    {
      kind: 'Gateway',
      metadata: { namespace: 'web', name: 'edge' },
      spec: { listeners: [{ name: 'web' }, { name: 'other' }] },
    },
  ]);
});
