import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { eventually } from '../process/eventually.ts';
import type { Json, KubeObject } from './cluster/api.ts';
import { CHART } from './cluster/helm.ts';
import { gateway, namespace } from './cluster/manifests.ts';
import { EGRESS, HOME, RELEASE, Scene, TOKEN } from './cluster/scene.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HOME_V6 = '2001:db8::10';
const files = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yaml'));
const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function documents(text: string): KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** Whole objects of the Gateway API among a page's examples. */
function shownIn(page: string): string[] {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
  return blocks
    .map(([, text]) => text ?? '')
    .filter((text) => /^apiVersion: gateway\.networking/m.test(text) && /^spec:/m.test(text));
}

describe('what is there to copy', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({ zones: [{ name: 'example.com' }] });
    for (const name of ['gateways', 'home', 'web', 'shown']) await scene.api.apply(namespace(name));
    for (const name of ['public', 'tunnel']) {
      const { metadata, ...rest } = gateway(name);
      const made = await scene.api.apply({ ...rest, metadata: { ...metadata, namespace: 'gateways' } });
      await scene.implementation.program(made, [HOME, HOME_V6]);
    }
    await scene.api.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cloudflare', namespace: RELEASE },
      stringData: { token: TOKEN },
    });
    await scene.run(scene.values({ maxDeletes: 'off' }));
  });
  afterAll(() => scene.close());

  /** As a person does it, with the server's word on every field; then the implementation accepts what it is. */
  async function apply(name: string): Promise<KubeObject[]> {
    const file = join(ROOT, 'examples', name);
    await scene.kubectl('apply', '--server-side', '--validate=strict', '-f', file);
    const there: KubeObject[] = [];
    for (const { apiVersion, kind, metadata } of documents(readFileSync(file, 'utf8'))) {
      const made = await scene.api.get({ apiVersion, kind, ...metadata });
      if (made === undefined) throw new Error(`${kind} ${metadata.name} is not there`);
      if (kind === 'Gateway') await scene.implementation.program(made, [HOME, HOME_V6]);
      if (kind.endsWith('Route')) await scene.implementation.accept(made);
      there.push(made);
    }
    return there;
  }

  test.each(files.filter((name) => !name.startsWith('values-')))(
    'examples/%s is taken by the server, and its names are published',
    async (name) => {
      const routes = (await apply(name)).filter(({ kind }) => kind.endsWith('Route'));
      const wanted = routes
        .filter(({ metadata }) => metadata.annotations?.['routeflare/content-mode'] !== 'none')
        .flatMap(({ spec }) => spec?.['hostnames'] as string[]);
      expect(wanted.length).toBeGreaterThan(0);
      await eventually(() => {
        const there = new Set(scene.cloudflare.records('example.com').map((record) => record.name));
        expect([...there].sort()).toEqual(wanted.toSorted());
      });
      await scene.kubectl('delete', '-f', join(ROOT, 'examples', name));
      await eventually(() => expect(scene.cloudflare.records('example.com')).toEqual([]));
    },
  );

  test('their records are what the comments in them say', async () => {
    for (const name of ['ddns', 'gateway-address', 'two-gateways']) await apply(`${name}.yaml`);
    await scene.expectAt('photos.example.com', [`A ${EGRESS}`]);
    await scene.expectAt('www.app.example.com', [`A ${HOME}`, `AAAA ${HOME_V6}`]);
    await scene.expectAt('wiki.example.com', ['CNAME 00000000-0000-0000-0000-000000000000.cfargotunnel.com']);
    await scene.expectAt('nas.example.com', [`A ${HOME}`]);
    expect(scene.at('hidden.example.com')).toEqual([]);
    expect(scene.cloudflare.record('example.com', 'photos.example.com', 'A')?.proxied).toBe(true);
    expect(scene.cloudflare.record('example.com', 'wiki.example.com', 'CNAME')?.proxied).toBe(true);
  });

  test.each(pages.flatMap((page) => shownIn(page).map((text) => [page, text] as const)))(
    '%s shows an object that the server takes',
    async (_, text) => {
      const named = documents(text).map(({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, namespace: 'shown' },
      }));
      for (const object of named) expect((await scene.api.apply(object)).metadata.uid).toBeDefined();
    },
  );

  test.each(files.filter((name) => name.startsWith('values-')))(
    'examples/%s installs, and its Pod is admitted',
    async (name) => {
      const values = parse(readFileSync(join(ROOT, 'examples', name), 'utf8')) as Json;
      await scene.helm.must(['upgrade', RELEASE, CHART, '--namespace', RELEASE], values);
      const pod = await scene.startPod();
      await pod.program.kill();
      expect(pod.env['ZONES']).toMatch(/example\.com$/);
    },
  );
});
