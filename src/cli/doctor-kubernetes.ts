import type { KubernetesSettings } from '../config/sections.ts';
import type { Connection } from '../kubernetes/connection.ts';
import {
  ENDPOINT_SLICE,
  GATEWAY_RESOURCES,
  NAMESPACE,
  REFERENCE_GRANT,
  SERVICE,
  SOURCE_RESOURCES,
  readableVersions,
  type Resource,
} from '../kubernetes/kinds.ts';
import { fieldsOf } from './act-request.ts';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';

const { ok, note, bad } = findingsOf('kubernetes');

const EVENTS: Resource = { kind: 'Event', group: 'events.k8s.io', version: 'v1', plural: 'events' };
const LEASES: Resource = { kind: 'Lease', group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
const CRDS =
  'install the Gateway API: https://gateway-api.sigs.k8s.io/guides/getting-started/introduction/#installing-gateway-api';

const BACKENDS = 'without it routeflare/require-ready cannot be judged';

/** A right that is needed. Without `why` nothing works without it. */
interface Right {
  readonly verb: string;
  readonly resource: Resource;
  readonly name?: string;
  /** Where it is needed, when not where sources are. */
  readonly namespace?: string;
  readonly why?: string;
}

/** Where the controller's Lease lies; without a name its rights are asked for any. */
interface LeasePlace {
  readonly namespace: string;
  readonly name: string | undefined;
}

/** The API server, the versions it serves, and our rights there, verb by verb. */
export async function examineKubernetes(
  connection: Connection,
  settings: Pick<KubernetesSettings, 'sources' | 'watchNamespaces'>,
  lease: LeasePlace,
): Promise<readonly DoctorFinding[]> {
  const version = await connection.json({ method: 'GET', path: '/version' });
  if (!version.ok) {
    const mend = 'look at KUBECONFIG, or at the network between the pod and the API server';
    return [bad(`the API server ${connection.server} does not answer: ${version.error.message}`, mend)];
  }
  const release = fieldsOf(version.value)['gitVersion'];
  const kinds = [...settings.sources].map((kind) => SOURCE_RESOURCES[kind]);
  const { Gateway, ListenerSet } = GATEWAY_RESOURCES;
  const watched: readonly Resource[] = [...kinds, Gateway, ListenerSet];
  const optional = new Set(kinds.flatMap(({ kind, optional: may }) => (may === true ? [kind] : [])));
  const findings = [ok(`the API server ${connection.server} answers, version ${String(release)}`)];
  const served: Resource[] = [];
  for (const resource of watched) {
    const versions = await versionsOf(connection, resource);
    const text = `${resource.kind} (${resource.group || 'core'})`;
    if (readableVersions(resource).some((version) => versions.includes(version))) {
      served.push(resource);
      findings.push(ok(`${text} is served in ${versions.join(', ')}`));
      continue;
    }
    const what =
      versions.length === 0
        ? `${text} is not served`
        : `${text} is served in ${versions.join(', ')}, and not in ${readableVersions(resource).join(' or ')}`;
    if (resource === ListenerSet) {
      findings.push(note(`${what}: a route's parents are Gateways alone`, `to have them, ${CRDS}`));
      continue;
    }
    const mend = `${CRDS}, or take ${resource.kind.toLowerCase()} out of SOURCES`;
    findings.push(optional.has(resource.kind) ? note(what, mend) : bad(what, mend));
  }
  findings.push(...(await examineRights(connection, served, settings.watchNamespaces, lease)));
  return findings;
}

async function examineRights(
  connection: Connection,
  resources: readonly Resource[],
  watchNamespaces: ReadonlySet<string> | undefined,
  lease: LeasePlace,
): Promise<readonly DoctorFinding[]> {
  const own = 'without it RECORD_OWNER_ID must be set';
  const rights: readonly Right[] = [
    ...resources.flatMap((resource) => ['list', 'watch'].map((verb) => ({ verb, resource }))),
    ...(watchNamespaces === undefined
      ? ['list', 'watch'].map((verb) => ({
          verb,
          resource: NAMESPACE,
          why: 'without it listeners with a namespace selector cannot be judged',
        }))
      : []),
    ...[SERVICE, ENDPOINT_SLICE, REFERENCE_GRANT]
      .filter(({ kind }) => !resources.some((resource) => resource.kind === kind))
      .flatMap((resource) => ['list', 'watch'].map((verb) => ({ verb, resource, why: BACKENDS }))),
    { verb: 'get', resource: NAMESPACE, name: 'kube-system', why: own },
    ...['create', 'patch'].map((verb) => ({ verb, resource: EVENTS, why: 'without it no Event is written' })),
    ...leaseRights(lease),
  ];
  const findings: DoctorFinding[] = [];
  const granted: string[] = [];
  for (const right of rights) {
    const spread = watchNamespaces !== undefined && right.name === undefined && right.namespace === undefined;
    for (const namespace of spread ? [...watchNamespaces] : [right.namespace]) {
      const { verb, resource, name, why } = right;
      const scope = `${verb} ${resource.plural}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
      const answer = await mayI(connection, right, namespace);
      if (answer === true) granted.push(scope);
      else if (answer === undefined) findings.push(note(`nobody says whether we may ${scope}`));
      else {
        const what = `we may not ${scope}${why === undefined ? '' : `: ${why}`}`;
        const chart = why === BACKENDS ? 'the chart does with rbac.readBackends' : 'the chart does';
        const mend = `grant ${verb} on ${resource.plural}${resource.group === '' ? '' : `.${resource.group}`}; ${chart}`;
        findings.push(why === undefined ? bad(what, mend) : note(what, mend));
      }
    }
  }
  return granted.length === 0 ? findings : [ok(`we may ${granted.join(', ')}`), ...findings];
}

/** No name is known to RBAC before the object is there, so creating is asked for without one. */
function leaseRights({ namespace, name }: LeasePlace): readonly Right[] {
  const why = 'without it only Recreate and the lock on the ledger keep a second controller from writing';
  const right = { resource: LEASES, namespace, why };
  const named = name === undefined ? right : { ...right, name };
  return [
    { ...right, verb: 'create' },
    { ...named, verb: 'get' },
    { ...named, verb: 'update' },
  ];
}

/** The versions of a group in which a kind is served; none where the group or the kind is not. */
async function versionsOf(connection: Connection, { group, plural }: Resource): Promise<readonly string[]> {
  const path = group === '' ? '/api' : `/apis/${group}`;
  const document = await connection.json({ method: 'GET', path });
  if (!document.ok) return [];
  const { versions } = fieldsOf(document.value);
  const names = (Array.isArray(versions) ? versions : []).flatMap((each: unknown) => {
    const name = typeof each === 'string' ? each : fieldsOf(each)['version'];
    return typeof name === 'string' ? [name] : [];
  });
  const found: string[] = [];
  for (const name of names) {
    const list = await connection.json({ method: 'GET', path: `${path}/${name}` });
    const { resources } = list.ok ? fieldsOf(list.value) : {};
    const has = (Array.isArray(resources) ? resources : []).some(
      (each: unknown) => fieldsOf(each)['name'] === plural,
    );
    if (has) found.push(name);
  }
  return found;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
async function mayI(
  connection: Connection,
  { verb, resource, name }: Right,
  namespace: string | undefined,
): Promise<boolean | undefined> {
  const { group, plural } = resource;
  const attributes = { verb, group, resource: plural, namespace: namespace ?? '', name: name ?? '' };
  const answer = await connection.json({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    },
  });
  if (!answer.ok) return undefined;
  const { allowed } = fieldsOf(fieldsOf(answer.value)['status']);
  return typeof allowed === 'boolean' ? allowed : undefined;
}
