/** One resource type as the API server knows it. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** Empty for core. */
  readonly group: string;
  /** Versions that can be served; the first is the one objects are stored in. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Writes to the object leave its status alone; `/status` writes change nothing else. */
  readonly status: boolean;
  /** `metadata.generation` counts changes outside metadata and status. */
  readonly generation: boolean;
}

type Shape = Partial<
  Pick<Kind, 'shortNames' | 'versions' | 'namespaced' | 'status' | 'generation' | 'singular'>
>;

function kind(group: string, name: string, plural: string, shape: Shape = {}): Kind {
  return {
    kind: name,
    plural,
    singular: name.toLowerCase(),
    shortNames: [],
    group,
    versions: ['v1'],
    namespaced: true,
    status: false,
    generation: false,
    ...shape,
  };
}

const gateway = 'gateway.networking.k8s.io';
const custom: Shape = { status: true, generation: true };

/** Everything the sandbox serves. Events of core and of events.k8s.io are one storage, as in a real server. */
export const allKinds: readonly Kind[] = [
  kind('', 'Namespace', 'namespaces', { namespaced: false, status: true, shortNames: ['ns'] }),
  kind('', 'Service', 'services', { status: true, shortNames: ['svc'] }),
  kind('', 'Pod', 'pods', { status: true, shortNames: ['po'] }),
  kind('', 'Secret', 'secrets'),
  kind('', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  kind('', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  kind('', 'Event', 'events', { shortNames: ['ev'] }),
  kind('events.k8s.io', 'Event', 'events', { shortNames: ['ev'] }),
  kind('discovery.k8s.io', 'EndpointSlice', 'endpointslices', { generation: true }),
  kind('networking.k8s.io', 'Ingress', 'ingresses', { ...custom, shortNames: ['ing'] }),
  kind('coordination.k8s.io', 'Lease', 'leases'),
  kind(gateway, 'GatewayClass', 'gatewayclasses', {
    ...custom,
    versions: ['v1', 'v1beta1'],
    namespaced: false,
    shortNames: ['gc'],
  }),
  kind(gateway, 'Gateway', 'gateways', { ...custom, versions: ['v1', 'v1beta1'], shortNames: ['gtw'] }),
  kind(gateway, 'HTTPRoute', 'httproutes', { ...custom, versions: ['v1', 'v1beta1'] }),
  kind(gateway, 'GRPCRoute', 'grpcroutes', custom),
  kind(gateway, 'TLSRoute', 'tlsroutes', { ...custom, versions: ['v1', 'v1alpha3', 'v1alpha2'] }),
  kind(gateway, 'ListenerSet', 'listenersets', { ...custom, shortNames: ['lset'] }),
  kind(gateway, 'ReferenceGrant', 'referencegrants', {
    generation: true,
    versions: ['v1beta1', 'v1'],
    shortNames: ['refgrant'],
  }),
];

export const routeKinds: readonly string[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute'];

/** `group/version`, or the version alone for core. */
export function apiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The resource's name in messages of the API server: `httproutes.gateway.networking.k8s.io`. */
export function qualified(kind: Pick<Kind, 'plural' | 'group'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** Which versions of which kinds are served at the moment; tests switch them. */
export class ServedKinds {
  readonly #versions = new Map<Kind, readonly string[]>();

  constructor() {
    for (const kind of allKinds) {
      // Those of the standard channel: v1alpha versions and later promotions are there to be switched on.
      const count = kind.kind === 'TLSRoute' || kind.kind === 'ReferenceGrant' ? 1 : kind.versions.length;
      this.#versions.set(kind, kind.versions.slice(0, count));
    }
  }

  all(): Kind[] {
    return allKinds.filter((kind) => this.versions(kind).length > 0);
  }

  versions(kind: Kind): readonly string[] {
    return this.#versions.get(kind) ?? [];
  }

  set(kind: Kind, versions: readonly string[]): void {
    this.#versions.set(kind, versions);
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return allKinds.find(
      (kind) => kind.group === group && kind.plural === plural && this.versions(kind).includes(version),
    );
  }
}

/** The kind an object says it is. Throws Error on an unknown one. */
export function kindOf(object: { readonly apiVersion: string; readonly kind: string }): Kind {
  const group = object.apiVersion.includes('/') ? object.apiVersion.replace(/\/.*$/, '') : '';
  const found = allKinds.find((kind) => kind.kind === object.kind && kind.group === group);
  if (found === undefined) throw new Error(`the sandbox has no kind ${object.apiVersion} ${object.kind}`);
  return found;
}

/** The kind of that name; `Event` is the one of events.k8s.io. Throws Error on an unknown one. */
export function kindNamed(name: string): Kind {
  const found = allKinds.findLast((kind) => kind.kind === name);
  if (found === undefined) throw new Error(`the sandbox has no kind ${name}`);
  return found;
}

/** Where objects of this kind are kept: both Event kinds share one place. */
export function storageOf(kind: Kind): Kind {
  return kind.kind === 'Event' ? kindNamed('Event') : kind;
}
