import type { ParentRef, ParentStatus, SourceObject } from '../domain/cluster.ts';
import type { SourceKind } from '../domain/source.ts';
import { routeBackends } from './decode-backends.ts';
import {
  decodeObject,
  objectList,
  optionalNumber,
  optionalText,
  requiredText,
  textList,
  type Decoded,
} from './decoded.ts';
import { fieldAt, listAt, numberAt, textAt } from './json-fields.ts';
import type { LabelPredicate } from '../domain/label-selector.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** What decides, beside the object itself, how it is read. */
export interface SourceContext {
  /** SOURCE_SELECTOR. */
  readonly selected: LabelPredicate;
  /** Whether a parent may set annotations for its routes. Those of others are only kept when they have their own. */
  readonly mayGive: (ref: ParentRef) => boolean;
  /** For manifests; an object of the API names its own. */
  readonly defaultNamespace?: string;
}

/**
 * Reads an HTTPRoute, GRPCRoute or TLSRoute, whose common fields have one shape.
 * https://gateway-api.sigs.k8s.io/reference/spec/#commonroutespec
 * @param raw an object of the API, or a manifest (which has no status, uid or creation time).
 */
export function decodeRoute(kind: SourceKind, raw: unknown, context: SourceContext): Decoded<SourceObject> {
  return decodeObject(
    raw,
    ({ labels, ...meta }) => {
      const parentRefs = objectList(raw, 'spec', 'parentRefs').map((ref) => parentRef(ref, meta.namespace));
      if (!asks(meta.annotations, parentRefs, context.mayGive)) return undefined;
      return {
        kind,
        ...meta,
        selected: context.selected(labels),
        hostnames: textList(raw, 'spec', 'hostnames'),
        parentRefs,
        parentStatuses: listAt(raw, 'status', 'parents').flatMap((entry) =>
          parentStatus(entry, meta.namespace),
        ),
        addresses: [],
        ...(meta.annotations['require-ready'] === undefined
          ? {}
          : { backends: routeBackends(raw, meta.namespace) }),
      };
    },
    context.defaultNamespace,
  );
}

/** Whether a route may ask for records, by itself or through a parent. */
export function asks(
  annotations: Readonly<Record<string, string>>,
  parentRefs: readonly ParentRef[],
  mayGive: (ref: ParentRef) => boolean,
): boolean {
  return Object.keys(annotations).length > 0 || parentRefs.some(mayGive);
}

/** Group "" is the core group (a Service, for a mesh) and no default; only a missing one is. */
function parentRef(raw: unknown, routeNamespace: string): ParentRef {
  return {
    group: fieldAt(raw, 'group') === '' ? '' : (optionalText(raw, 'group') ?? GATEWAY_GROUP),
    kind: optionalText(raw, 'kind') ?? 'Gateway',
    namespace: optionalText(raw, 'namespace') ?? routeNamespace,
    name: requiredText(raw, 'name'),
    sectionName: optionalText(raw, 'sectionName'),
    port: optionalNumber(raw, 'port'),
  };
}

function parentStatus(raw: unknown, routeNamespace: string): ParentStatus[] {
  const ref = fieldAt(raw, 'parentRef');
  const name = textAt(ref, 'name');
  if (name === undefined) return [];
  const condition = listAt(raw, 'conditions').find((each) => textAt(each, 'type') === 'Accepted');
  return [
    {
      ref: {
        group: textAt(ref, 'group') ?? GATEWAY_GROUP,
        kind: textAt(ref, 'kind') || 'Gateway',
        namespace: textAt(ref, 'namespace') || routeNamespace,
        name,
        sectionName: textAt(ref, 'sectionName') || undefined,
        port: numberAt(ref, 'port'),
      },
      controllerName: textAt(raw, 'controllerName') ?? '',
      accepted: conditionStatus(textAt(condition, 'status')),
      reason: textAt(condition, 'reason') ?? '',
      observedGeneration: numberAt(condition, 'observedGeneration'),
    },
  ];
}

function conditionStatus(text: string | undefined): ParentStatus['accepted'] {
  return text === 'True' || text === 'False' || text === 'Unknown' ? text : undefined;
}
