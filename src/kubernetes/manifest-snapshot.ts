import type {
  ClusterSnapshot,
  KindView,
  ParentRef,
  ParentStatus,
  Readiness,
  SourceObject,
  Trust,
} from '../domain/cluster.ts';
import { refText } from '../domain/source.ts';
import { ManifestObjects, type Manifest, type ManifestOptions } from './manifest-objects.ts';

/** A cluster as manifests describe it. */
export interface ManifestCluster extends Pick<ManifestObjects, 'assumed' | 'ignored' | 'wrong'> {
  readonly snapshot: ClusterSnapshot;
}

/**
 * Never `current`: a folder of manifests is no complete list, so no absence in it is evidence for a deletion, while
 * what is in it counts. docs/commands.md, "Manifests".
 */
const TRUST: Trust = { kind: 'stale', why: 'only those in the given files are' };

/**
 * Builds the snapshot that the planner reads, without a cluster. What only a status could tell is assumed.
 * @param watchedNamespaces WATCH_NAMESPACES; `undefined` is all
 */
export function manifestCluster(
  manifests: readonly Manifest[],
  options: ManifestOptions,
  watchedNamespaces: ReadonlySet<string> | undefined,
): ManifestCluster {
  const objects = new ManifestObjects(options);
  for (const manifest of manifests) objects.add(manifest);
  const { gateways, listenerSets, namespaces, assumed, ignored, wrong } = objects;
  const readiness = readyBackends(objects);
  const views = [...objects.sources].map(([kind, sources]) => [
    kind,
    viewOf(new Map([...sources].map(([key, source]) => [key, accepted(source)])), objects.present.get(kind)),
  ]);
  const parents = acceptingParents(objects);
  if (parents.length > 0) assumed.push(`${parents.join(', ')}: accepts every route that its listeners allow`);
  if (readiness.size > 0) assumed.push('backends of sources with routeflare/require-ready are ready');
  const snapshot: ClusterSnapshot = {
    sources: Object.fromEntries(views),
    readiness,
    gateways: viewOf(gateways),
    listenerSets: viewOf(listenerSets),
    namespaces: viewOf(namespaces),
    watchedNamespaces,
  };
  return { snapshot, assumed, ignored, wrong };
}

function viewOf<T>(objects: ReadonlyMap<string, T>, keys?: ReadonlySet<string>): KindView<T> {
  return { trust: TRUST, objects, present: (key) => keys?.has(key) ?? objects.has(key) };
}

/** A source with a status is as a cluster told of it. */
function accepted(source: SourceObject): SourceObject {
  if (source.parentStatuses.length > 0) return source;
  return { ...source, parentStatuses: source.parentRefs.map(acceptance) };
}

function acceptance(ref: ParentRef): ParentStatus {
  return { ref, controllerName: '', accepted: 'True', reason: '', observedGeneration: undefined };
}

/** The parents in the manifests that were taken to accept a route. */
function acceptingParents({ sources, gateways, listenerSets }: ManifestObjects): readonly string[] {
  const parents = [...sources.values()]
    .flatMap((objects) => [...objects.values()])
    .filter(({ parentStatuses }) => parentStatuses.length === 0)
    .flatMap(({ parentRefs }) => parentRefs)
    .filter(({ kind, namespace, name }) =>
      (kind === 'Gateway' ? gateways : listenerSets).has(`${namespace}/${name}`),
    )
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  return [...new Set(parents)].sort();
}

function readyBackends({ sources }: ManifestObjects): ReadonlyMap<string, Readiness> {
  const asking = [...sources.values()]
    .flatMap((objects) => [...objects.values()])
    .filter(({ backends }) => backends !== undefined);
  return new Map(asking.map((source): [string, Readiness] => [refText(source), { kind: 'ready' }]));
}
