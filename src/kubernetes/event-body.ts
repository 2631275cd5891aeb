import { shownText } from '../domain/shown-text.ts';
import type { SourceRef } from '../domain/source.ts';
import { apiVersionOf, SOURCE_RESOURCES } from './kinds.ts';

/** One thing to tell. Without `regarding` it goes on the controller's own Pod. */
export interface EventInput {
  /** CamelCase, at most 128 characters. */
  readonly reason: string;
  readonly type: 'Normal' | 'Warning';
  /** For people; cut at 1,024 bytes, and without what could steer the terminal that shows it. */
  readonly note: string;
  /** What was done or tried, CamelCase. */
  readonly action: string;
  readonly regarding?: SourceRef & { readonly uid?: string };
}

/** The Pod that we run as. */
export interface ControllerPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `kubectl describe` finds an Event only by it. */
  readonly uid?: string;
}

/** Bytes of UTF-8, as the API server counts. */
const NOTE_LIMIT = 1024;

export function regardingOf(input: EventInput, pod: ControllerPod | undefined): ObjectReference | undefined {
  const { regarding } = input;
  if (regarding === undefined) return pod && { apiVersion: 'v1', kind: 'Pod', ...pod };
  return { apiVersion: apiVersionOf(SOURCE_RESOURCES[regarding.kind]), ...regarding };
}

/**
 * The body of a new Event.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */
export function eventBody(
  input: EventInput,
  regarding: ObjectReference,
  name: string,
  reportingInstance: string,
  at: number,
): unknown {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: regarding.namespace },
    eventTime: microTime(at),
    reportingController: 'routeflare',
    reportingInstance: reportingInstance.slice(0, 128),
    action: input.action,
    reason: input.reason,
    type: input.type,
    note: cutToBytes(shownText(input.note), NOTE_LIMIT),
    regarding,
  };
}

/** The merge patch for an Event that happened again; `count` includes the first time. */
export function seriesPatch(count: number, at: number): unknown {
  return { series: { count, lastObservedTime: microTime(at) } };
}

/** RFC 3339 with six digits, which the API server insists on. */
export function microTime(at: number): string {
  return new Date(at).toISOString().replace(/Z$/, '000Z');
}

export function cutToBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = Buffer.from(text).subarray(0, limit - Buffer.byteLength('…'));
  // A character cut in two decodes to U+FFFD.
  return `${cut.toString('utf8').replace(/\uFFFD+$/, '')}…`;
}
