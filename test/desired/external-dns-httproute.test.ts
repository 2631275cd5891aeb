import { describe, expect, it } from 'vitest';
import type { SourceObject } from '../../src/domain/cluster.ts';
import {
  accepted,
  claim,
  fateOf,
  gateway,
  ip,
  listener,
  parentRef,
  problems,
  published,
  route,
  type Scene,
} from './builders.ts';

const other = parentRef({ name: 'other' });
const otherGateway = gateway({ name: 'other', addresses: [ip('203.0.113.9')] });
const two = { gateways: [gateway(), otherGateway] };
const onTwo = [parentRef(), other];
const annotations = (more: Readonly<Record<string, string>>) => ({
  'content-mode': 'gateway-address',
  ...more,
});
const at = (...names: readonly string[]) => names.map((name) => listener({ name, hostname: name }));
const selector = {
  from: 'Selector',
  selector: { matchLabels: { team: 'foo' }, matchExpressions: [] },
};
const teams = [
  { name: 'foo', labels: { team: 'foo' } },
  { name: 'bar', labels: { team: 'bar' } },
];
const inNamespace = (namespace: string, hostname: string): SourceObject =>
  route({ namespace, hostnames: [hostname] });
const onlyApp = ['A app.example.com 203.0.113.5'];

interface Case {
  readonly name: string;
  readonly scene: Scene;
  readonly publishes: readonly string[];
  readonly says?: RegExp;
}

/**
 * The cases of external-dns' TestGatewayHTTPRouteSourceEndpoints that mean something here, under their names
 * there. Its flags for filters, templates and controllers have no counterpart; a setting or annotation of ours
 * stands in where one serves the same end.
 */
const CASES: readonly Case[] = [
  {
    name: 'GatewayName: the annotation gateway chooses the parent that counts',
    scene: { ...two, routes: [route({ parentRefs: onTwo, annotations: annotations({ gateway: 'other' }) })] },
    publishes: ['A app.example.com 203.0.113.9'],
  },
  {
    name: 'GatewayNameNoneAccepted: a parent entry without the Accepted condition publishes nothing',
    scene: {
      ...two,
      routes: [
        route({
          parentRefs: onTwo,
          parentStatuses: [accepted(parentRef()), accepted(other, { accepted: undefined })],
          annotations: annotations({ gateway: 'other' }),
        }),
      ],
    },
    publishes: [],
    says: /Gateway infra\/other does not accept the route \(Accepted: absent/,
  },
  {
    name: 'GatewayNamespace: of two Gateways of one name the namespace chooses',
    scene: {
      gateways: [gateway(), gateway({ namespace: 'edge', addresses: [ip('203.0.113.9')] })],
      routes: [
        route({
          parentRefs: [parentRef(), parentRef({ namespace: 'edge' })],
          annotations: annotations({ gateway: 'edge/public' }),
        }),
      ],
    },
    publishes: ['A app.example.com 203.0.113.9'],
  },
  {
    name: 'RouteNamespace: routes outside WATCH_NAMESPACES are left alone',
    scene: {
      routes: [route(), inNamespace('elsewhere', 'else.example.com')],
      watchedNamespaces: ['shop', 'infra'],
    },
    publishes: onlyApp,
  },
  {
    name: 'RouteLabelFilter: routes that SOURCE_SELECTOR does not take are left alone',
    scene: { routes: [route(), route({ name: 'b', hostnames: ['b.example.com'], selected: false })] },
    publishes: onlyApp,
  },
  {
    name: 'RouteAnnotationFilter: a route without content-mode is ignored',
    scene: {
      routes: [route(), route({ name: 'b', hostnames: ['b.example.com'], annotations: { type: 'A' } })],
    },
    publishes: onlyApp,
    says: /no routeflare\/content-mode/,
  },
  {
    name: 'MultipleGateways: one parent counts, the first in spec order; addresses never mix',
    scene: { ...two, routes: [route({ parentRefs: onTwo })] },
    publishes: onlyApp,
  },
  {
    name: 'MultipleListeners: a wildcard route takes both specific hosts',
    scene: {
      gateways: [gateway({ listeners: at('foo.example.com', 'bar.example.com') })],
      routes: [route({ hostnames: ['*.example.com'] })],
    },
    publishes: ['A bar.example.com 203.0.113.5', 'A foo.example.com 203.0.113.5'],
  },
  {
    name: 'SectionNameMatch: only the named listener counts',
    scene: {
      gateways: [gateway({ listeners: at('foo.example.com', 'bar.example.com') })],
      routes: [
        route({ hostnames: ['*.example.com'], parentRefs: [parentRef({ sectionName: 'foo.example.com' })] }),
      ],
    },
    publishes: ['A foo.example.com 203.0.113.5'],
  },
  {
    name: 'PortNumberMatch: only listeners on the port count',
    scene: {
      gateways: [
        gateway({
          listeners: [
            listener({ name: 'foo', hostname: 'foo.example.com', port: 80 }),
            listener({ name: 'bar', hostname: 'bar.example.com', port: 80 }),
            listener({ name: 'qux', hostname: 'qux.example.com', port: 8080 }),
          ],
        }),
      ],
      routes: [route({ hostnames: ['*.example.com'], parentRefs: [parentRef({ port: 80 })] })],
    },
    publishes: ['A bar.example.com 203.0.113.5', 'A foo.example.com 203.0.113.5'],
  },
  {
    name: 'WildcardInGateway: the specific host',
    scene: { gateways: [gateway({ listeners: at('*.example.com') })], routes: [route()] },
    publishes: onlyApp,
  },
  {
    name: 'WildcardInRoute: the specific host',
    scene: {
      gateways: [gateway({ listeners: at('app.example.com') })],
      routes: [route({ hostnames: ['*.example.com'] })],
    },
    publishes: onlyApp,
  },
  {
    name: 'WildcardInRouteAndGateway: the wildcard',
    scene: {
      gateways: [gateway({ listeners: at('*.example.com') })],
      routes: [route({ hostnames: ['*.example.com'] })],
    },
    publishes: ['A *.example.com 203.0.113.5'],
  },
  {
    name: 'NoRouteHostname: the listener host',
    scene: { gateways: [gateway({ listeners: at('app.example.com') })], routes: [route({ hostnames: [] })] },
    publishes: onlyApp,
  },
  {
    name: 'NoRouteHostname under a wildcard listener: never published by implication',
    scene: { gateways: [gateway({ listeners: at('*.example.com') })], routes: [route({ hostnames: [] })] },
    publishes: [],
    says: /hostname \*\.example\.com, which is not published by implication/,
  },
  {
    name: 'NoGateways: no Gateway, no parents',
    scene: { gateways: [], routes: [route({ parentRefs: [] })] },
    publishes: [],
    says: /has no parentRef/,
  },
  {
    name: 'NoHostnames: neither side has a host',
    scene: { routes: [route({ hostnames: [] })] },
    publishes: [],
    says: /has no hostname, and the route has none either/,
  },
  {
    name: 'HostnameAnnotation: hostnames replaces the names of the object',
    scene: {
      routes: [
        route({ annotations: annotations({ hostnames: 'one.example.com, two.example.com' }) }),
        route({ name: 'b', hostnames: [], annotations: annotations({ hostnames: 'three.example.com' }) }),
      ],
    },
    publishes: [
      'A one.example.com 203.0.113.5',
      'A three.example.com 203.0.113.5',
      'A two.example.com 203.0.113.5',
    ],
  },
  {
    name: 'TTL: what is no TTL freezes the route, and never becomes a default',
    scene: {
      routes: [
        route({ annotations: annotations({ ttl: '120' }) }),
        route({ name: 'b', hostnames: ['b.example.com'], annotations: annotations({ ttl: 'abc' }) }),
      ],
    },
    publishes: onlyApp,
    says: /routeflare\/ttl: "abc" cannot be used; allowed: "auto", or whole seconds from 60 to 86400/,
  },
  {
    name: 'DifferentHostnameDifferentGateway: each host gets the address of its own Gateway',
    scene: {
      gateways: [
        gateway({ listeners: at('*.a.example.com') }),
        gateway({ name: 'other', listeners: at('*.b.example.com'), addresses: [ip('203.0.113.9')] }),
      ],
      routes: [route({ hostnames: ['x.a.example.com', 'x.b.example.com'], parentRefs: onTwo })],
    },
    publishes: ['A x.a.example.com 203.0.113.5', 'A x.b.example.com 203.0.113.9'],
  },
  {
    name: 'AllowedRoutesSameNamespace',
    scene: {
      gateways: [
        gateway({ listeners: [listener({ allowedNamespaces: { from: 'Same', selector: undefined } })] }),
      ],
      routes: [inNamespace('infra', 'in.example.com'), inNamespace('shop', 'out.example.com')],
    },
    publishes: ['A in.example.com 203.0.113.5'],
    says: /out\.example\.com: listener https of Gateway infra\/public does not allow routes from namespace shop \(allowedRoutes\.namespaces\.from: Same\)/,
  },
  {
    name: 'AllowedRoutesNamespaceSelector',
    scene: {
      gateways: [gateway({ listeners: [listener({ allowedNamespaces: selector })] })],
      namespaces: teams,
      routes: [inNamespace('foo', 'foo.example.com'), inNamespace('bar', 'bar.example.com')],
    },
    publishes: ['A foo.example.com 203.0.113.5'],
    says: /bar\.example\.com: allowedRoutes\.namespaces\.selector of listener https.* does not select the labels of namespace bar/,
  },
  {
    name: 'MissingNamespace: an unknown Namespace publishes nothing new',
    scene: {
      gateways: [gateway({ listeners: [listener({ allowedNamespaces: selector })] })],
      routes: [inNamespace('foo', 'foo.example.com')],
    },
    publishes: [],
    says: /Namespace foo is not known/,
  },
  {
    name: 'AnnotationOverride: static content stands in for the address of the Gateway',
    scene: { routes: [route({ annotations: { 'content-mode': 'static', content: '198.51.100.4' } })] },
    publishes: ['A app.example.com 198.51.100.4'],
  },
  {
    name: 'MultipleGatewaysMultipleRoutes: each its own',
    scene: {
      ...two,
      routes: [route(), route({ name: 'b', hostnames: ['b.example.com'], parentRefs: [other] })],
    },
    publishes: ['A app.example.com 203.0.113.5', 'A b.example.com 203.0.113.9'],
  },
  {
    name: 'NoParentRefs: a status alone attaches nothing',
    scene: { routes: [route({ parentRefs: [], parentStatuses: [accepted(parentRef())] })] },
    publishes: [],
    says: /has no parentRef/,
  },
  {
    name: 'ParentRefsMismatch: a status for another Gateway attaches nothing',
    scene: { ...two, routes: [route({ parentStatuses: [accepted(other)] })] },
    publishes: [],
    says: /status\.parents has no entry for it/,
  },
];

describe('external-dns TestGatewayHTTPRouteSourceEndpoints', () => {
  it.each(CASES)('$name', ({ scene, publishes, says }) => {
    expect(published(scene)).toEqual(publishes);
    expect(problems(scene).join('\n')).toMatch(says ?? /^$/);
  });
});

describe('external-dns TestGatewayMatchingProtocol', () => {
  it.each([
    ['HTTPRoute', 'HTTPS', true],
    ['HTTPRoute', 'HTTP', true],
    ['HTTPRoute', 'TLS', false],
    ['HTTPRoute', 'TCP', false],
    ['GRPCRoute', 'HTTPS', true],
    ['TLSRoute', 'TLS', true],
    ['TLSRoute', 'TCP', false],
  ] as const)('%s on a listener of protocol %s: %s', (kind, protocol, attaches) => {
    const scene = { gateways: [gateway({ listeners: [listener({ protocol })] })], routes: [route({ kind })] };
    expect(published(scene)).toEqual(attaches ? onlyApp : []);
  });
});

it('what its filters would delete is kept here: a route that is no longer selected, and one no longer watched', () => {
  const scene = { claims: [claim()], routes: [route({ selected: false })] };
  expect(fateOf(scene)).toBe('kept:pending');
  expect(fateOf({ claims: [claim()], routes: [route()], watchedNamespaces: ['infra'] })).toBe('kept:pending');
});
