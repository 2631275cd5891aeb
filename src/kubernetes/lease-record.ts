import { microTime } from './event-body.ts';
import { fieldAt, isJsonObject, numberAt, textAt, type JsonObject } from './json-fields.ts';

/**
 * A Lease as it was read: who holds it ('' is nobody), for how long without a renewal, and the whole object, so
 * that a write keeps what others put there.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
 */
export interface LeaseRecord {
  readonly holder: string;
  readonly durationMs: number;
  /** Differs after every renewal; changes by others than a holder leave it. */
  readonly stamp: string;
  readonly object: JsonObject;
}

const SHORTEST_MS = 1000;

/** `undefined` when it is no Lease. */
export function decodeLease(value: unknown): LeaseRecord | undefined {
  if (!isJsonObject(value) || textAt(value, 'metadata', 'resourceVersion') === undefined) return undefined;
  const holder = textAt(value, 'spec', 'holderIdentity') ?? '';
  const seconds = numberAt(value, 'spec', 'leaseDurationSeconds') ?? 0;
  const times = ['acquireTime', 'renewTime', 'leaseTransitions'].map((key) => fieldAt(value, 'spec', key));
  return {
    holder,
    durationMs: Math.max(SHORTEST_MS, seconds * 1000),
    stamp: JSON.stringify([holder, seconds, ...times]),
    object: value,
  };
}

/** What a holder writes. */
interface LeaseWrite {
  readonly holder: string;
  readonly durationMs: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function newLease(name: string, namespace: string, write: LeaseWrite): JsonObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace },
    spec: { ...specOf(write), acquireTime: microTime(write.at), leaseTransitions: 0 },
  };
}

/** The object to put in the record's place; its resourceVersion makes the server refuse it (409) after any other write. */
export function nextLease({ holder, object }: LeaseRecord, write: LeaseWrite): JsonObject {
  const before = fieldAt(object, 'spec');
  const spec = isJsonObject(before) ? before : {};
  const changes = holder === write.holder ? {} : takenOver(spec, write);
  return { ...object, spec: { ...spec, ...specOf(write), ...changes } };
}

/** A transition is counted when a holder takes it, not when one lets go. */
function takenOver(spec: JsonObject, { holder, at }: LeaseWrite): JsonObject {
  if (holder === '') return {};
  return { acquireTime: microTime(at), leaseTransitions: (numberAt(spec, 'leaseTransitions') ?? 0) + 1 };
}

function specOf({ holder, durationMs, at }: LeaseWrite): JsonObject {
  return { holderIdentity: holder, leaseDurationSeconds: durationMs / 1000, renewTime: microTime(at) };
}
