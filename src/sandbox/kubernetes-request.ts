import type { Call } from './call-log.ts';
import type { Attributes } from './kubernetes-access-rules.ts';
import type { Kind, ServedKinds } from './kubernetes-kinds.ts';

/** A request for objects, its path taken apart. */
export interface ObjectRequest {
  readonly kind: Kind;
  readonly version: string;
  /** Empty over all namespaces, and for kinds without. */
  readonly namespace: string;
  /** Empty for the whole collection. */
  readonly name: string;
  /** Empty, or `status`. */
  readonly subresource: string;
  readonly verb: string;
}

/** Undefined where no served kind has this path. */
export function parseObjectPath(call: Call, served: ServedKinds): ObjectRequest | undefined {
  const parts = call.path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group = '', version = '', ...rest] = core ? ['', ...parts.slice(1)] : parts.slice(1);
  // `namespaces/x/pods` is about pods, `namespaces/x` and `namespaces/x/status` about the Namespace.
  const inside = rest[0] === 'namespaces' && rest.length > 2 && !(core && rest[2] === 'status');
  const [plural = '', name = '', subresource = '', ...more] = inside ? rest.slice(2) : rest;
  const kind = served.find(group, version, plural);
  if (kind === undefined || more.length > 0) return undefined;
  if (subresource !== '' && !(subresource === 'status' && kind.status)) return undefined;
  if (inside !== kind.namespaced && (inside || name !== '')) return undefined;
  const namespace = inside ? (rest[1] ?? '') : '';
  return { kind, version, namespace, name, subresource, verb: verbOf(call, name) };
}

export function attributesOf(request: ObjectRequest): Attributes {
  const { kind, namespace, name, subresource, verb } = request;
  const resource = subresource === '' ? kind.plural : `${kind.plural}/${subresource}`;
  return { verb, group: kind.group, resource, namespace, name };
}

function verbOf({ method, query }: Call, name: string): string {
  if (method === 'GET') {
    if (query['watch'] === 'true' || query['watch'] === '1') return 'watch';
    return name === '' ? 'list' : 'get';
  }
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch' };
  return verbs[method] ?? method.toLowerCase();
}
