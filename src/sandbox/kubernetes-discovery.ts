import type { JsonObject } from './json-value.ts';
import { apiVersion, type Kind, type ServedKinds } from './kubernetes-kinds.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const reviews = 'authorization.k8s.io';

/** A document about the API itself; undefined where the path names none. */
export function discoveryDocument(path: string, served: ServedKinds): unknown {
  const [root, first, second, third] = path.split('/').filter((part) => part !== '');
  if (root === 'version') return serverVersion;
  if (root === 'openapi' && first === 'v3') {
    if (second === undefined) return openApiIndex(served);
    const version = second === 'api' ? third : path.replace('/openapi/v3/apis/', '');
    return version === undefined ? undefined : openApiDocument(version, served);
  }
  if (root === 'api') {
    if (first === undefined) return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    return first === 'v1' && second === undefined ? resourceList('', 'v1', served) : undefined;
  }
  if (root !== 'apis') return undefined;
  if (first === undefined) {
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: groups(served).map((name) => group(name, served)),
    };
  }
  if (!groups(served).includes(first)) return undefined;
  if (second === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...group(first, served) };
  return third === undefined ? resourceList(first, second, served) : undefined;
}

const serverVersion = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3-sandbox',
  gitCommit: 'sandbox',
  gitTreeState: 'clean',
  buildDate: '2026-07-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
};

function groups(served: ServedKinds): string[] {
  return [...new Set([...served.all().map((kind) => kind.group), reviews])].filter((name) => name !== '');
}

function versionsOf(name: string, served: ServedKinds): string[] {
  if (name === reviews) return ['v1'];
  const kinds = served.all().filter((kind) => kind.group === name);
  return [...new Set(kinds.flatMap((kind) => served.versions(kind)))].sort(byMaturity);
}

function byMaturity(left: string, right: string): number {
  const rank = (version: string): number =>
    version.includes('alpha') ? 2 : version.includes('beta') ? 1 : 0;
  return rank(left) - rank(right) || right.localeCompare(left);
}

function group(name: string, served: ServedKinds): JsonObject {
  const versions = versionsOf(name, served).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(name: string, version: string, served: ServedKinds): unknown {
  const head = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion(name, version) };
  if (name === reviews) {
    const review = { name: 'selfsubjectaccessreviews', singularName: 'selfsubjectaccessreview' };
    const resource = { ...review, namespaced: false, kind: 'SelfSubjectAccessReview', verbs: ['create'] };
    return version === 'v1' ? { ...head, resources: [resource] } : undefined;
  }
  const kinds = kindsIn(name, version, served);
  return kinds.length === 0 ? undefined : { ...head, resources: kinds.flatMap(resources) };
}

function kindsIn(name: string, version: string, served: ServedKinds): Kind[] {
  return served.all().filter((kind) => kind.group === name && served.versions(kind).includes(version));
}

function resources({ plural, singular, namespaced, kind, shortNames, status }: Kind): JsonObject[] {
  const main: JsonObject = { name: plural, singularName: singular, namespaced, kind, verbs };
  if (shortNames.length > 0) main['shortNames'] = shortNames;
  if (!status) return [main];
  return [
    main,
    { name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] },
  ];
}

function groupVersions(served: ServedKinds): (readonly [string, string])[] {
  const named = groups(served).filter((name) => name !== reviews);
  return [
    ['', 'v1'],
    ...named.flatMap((name) => versionsOf(name, served).map((version) => [name, version] as const)),
  ];
}

function openApiIndex(served: ServedKinds): JsonObject {
  const paths = groupVersions(served).map(([name, version]) => {
    const path = name === '' ? `api/${version}` : `apis/${name}/${version}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=sandbox` }];
  });
  return { paths: Object.fromEntries(paths) };
}

/** As much as kubectl reads to learn that the server checks fields itself (`fieldValidation`). */
function openApiDocument(groupVersion: string, served: ServedKinds): unknown {
  const [version = '', name = ''] = groupVersion.split('/').reverse();
  const kinds = kindsIn(name, version, served);
  if (kinds.length === 0) return undefined;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((parameter) => ({
    name: parameter,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  const paths = kinds.map((kind) => {
    const place = kind.namespaced ? `namespaces/{namespace}/${kind.plural}` : kind.plural;
    const operation = {
      parameters,
      responses: {},
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group: name, version, kind: kind.kind },
    };
    const root = name === '' ? 'api' : 'apis';
    return [`/${root}/${groupVersion}/${place}/{name}`, { patch: operation }];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Sandbox', version: 'v1' },
    paths: Object.fromEntries(paths),
    components: { schemas: {} },
  };
}
