import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeIngress, decodeService } from '../../src/kubernetes/decode-balanced.ts';
import {
  decodeBackendService,
  decodeEndpointSlice,
  decodeGrant,
} from '../../src/kubernetes/decode-endpoints.ts';
import { decodeGateway } from '../../src/kubernetes/decode-gateway.ts';
import { decodeListenerSet } from '../../src/kubernetes/decode-listener-set.ts';
import { decodeNamespace } from '../../src/kubernetes/decode-namespace.ts';
import { decodeRoute, type SourceContext } from '../../src/kubernetes/decode-route.ts';

const CONTEXT: SourceContext = { selected: () => true, mayGive: () => true };

const DECODERS: Readonly<Record<string, (raw: unknown) => { readonly kind: string }>> = {
  HTTPRoute: (raw) => decodeRoute('HTTPRoute', raw, CONTEXT),
  TLSRoute: (raw) => decodeRoute('TLSRoute', raw, CONTEXT),
  Ingress: (raw) => decodeIngress(raw, CONTEXT),
  Service: (raw) => decodeService(raw, CONTEXT),
  Gateway: (raw) => decodeGateway(raw),
  ListenerSet: decodeListenerSet,
  Namespace: decodeNamespace,
  'Service as a backend': decodeBackendService,
  EndpointSlice: decodeEndpointSlice,
  ReferenceGrant: decodeGrant,
};

const FIELDS = [
  'metadata',
  'name',
  'namespace',
  'annotations',
  'labels',
  'uid',
  'generation',
  'creationTimestamp',
  'spec',
  'status',
  'parents',
  'parentRefs',
  'parentRef',
  'hostnames',
  'listeners',
  'hostname',
  'port',
  'protocol',
  'allowedRoutes',
  'namespaces',
  'from',
  'selector',
  'matchLabels',
  'matchExpressions',
  'kinds',
  'kind',
  'group',
  'sectionName',
  'conditions',
  'type',
  'value',
  'addresses',
  'rules',
  'backendRefs',
  'host',
  'http',
  'paths',
  'loadBalancer',
  'ingress',
  'ip',
  'endpoints',
  'ports',
  'to',
  'routeflare/content-mode',
  '__proto__',
  'constructor',
];

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    'True',
    'All',
    'Selector',
    'Same',
    'web',
    'gateway-address',
    '',
  ),
);
/** JSON whose members have the names that are looked for, with values of any type. */
const anything = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('node'), { maxKeys: 6 }),
  ),
})).node;
const named = fc.tuple(anything, anything, anything).map(([metadata, spec, status]) => ({
  metadata: { name: 'x', namespace: 'y', ...(typeof metadata === 'object' ? metadata : {}) },
  spec,
  status,
}));

test.each(Object.entries(DECODERS))(
  '%s: whatever the server sends is read, or told as what cannot be',
  (_, decode) => {
    fc.assert(
      fc.property(fc.oneof(anything, named, fc.jsonValue()), (raw) => {
        expect(['object', 'plain', 'undecodable', 'nameless']).toContain(decode(raw).kind);
      }),
      { numRuns: 300 },
    );
  },
);

test.each(Object.entries(DECODERS))('%s: nothing of a hostile object gets into others', (_, decode) => {
  decode(
    JSON.parse(
      '{"metadata":{"name":"x","annotations":{"__proto__":"y","routeflare/__proto__":"z"},"labels":{"__proto__":{"polluted":1}}},"__proto__":{"polluted":1}}',
    ),
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
