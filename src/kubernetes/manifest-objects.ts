import type {
  GatewayAddress,
  GatewayObject,
  ListenerSetObject,
  NamespaceObject,
  SourceObject,
} from '../domain/cluster.ts';
import type { LabelPredicate } from '../domain/label-selector.ts';
import { SOURCE_KINDS, type SourceKind } from '../domain/source.ts';
import { decodeGateway } from './decode-gateway.ts';
import { decodeListenerSet } from './decode-listener-set.ts';
import { decodeNamespace } from './decode-namespace.ts';
import type { Decoded } from './decoded.ts';
import { fieldAt, isJsonObject, listAt, textAt, type JsonObject } from './json-fields.ts';
import { GATEWAY_RESOURCES, NAMESPACE, SOURCE_RESOURCES, type Resource } from './kinds.ts';

/** One object as somebody wrote it, and where: `routes.yaml:12`. */
export interface Manifest {
  readonly place: string;
  readonly value: unknown;
}

export interface ManifestOptions {
  /** SOURCES. */
  readonly kinds: ReadonlySet<SourceKind>;
  /** SOURCE_SELECTOR. */
  readonly selected: LabelPredicate;
}

/** What the API server puts on every Namespace. https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The objects of manifests by kind and key. Of an object given twice the last one counts. */
export class ManifestObjects {
  readonly sources = new Map<SourceKind, Map<string, SourceObject>>();
  /** Keys of all sources, of those that ask for nothing too. */
  readonly present = new Map<SourceKind, Set<string>>();
  readonly gateways = new Map<string, GatewayObject>();
  readonly listenerSets = new Map<string, ListenerSetObject>();
  readonly namespaces = new Map<string, NamespaceObject>();
  /** What a status would tell and was taken for granted, a sentence each. */
  readonly assumed: string[] = [];
  /** Objects that ask for something and are not looked at, a sentence each. */
  readonly ignored: string[] = [];
  /** Objects that cannot be read, with their place. */
  readonly wrong: string[] = [];
  readonly #options: ManifestOptions;
  readonly #places = new Map<string, string>();

  constructor(options: ManifestOptions) {
    this.#options = options;
    for (const kind of options.kinds) {
      this.sources.set(kind, new Map());
      this.present.set(kind, new Set());
    }
  }

  add({ place, value }: Manifest): void {
    if (!isJsonObject(value)) return;
    const kind = textAt(value, 'kind') ?? '';
    const at = { place, kind };
    const raw = inNamespace(value);
    const sourceKind = SOURCE_KINDS.find((each) => is(value, SOURCE_RESOURCES[each]));
    const sources = sourceKind === undefined ? undefined : this.sources.get(sourceKind);
    if (sourceKind !== undefined && sources !== undefined) {
      const { selected } = this.#options;
      const decoded = SOURCE_RESOURCES[sourceKind].decode(raw, { selected, mayGive: () => true });
      this.#take(at, decoded, sources, (source) => source);
      if (decoded.kind !== 'nameless') this.present.get(sourceKind)?.add(decoded.key);
    } else if (is(value, GATEWAY_RESOURCES.Gateway)) {
      this.#take(at, decodeGateway(raw), this.gateways, (gateway) => this.#addressed(gateway, raw));
    } else if (is(value, GATEWAY_RESOURCES.ListenerSet)) {
      const isNew = fieldAt(raw, 'status') === undefined;
      this.#take(at, decodeListenerSet(raw), this.listenerSets, (set) => (isNew ? admitted(set) : set));
    } else if (is(value, NAMESPACE)) {
      this.#take(at, decodeNamespace(value), this.namespaces, named);
    } else if (asks(value)) {
      const why =
        sourceKind === undefined
          ? 'is no kind that is read'
          : `is not in SOURCES (add ${kind.toLowerCase()})`;
      this.ignored.push(
        `${place}: ${kind} ${keyOf(raw)} carries routeflare/ annotations, and ${kind} ${why}`,
      );
    }
  }

  #take<T>(
    { place, kind }: { readonly place: string; readonly kind: string },
    decoded: Decoded<T>,
    into: Map<string, T>,
    complete: (object: T) => T,
  ): void {
    const what = decoded.kind === 'nameless' ? kind : `${kind} ${decoded.key}`;
    if (decoded.kind === 'nameless' || decoded.kind === 'undecodable') {
      this.wrong.push(`${place}: ${what}: ${decoded.why}`);
      return;
    }
    const before = this.#places.get(what);
    this.#places.set(what, place);
    if (before !== undefined) {
      this.assumed.push(`${what} is there twice, at ${before} and ${place}: the last one counts`);
    }
    if (decoded.kind === 'object') into.set(decoded.key, complete(decoded.object));
    else into.delete(decoded.key);
  }

  /** Addresses asked for in the spec stand in for those that a status would list. */
  #addressed(gateway: GatewayObject, raw: unknown): GatewayObject {
    if (gateway.addresses.length > 0) return gateway;
    const addresses = listAt(raw, 'spec', 'addresses').flatMap((each): readonly GatewayAddress[] => {
      const value = textAt(each, 'value');
      return value ? [{ type: textAt(each, 'type') ?? 'IPAddress', value }] : [];
    });
    if (addresses.length === 0) return gateway;
    const list = addresses.map(({ value }) => value).join(', ');
    this.assumed.push(
      `Gateway ${gateway.namespace}/${gateway.name}: gets the addresses of its spec, ${list}`,
    );
    return { ...gateway, addresses };
  }
}

/** By group and kind: a manifest may be of any version, which the cluster converts. */
function is(raw: unknown, { kind, group }: Resource): boolean {
  const apiVersion = textAt(raw, 'apiVersion') ?? '';
  const own = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return apiVersion !== '' && own === group && textAt(raw, 'kind') === kind;
}

/** An object without a namespace is put into `default`, as kubectl would. */
function inNamespace(raw: JsonObject): JsonObject {
  const metadata = fieldAt(raw, 'metadata');
  if (!isJsonObject(metadata) || textAt(metadata, 'namespace')) return raw;
  return { ...raw, metadata: { ...metadata, namespace: 'default' } };
}

function keyOf(raw: unknown): string {
  return `${textAt(raw, 'metadata', 'namespace') ?? ''}/${textAt(raw, 'metadata', 'name') ?? ''}`;
}

function asks(raw: unknown): boolean {
  const annotations = fieldAt(raw, 'metadata', 'annotations');
  return isJsonObject(annotations) && Object.keys(annotations).some((key) => key.startsWith('routeflare/'));
}

function admitted(set: ListenerSetObject): ListenerSetObject {
  return { ...set, accepted: true, acceptedListeners: set.listeners.map(({ name }) => name) };
}

function named({ name, labels }: NamespaceObject): NamespaceObject {
  return { name, labels: { ...labels, [NAME_LABEL]: name } };
}
