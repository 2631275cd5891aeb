import { KubernetesRefusal } from './kubernetes-refusal.ts';

/** What a request is about, in the words of RBAC. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** Plural; a subresource follows a slash. */
  readonly resource: string;
  /** Empty for a request over all namespaces, or for a kind without. */
  readonly namespace: string;
  readonly name: string;
}

/** A refusal as a test writes it; a member left out, or `*`, means any. */
export interface ForbidRule {
  readonly verb?: string;
  readonly resource?: string;
  readonly group?: string;
  /** `''` refuses only requests over all namespaces, as where a Role replaces a ClusterRole. */
  readonly namespace?: string;
}

const user = 'system:serviceaccount:routeflare:routeflare';

/** Bearer token and RBAC-like refusals. */
export class AccessRules {
  #rules: ForbidRule[] = [];
  /** Undefined: nobody has to say who they are. */
  token: string | undefined;

  /** @returns takes the refusal back. */
  forbid(rule: ForbidRule): () => void {
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  allowEverything(): void {
    this.#rules = [];
  }

  allows(attributes: Attributes): boolean {
    return !this.#rules.some(({ verb, resource, group, namespace }) => {
      const same = (wanted: string | undefined, value: string): boolean =>
        wanted === undefined || wanted === '*' || wanted === value;
      return (
        same(verb, attributes.verb) &&
        same(resource, attributes.resource) &&
        same(group, attributes.group) &&
        same(namespace, attributes.namespace)
      );
    });
  }

  /** Throws KubernetesRefusal (401). */
  authenticate(authorization: string | undefined): void {
    if (this.token === undefined || authorization === `Bearer ${this.token}`) return;
    throw new KubernetesRefusal(401, 'Unauthorized', 'Unauthorized');
  }

  /** Throws KubernetesRefusal (403) in the API server's words. */
  authorize(attributes: Attributes): void {
    if (this.allows(attributes)) return;
    const { verb, group, resource, namespace, name } = attributes;
    const [plural = ''] = resource.split('/');
    const subject = `${group === '' ? plural : `${plural}.${group}`}${name === '' ? '' : ` "${name}"`}`;
    const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    throw new KubernetesRefusal(
      403,
      'Forbidden',
      `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`,
      { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: plural },
    );
  }
}
