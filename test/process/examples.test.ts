import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectInput } from '../../src/sandbox/kubernetes-object.ts';
import { Scene } from './scene.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const TUNNEL = 'CNAME 00000000-0000-0000-0000-000000000000.cfargotunnel.com';
const BOTH = ['A 192.0.2.10', 'AAAA 2001:db8::10'];

/** What the manifests of each example come to: the lines at each name, and what is said of every record there. */
const OUTCOMES: Readonly<Record<string, Readonly<Record<string, readonly [readonly string[], object]>>>> = {
  'ddns.yaml': { 'photos.example.com': [['A 198.41.0.4'], { proxied: true }] },
  'gateway-address.yaml': {
    'app.example.com': [BOTH, { proxied: false, ttl: 300 }],
    'www.app.example.com': [BOTH, { proxied: false, ttl: 300 }],
  },
  'static-tunnel.yaml': { 'wiki.example.com': [[TUNNEL], { proxied: true }] },
  'two-gateways.yaml': {
    'wiki.example.com': [[TUNNEL], { proxied: true }],
    'nas.example.com': [['A 192.168.1.20'], { proxied: false }],
    'hidden.example.com': [[], {}],
  },
};

describe('the examples', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open();
    scene.kubernetes.gatewayAddresses('gateways', 'internal', ['192.168.1.20']);
    for (const name of ['public', 'tunnel']) {
      scene.kubernetes.gatewayAddresses('gateways', name, ['192.0.2.10', '2001:db8::10']);
      scene.kubernetes.objects.apply(gatewayNamed(name));
    }
    await scene.run();
  });
  afterAll(() => scene.close());

  test('are all tried here, but for values', () => {
    const manifests = readdirSync(EXAMPLES).filter((name) => /^(?!values-).*\.yaml$/.test(name));
    expect(Object.keys(OUTCOMES)).toEqual(manifests.sort());
  });

  test.each(Object.entries(OUTCOMES))('%s does what it says', async (file, names) => {
    const applied = parseAllDocuments(readFileSync(new URL(file, EXAMPLES), 'utf8')).map(
      (document) => document.toJS() as ObjectInput,
    );
    for (const object of applied) scene.kubernetes.objects.apply(object);
    for (const [name, [lines, facts]] of Object.entries(names)) {
      await scene.expectAt(name, lines);
      for (const record of scene.recordsAt(name)) expect(record).toMatchObject(facts);
    }
    for (const { kind, metadata } of applied) {
      if (kind === 'HTTPRoute') scene.unroute(metadata.name, metadata.namespace);
    }
    for (const name of Object.keys(names)) await scene.expectAt(name, []);
    expect(scene.events().filter(({ type }) => type === 'Warning')).toEqual([]);
  });
});

function gatewayNamed(name: string): ObjectInput {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'gateways' },
    spec: {
      gatewayClassName: 'example',
      listeners: [
        { name: 'web', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } },
      ],
    },
  };
}
