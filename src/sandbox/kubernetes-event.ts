import { at, isObject, type JsonObject, textAt } from './json-value.ts';
import type { Kind } from './kubernetes-kinds.ts';
import { type KubernetesObject, namespaceOf, nameOf } from './kubernetes-object.ts';
import { badRequest, invalidObject } from './kubernetes-refusal.ts';

/** Members of an Event: as events.k8s.io/v1 names them, as core v1 does. */
const names: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

/** One storage, two shapes: an events.k8s.io Event as core v1 shows it. */
export function asCoreEvent(event: KubernetesObject): KubernetesObject {
  return { ...renamed(event, 0, 1), apiVersion: 'v1', kind: 'Event', metadata: event.metadata };
}

/** A core Event as events.k8s.io/v1 shows it, which is how Events are stored. */
export function asStoredEvent(event: JsonObject): JsonObject {
  return { ...renamed(event, 1, 0), apiVersion: 'events.k8s.io/v1', kind: 'Event' };
}

function renamed(event: JsonObject, from: 0 | 1, to: 0 | 1): JsonObject {
  const result: JsonObject = { ...event };
  for (const pair of names) {
    if (result[pair[from]] !== undefined) result[pair[to]] = result[pair[from]];
    delete result[pair[from]];
  }
  return result;
}

/** The rules of the API server's Event validation for requests through events.k8s.io/v1. Throws KubernetesRefusal. */
export function validateEvent(event: JsonObject, old: KubernetesObject | undefined): void {
  const refuse = (problem: string): never => {
    throw invalidObject('Event.events.k8s.io', nameOf(event), problem);
  };
  const place = textAt(event, 'regarding', 'namespace') ?? 'default';
  if (place !== namespaceOf(event))
    refuse('regarding.namespace: Invalid value: does not match event.namespace');
  requireMicroTime(event, 'eventTime', 'Event');
  for (const [member, most] of [
    ['reportingController', 253],
    ['reportingInstance', 128],
    ['action', 128],
    ['reason', 128],
  ] as const) {
    const value = textAt(event, member);
    if (value === undefined || value === '') refuse(`${member}: Required value`);
    else if (value.length > most)
      refuse(`${member}: Invalid value: can have at most ${String(most)} characters`);
  }
  if ((textAt(event, 'note') ?? '').length > 1024)
    refuse('note: Invalid value: can have at most 1024 characters');
  if (!['Normal', 'Warning'].includes(textAt(event, 'type') ?? '')) refuse('type: Invalid value');
  const series = at(event, 'series');
  if (isObject(series)) {
    const count = series['count'];
    if (typeof count !== 'number' || count < 2) refuse('series.count: Invalid value: should be at least 2');
    requireMicroTime(series, 'lastObservedTime', 'Event');
  }
  if (old === undefined) return;
  for (const member of [
    'reason',
    'note',
    'type',
    'action',
    'eventTime',
    'reportingController',
    'reportingInstance',
  ]) {
    if (event[member] !== old[member]) refuse(`${member}: Invalid value: field is immutable`);
  }
}

/** A Lease's times are MicroTime too; other kinds pass. Throws KubernetesRefusal. */
export function validateLease(kind: Kind, lease: JsonObject): void {
  const spec = lease['spec'];
  if (kind.kind !== 'Lease' || !isObject(spec)) return;
  for (const member of ['acquireTime', 'renewTime']) {
    if (spec[member] !== undefined && spec[member] !== null) requireMicroTime(spec, member, 'Lease');
  }
}

/** The API server decodes MicroTime only with exactly six digits of a second's fraction. */
function requireMicroTime(object: JsonObject, member: string, kind: string): void {
  const value = object[member];
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(value))
    return;
  throw badRequest(
    `${kind} in version "v1" cannot be handled as a ${kind}: parsing time in ${member}: cannot parse as "2006-01-02T15:04:05.000000Z07:00"`,
  );
}
