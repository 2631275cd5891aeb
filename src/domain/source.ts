/** The kinds whose annotations are read. A *route* is one of the first three. */
export const SOURCE_KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Ingress', 'Service'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Whether a kind attaches to gateways. An Ingress or Service is its own load balancer. */
export function isRoute(kind: SourceKind): boolean {
  return kind !== 'Ingress' && kind !== 'Service';
}

/** One Kubernetes object that asks for records. */
export interface SourceRef {
  readonly kind: SourceKind;
  readonly namespace: string;
  readonly name: string;
}

export const GATEWAY_KINDS = ['Gateway', 'ListenerSet'] as const;
export type GatewayKind = (typeof GATEWAY_KINDS)[number];

export interface GatewayRef {
  readonly kind: GatewayKind;
  readonly namespace: string;
  readonly name: string;
}

/** `HTTPRoute/default/app`: for markers, keys and people alike. */
export function refText(ref: SourceRef | GatewayRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}

export function sameRef(a: SourceRef | GatewayRef, b: SourceRef | GatewayRef): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** Reads `KIND/NAMESPACE/NAME`, the kind in any letter case; `undefined` when it is not one. */
export function parseSourceRef(text: string): SourceRef | undefined {
  const [rawKind, namespace, name, ...rest] = text.split('/');
  const kind = SOURCE_KINDS.find((known) => known.toLowerCase() === rawKind?.toLowerCase());
  if (kind === undefined || !namespace || !name || rest.length > 0) return undefined;
  return { kind, namespace, name };
}
