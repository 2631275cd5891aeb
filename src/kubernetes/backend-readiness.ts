import type { BackendRef, KindView, SourceObject } from '../domain/cluster.ts';
import type { BackendService, EndpointGroup, Grant } from './decode-endpoints.ts';

/** What readiness is judged by. A view is absent while nothing asks for it. */
export interface BackendViews {
  readonly services: KindView<BackendService>;
  readonly endpoints: KindView<EndpointGroup>;
  /** By `namespace/name` of the Service. */
  readonly groupsOf: (service: string) => readonly EndpointGroup[];
  readonly grants: KindView<Grant> | undefined;
  /** WATCH_NAMESPACES; `undefined` is all. */
  readonly watchedNamespaces: readonly string[] | undefined;
}

/** `unknown` proves nothing: neither that a backend is ready nor that none is. */
export type BackendState =
  | { readonly kind: 'ready'; readonly what: string }
  | { readonly kind: 'unready'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Whether any backend Service of a source has a ready endpoint. One that is ready is enough, whatever the others are. */
export function readinessOf(source: SourceObject, views: BackendViews): BackendState {
  const backends = source.backends ?? [];
  if (backends.length === 0) return { kind: 'unknown', why: 'it has no backend' };
  const states = backends.map((backend) => stateOf(source, backend, views));
  return (
    states.find(({ kind }) => kind === 'ready') ??
    states.find(({ kind }) => kind === 'unknown') ?? {
      kind: 'unready',
      why: [...new Set(states.map((state) => ('why' in state ? state.why : '')))].join('; '),
    }
  );
}

function stateOf(source: SourceObject, backend: BackendRef, views: BackendViews): BackendState {
  const { group, kind, namespace, name, port } = backend;
  const text = `Service ${namespace}/${name}`;
  if (group !== '' || kind !== 'Service') {
    return unknown(`${kind} ${namespace}/${name} is no Service, and nothing is known of its endpoints`);
  }
  if (views.watchedNamespaces?.includes(namespace) === false) {
    return unknown(`WATCH_NAMESPACES does not include ${namespace}, the namespace of ${text}`);
  }
  for (const [what, { trust }] of [
    ['Services', views.services],
    ['EndpointSlices', views.endpoints],
  ] as const) {
    if (trust.kind !== 'current') return unknown(`${what} are not known: ${trust.why}`);
  }
  if (namespace !== source.namespace) {
    const granted = isGranted(source, backend, views.grants);
    if (granted !== true) return granted ?? unready(`no ReferenceGrant lets it use ${text}`);
  }
  const service = views.services.objects.get(`${namespace}/${name}`);
  if (service === undefined) return unready(`${text} is missing`);
  if (service.type === 'ExternalName') return unknown(`${text} is of type ExternalName and has no endpoints`);
  const portName = port === undefined ? undefined : portNameOf(service, port);
  if (port !== undefined && portName === undefined) return unready(`${text} has no port ${port}`);
  const isReady = views
    .groupsOf(`${namespace}/${name}`)
    .some(
      (group) =>
        group.ready &&
        (portName === undefined || group.ports === undefined || group.ports.includes(portName)),
    );
  const where = port === undefined ? '' : ` port ${port}`;
  return isReady
    ? { kind: 'ready', what: `${text}${where} has a ready endpoint` }
    : unready(`${text}${where} has no ready endpoint`);
}

function portNameOf({ ports }: BackendService, port: number | string): string | undefined {
  return ports.find((each) => (typeof port === 'number' ? each.port === port : each.name === port))?.name;
}

/** ReferenceGrants of the Service's namespace; that there is none is known only of a complete list. */
function isGranted(
  { kind, namespace }: SourceObject,
  backend: BackendRef,
  grants: KindView<Grant> | undefined,
): true | BackendState | undefined {
  if (grants === undefined) return unknown('ReferenceGrants are not watched');
  const { trust } = grants;
  if (trust.kind !== 'current') return unknown(`ReferenceGrants are not known: ${trust.why}`);
  const group = kind === 'Ingress' ? 'networking.k8s.io' : 'gateway.networking.k8s.io';
  const granted = [...grants.objects.values()].some(
    ({ namespace: home, from, to }) =>
      home === backend.namespace &&
      from.some((each) => each.group === group && each.kind === kind && each.namespace === namespace) &&
      to.some(
        (each) =>
          each.group === '' &&
          each.kind === 'Service' &&
          (each.name === undefined || each.name === backend.name),
      ),
  );
  return granted ? true : undefined;
}

function unready(why: string): BackendState {
  return { kind: 'unready', why };
}

function unknown(why: string): BackendState {
  return { kind: 'unknown', why };
}
