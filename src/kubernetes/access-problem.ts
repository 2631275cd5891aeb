import type { Problem } from '../domain/problem.ts';
import { apiVersionOf, type Resource } from './kinds.ts';
import type { ReflectorState } from './reflector.ts';

/** What a person must mend so that a kind can be read; `undefined` while nothing is refused. */
export function accessProblem(
  resource: Resource,
  namespace: string | undefined,
  state: ReflectorState,
): Problem | undefined {
  if (state.kind === 'forbidden') {
    return {
      reason: 'Pending',
      message: forbiddenText(resource, namespace, state.verb, state.error.message),
    };
  }
  if (state.kind === 'failing' && state.error.kind === 'other-cluster') {
    return { reason: 'Pending', message: `${resource.kind}: ${state.error.message}` };
  }
  if (state.kind !== 'absent') return undefined;
  return {
    reason: 'Pending',
    message:
      `${resource.kind} of ${apiVersionOf(resource)} is not served by this cluster: install its CRD, ` +
      `or take the kind out of SOURCES. It is looked for again every minute.`,
  };
}

function forbiddenText(
  resource: Resource,
  namespace: string | undefined,
  verb: string,
  serverWords: string,
): string {
  const what = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  const role = namespace === undefined ? 'clusterrole' : 'role';
  const within = namespace === undefined ? '' : ` --namespace=${namespace}`;
  return (
    `Kubernetes forbids "${verb}" on ${what} ${namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`}. ` +
    `Grant it through the chart's RBAC (rbac.create), or: kubectl create ${role} routeflare-read-${resource.plural}${within} ` +
    `--verb=list,watch --resource=${what}, and bind it to our ServiceAccount. The server said: ${serverWords}`
  );
}
