import {
  array,
  assert,
  constant,
  dictionary,
  jsonValue,
  oneof,
  property,
  record,
  string,
  type Arbitrary,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGateway } from '../../src/kubernetes/decode-gateway.ts';
import { decodeNamespace } from '../../src/kubernetes/decode-namespace.ts';
import { decodeRoute } from '../../src/kubernetes/decode-route.ts';
import { route } from './cluster-fixture.ts';

const all = { selected: () => true, mayGive: () => false };

function decoded(raw: unknown): unknown {
  const result = decodeRoute('HTTPRoute', raw, all);
  return result.kind === 'object' ? result.object : result;
}

describe('a route', () => {
  it('has its parentRefs defaulted, but a core group kept', () => {
    const spec = {
      parentRefs: [
        { name: 'edge' },
        { name: 'svc', group: '', kind: 'Service', namespace: 'mesh', sectionName: 'http', port: 80 },
      ],
    };
    expect(decoded({ ...route('a', { namespace: 'apps' }), spec })).toMatchObject({
      hostnames: [],
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'apps', name: 'edge' },
        { group: '', kind: 'Service', namespace: 'mesh', name: 'svc', sectionName: 'http', port: 80 },
      ],
    });
  });

  it('has the Accepted condition of each parent, with the generation that it is of', () => {
    const parents = [
      {
        parentRef: { name: 'edge', namespace: 'infra', sectionName: 'web' },
        controllerName: 'example.com/gw',
        conditions: [
          { type: 'ResolvedRefs', status: 'False', reason: 'BackendNotFound' },
          { type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration: 7 },
        ],
      },
      { parentRef: { name: 'unclaimed' }, controllerName: 'example.com/gw' },
    ];
    expect(decoded(route('a', { status: { parents } }))).toMatchObject({
      parentStatuses: [
        {
          ref: { namespace: 'infra', name: 'edge', sectionName: 'web' },
          controllerName: 'example.com/gw',
          accepted: 'True',
          reason: 'Accepted',
          observedGeneration: 7,
        },
        { ref: { namespace: 'default', name: 'unclaimed' }, accepted: undefined },
      ],
    });
  });

  it('reads a status of any form, since a status is no evidence', () => {
    for (const status of [7, { parents: 'x' }, { parents: [7, { parentRef: [] }, {}] }]) {
      expect(decoded(route('a', { status }))).toMatchObject({ name: 'a', parentStatuses: [] });
    }
  });

  it.each([
    ['hostnames that are text', { spec: { hostnames: 'a.example.com' } }],
    ['a hostname that is a number', { spec: { hostnames: [1] } }],
    ['parentRefs that are a map', { spec: { parentRefs: {} } }],
    ['a parentRef without a name', { spec: { parentRefs: [{}] } }],
    ['a port that is text', { spec: { parentRefs: [{ name: 'edge', port: '80' }] } }],
    ['a group that is a number', { spec: { parentRefs: [{ name: 'edge', group: 1 }] } }],
  ])('is undecodable with %s, never one without them', (_, part) => {
    expect(decoded({ ...route('a'), ...part })).toMatchObject({ kind: 'undecodable', key: 'default/a' });
  });

  it('is undecodable with annotations of another form, never one without annotations', () => {
    for (const annotations of ['x', ['x'], { 'routeflare/ttl': 60 }]) {
      const metadata = { name: 'a', namespace: 'default', annotations };
      expect(decoded({ metadata })).toMatchObject({ kind: 'undecodable' });
    }
  });

  it('reads a manifest, which has no status and maybe no namespace', () => {
    const metadata = { name: 'a', annotations: { 'routeflare/content-mode': 'ddns', other: 'x' } };
    expect(
      decodeRoute('HTTPRoute', { metadata, spec: {} }, { ...all, defaultNamespace: 'default' }),
    ).toMatchObject({
      kind: 'object',
      key: 'default/a',
      object: { uid: '', createdAt: '', generation: 0, annotations: { 'content-mode': 'ddns' } },
    });
  });

  it('that is annotated is read or undecodable, whatever else it holds, and never plain', () => {
    const maybe = (good: Arbitrary<unknown>): Arbitrary<unknown> => oneof(good, jsonValue(), constant(null));
    const parentRef = record({ name: maybe(string()), port: maybe(constant(80)) });
    const manifest = record({
      metadata: record({
        name: constant('a'),
        annotations: maybe(constant({})).map((other) =>
          typeof other === 'object' ? { ...other, 'routeflare/content-mode': 'ddns' } : other,
        ),
        labels: maybe(dictionary(string(), string())),
      }),
      spec: record({ hostnames: maybe(array(string())), parentRefs: maybe(array(parentRef)) }),
      status: jsonValue(),
    });
    assert(
      property(manifest, (raw) => {
        const { kind } = decodeRoute('HTTPRoute', raw, all);
        return kind === 'undecodable' || kind === 'object';
      }),
    );
  });

  it('of any JSON at all is answered, not thrown', () => {
    assert(
      property(jsonValue(), (raw) => {
        return ['plain', 'nameless', 'undecodable'].includes(decodeRoute('HTTPRoute', raw, all).kind);
      }),
    );
  });
});

describe('a Gateway', () => {
  it('has its listeners with the defaults of the API, and the addresses of its status', () => {
    const raw = {
      metadata: { name: 'edge', namespace: 'infra', annotations: { 'routeflare/ttl': '60', other: 'x' } },
      spec: {
        addresses: [{ value: '192.0.2.1' }],
        listeners: [
          { name: 'plain', port: 80, protocol: 'HTTP' },
          {
            name: 'tls',
            port: 443,
            protocol: 'HTTPS',
            hostname: '*.example.com',
            allowedRoutes: {
              kinds: [{ kind: 'HTTPRoute' }],
              namespaces: {
                from: 'Selector',
                selector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
              },
            },
          },
        ],
      },
      status: { addresses: [{ value: '203.0.113.7' }, { type: 'Hostname', value: 'lb.example.net' }, 7] },
    };
    expect(decodeGateway(raw)).toEqual({
      kind: 'object',
      key: 'infra/edge',
      object: {
        namespace: 'infra',
        name: 'edge',
        deleting: false,
        annotations: { ttl: '60' },
        listeners: [
          {
            name: 'plain',
            hostname: undefined,
            port: 80,
            protocol: 'HTTP',
            allowedNamespaces: { from: 'Same', selector: undefined },
            allowedKinds: undefined,
          },
          {
            name: 'tls',
            hostname: '*.example.com',
            port: 443,
            protocol: 'HTTPS',
            allowedNamespaces: {
              from: 'Selector',
              selector: {
                matchLabels: {},
                matchExpressions: [{ key: 'team', operator: 'Exists', values: [] }],
              },
            },
            allowedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
          },
        ],
        addresses: [
          { type: 'IPAddress', value: '203.0.113.7' },
          { type: 'Hostname', value: 'lb.example.net' },
        ],
      },
    });
  });

  it('is undecodable where a listener is', () => {
    const listeners = [{ name: 'web', protocol: 'HTTP', hostname: 7 }];
    expect(decodeGateway({ metadata: { name: 'edge', namespace: 'infra' }, spec: { listeners } })).toEqual({
      kind: 'undecodable',
      key: 'infra/edge',
      why: 'hostname is not text',
    });
  });
});

describe('a Namespace', () => {
  it('is its name and labels', () => {
    const raw = { metadata: { name: 'apps', labels: { team: 'a' } } };
    expect(decodeNamespace(raw)).toEqual({
      kind: 'object',
      key: 'apps',
      object: { name: 'apps', labels: { team: 'a' } },
    });
  });
});
