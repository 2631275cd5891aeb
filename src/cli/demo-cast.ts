import type { RecordFields } from '../sandbox/cloudflare-record.ts';
import type { ObjectInput } from '../sandbox/kubernetes-object.ts';

export const DEMO_ZONE = 'example.com';
export const GATEWAY_IPV4 = '203.0.113.10';
export const GATEWAY_IPV6 = '2001:db8::10';
export const NEW_EGRESS_IPV4 = '198.51.100.86';
export const TUNNEL = 'c1744f8b-faa1-48a4-9e5c-02ac921467fa.cfargotunnel.com';

const GROUP = 'gateway.networking.k8s.io/v1';

/** The Gateway of the demo, open for routes of every namespace. */
export function demoGateway(namespace = 'gateways', name = 'public'): ObjectInput {
  return {
    apiVersion: GROUP,
    kind: 'Gateway',
    metadata: { namespace, name },
    spec: {
      gatewayClassName: 'sandbox',
      listeners: [
        { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } },
      ],
    },
  };
}

/** A route without any annotation. */
export function demoRoute(namespace: string, name: string, hostnames: readonly string[]): ObjectInput {
  return {
    apiVersion: GROUP,
    kind: 'HTTPRoute',
    metadata: { namespace, name },
    spec: {
      parentRefs: [{ namespace: 'gateways', name: 'public' }],
      hostnames,
      rules: [{ backendRefs: [{ name, port: 80 }] }],
    },
  };
}

/** The cluster before the first act. */
export const DEMO_ROUTES: readonly ObjectInput[] = [
  demoRoute('web', 'shop', ['shop.example.com', 'www.example.com']),
  demoRoute('web', 'dev', ['*.dev.example.com']),
  demoRoute('home', 'vpn', ['vpn.example.com', 'nas.example.com']),
  demoRoute('home', 'photos', ['photos.example.com']),
  demoRoute('home', 'wiki', ['wiki.example.com']),
];

/** What people made in the dashboard before Routeflare came. */
export const HAND_MADE: readonly RecordFields[] = [
  { name: 'example.com', type: 'MX', content: 'mail.example.com', priority: 10 },
  { name: 'blog.example.com', type: 'A', content: '192.0.2.80', ttl: 300, comment: 'at the old host' },
];
