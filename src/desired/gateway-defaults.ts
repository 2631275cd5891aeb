import type { ClusterSnapshot } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';

/** Keys that a gateway may set for the routes attached to it; docs/annotations.md, "Defaults from a gateway". */
const INHERITED = [
  'content-mode',
  'content-mode-aaaa',
  'type',
  'ttl',
  'proxied',
  'content',
  'addresses',
  'suspend',
] as const;

/** A value that a gateway sets. `from` says whose it is: `Gateway infra/public`. */
interface Default {
  readonly text: string;
  readonly from: string;
}

/** By key, without prefix. */
export type Defaults = ReadonlyMap<string, Default>;

type Annotations = Readonly<Record<string, string>>;

export const NO_DEFAULTS: Defaults = new Map();

/** The defaults of one object; `base` is what lies below it: a Gateway's, for its ListenerSet. */
export function defaultsOf(annotations: Annotations, from: string, base: Defaults = NO_DEFAULTS): Defaults {
  const own = INHERITED.flatMap((key): readonly [string, Default][] => {
    const text = annotations[key];
    return text === undefined ? [] : [[key, { text, from }]];
  });
  if (own.length === 0) return base;
  return new Map([...base, ...own]);
}

/** Keys on a gateway that mean nothing there. Told of the gateway, since no route can mend it. */
export function idleGatewayKeys({ gateways, listenerSets }: ClusterSnapshot): readonly Problem[] {
  const known = new Set<string>(INHERITED);
  const holders = [
    ...[...gateways.objects.values()].map((object) => ({ kind: 'Gateway', object })),
    ...[...(listenerSets?.objects.values() ?? [])].map((object) => ({ kind: 'ListenerSet', object })),
  ];
  return holders.flatMap(({ kind, object: { namespace, name, annotations } }) =>
    Object.keys(annotations)
      .filter((key) => !known.has(key))
      .map((key) => ({
        reason: 'InvalidAnnotation',
        message: `${kind} ${namespace}/${name}: routeflare/${key} has no effect on a ${kind}; allowed: ${INHERITED.join(', ')}`,
      })),
  );
}
