import type { LabelSelector, Listener, NamespaceRule } from '../domain/cluster.ts';
import { objectList, optionalNumber, optionalText, requiredText, textList, textMap } from './decoded.ts';
import { fieldAt, textAt } from './json-fields.ts';

/**
 * Reads a listener of a Gateway, or an entry of a ListenerSet, which has the same fields.
 * https://gateway-api.sigs.k8s.io/reference/spec/#listener
 */
export function decodeListener(raw: unknown): Listener {
  const kinds = objectList(raw, 'allowedRoutes', 'kinds');
  return {
    name: requiredText(raw, 'name'),
    hostname: optionalText(raw, 'hostname'),
    port: optionalNumber(raw, 'port') ?? 0,
    protocol: requiredText(raw, 'protocol'),
    allowedNamespaces: namespaceRule(raw, 'Same', 'allowedRoutes'),
    allowedKinds:
      kinds.length === 0
        ? undefined
        : kinds.map((kind) => ({
            group: textAt(kind, 'group') ?? 'gateway.networking.k8s.io',
            kind: requiredText(kind, 'kind'),
          })),
  };
}

/** Reads the `namespaces` below a path; where there is none, `from` is the API's default. */
export function namespaceRule(raw: unknown, from: string, ...path: readonly string[]): NamespaceRule {
  return {
    from: optionalText(raw, ...path, 'namespaces', 'from') ?? from,
    selector: labelSelector(fieldAt(raw, ...path, 'namespaces', 'selector')),
  };
}

function labelSelector(raw: unknown): LabelSelector | undefined {
  if (raw === undefined) return undefined;
  return {
    matchLabels: textMap(raw, 'matchLabels'),
    matchExpressions: objectList(raw, 'matchExpressions').map((expression) => ({
      key: requiredText(expression, 'key'),
      operator: requiredText(expression, 'operator'),
      values: textList(expression, 'values'),
    })),
  };
}
