import { readFileSync } from 'node:fs';
import type { Api, Json } from './api.ts';

/** A right in the words of a rule: `verb resource.group`, the core group being empty. */
export type Right = string;

export interface Seen {
  /** How often each was used. */
  readonly used: ReadonlyMap<Right, number>;
  /** Refusals, one text each, with what was asked for. */
  readonly refused: readonly string[];
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly apiGroup?: string;
    readonly subresource?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What accounts of Pods asked the server for, by its audit log. */
export function seenIn(auditLog: string): Seen {
  const used = new Map<Right, number>();
  const refused = new Set<string>();
  for (const line of readFileSync(auditLog, 'utf8').split('\n')) {
    if (!line.startsWith('{')) continue;
    const { verb, objectRef, annotations, user, requestURI } = JSON.parse(line) as AuditEvent;
    if (objectRef === undefined) continue;
    const right = rightOf(verb, objectRef.resource, objectRef.apiGroup ?? '');
    if (annotations?.['authorization.k8s.io/decision'] === 'forbid') {
      refused.add(`${user.username}: ${right} (${requestURI.split('?')[0] ?? ''})`);
    } else used.set(right, (used.get(right) ?? 0) + 1);
  }
  return { used, refused: [...refused] };
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** What the chart's roles allow, whatever their scope. */
export async function granted(api: Api): Promise<Set<Right>> {
  const label = '?labelSelector=app.kubernetes.io%2Fname%3Drouteflare';
  const roles: Json[] = [];
  for (const plural of ['roles', 'clusterroles']) {
    const { items } = await api.must('GET', `/apis/rbac.authorization.k8s.io/v1/${plural}${label}`);
    roles.push(...(items as Json[]));
  }
  const rules = roles.flatMap((role) => (role['rules'] ?? []) as Rule[]);
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => rightOf(verb, resource, group))),
      ),
    ),
  );
}

function rightOf(verb: string, resource: string, group: string): Right {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}
