import type { ClusterSnapshot, NamespaceRule } from '../domain/cluster.ts';
import type { Evidence } from '../domain/want.ts';
import { selects } from './selector.ts';

/**
 * Why something is not let in. `evidence` is there when the specs of objects that are there prove it; without it
 * nobody can tell, and nothing may be concluded.
 */
export interface Barrier {
  readonly evidence: Evidence | undefined;
  readonly why: string;
}

export interface NamespaceCase {
  readonly rule: NamespaceRule;
  /** Where the rule stands, which `Same` means. */
  readonly home: string;
  readonly namespace: string;
  /** For messages: whose rule it is, what it lets in, and the field's path. */
  readonly owner: string;
  readonly what: string;
  readonly field: string;
}

/** Why a namespace is not let in; `undefined` when it is. Gateway API, FromNamespaces. */
export function namespaceBarrier(at: NamespaceCase, cluster: ClusterSnapshot): Barrier | undefined {
  const { from } = at.rule;
  if (from === 'All') return undefined;
  if (from === 'Same' && at.namespace === at.home) return undefined;
  if (from === 'Selector') return bySelector(at, cluster);
  return forbidden(
    `${at.owner} does not allow ${at.what} from namespace ${at.namespace} (${at.field}.namespaces.from: ${from})`,
  );
}

function bySelector(at: NamespaceCase, cluster: ClusterSnapshot): Barrier | undefined {
  const { namespaces: view, watchedNamespaces } = cluster;
  const { trust } = view;
  // With WATCH_NAMESPACES no right to read Namespaces is needed: `Accepted` alone decides.
  if (watchedNamespaces !== undefined && trust.kind === 'off') return undefined;
  if (trust.kind === 'unlisted' || trust.kind === 'off') {
    return unknown(`Namespaces are not known: ${trust.why}`);
  }
  const namespace = view.objects.get(at.namespace);
  if (namespace === undefined) return unknown(`Namespace ${at.namespace} is not known`);
  const answer = selects(at.rule.selector, namespace.labels);
  if (answer === true) return undefined;
  const where = `${at.field}.namespaces.selector of ${at.owner}`;
  if (answer === undefined) return unknown(`${where} has an operator that this release does not know`);
  const why = `${where} does not select the labels of namespace ${at.namespace}`;
  // Last known labels let a route in, as they did; they do not shut it out.
  return trust.kind === 'current' ? forbidden(why) : unknown(`${why} as last known: ${trust.why}`);
}

export function forbidden(why: string): Barrier {
  return { evidence: 'permission-removed', why };
}

export function unknown(why: string): Barrier {
  return { evidence: undefined, why };
}
