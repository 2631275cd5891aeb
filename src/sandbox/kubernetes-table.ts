import { isObject, type JsonObject, listAt, textAt } from './json-value.ts';
import type { Kind } from './kubernetes-kinds.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

interface Column {
  readonly name: string;
  readonly cell: (object: KubernetesObject, now: Date) => string;
}

const name: Column = { name: 'Name', cell: ({ metadata }) => metadata.name };
const age: Column = { name: 'Age', cell: ({ metadata }, now) => since(metadata['creationTimestamp'], now) };

const hostnames: Column = {
  name: 'Hostnames',
  cell: (route) => JSON.stringify(listAt(route, 'spec', 'hostnames')),
};

/** The columns that kubectl shows between name and age; those of the Gateway API as its definitions name them. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  HTTPRoute: [name, hostnames, age],
  GRPCRoute: [name, hostnames, age],
  TLSRoute: [name, hostnames, age],
  Gateway: [
    name,
    { name: 'Class', cell: (gateway) => textAt(gateway, 'spec', 'gatewayClassName') ?? '' },
    { name: 'Address', cell: (gateway) => textAt(listAt(gateway, 'status', 'addresses')[0], 'value') ?? '' },
    { name: 'Programmed', cell: (gateway) => conditionOf(gateway, 'Programmed') },
    age,
  ],
  Namespace: [name, { name: 'Status', cell: (namespace) => textAt(namespace, 'status', 'phase') ?? '' }, age],
  Event: [
    { name: 'Last Seen', cell: lastSeen },
    { name: 'Type', cell: (event) => textAt(event, 'type') ?? '' },
    { name: 'Reason', cell: (event) => textAt(event, 'reason') ?? '' },
    { name: 'Object', cell: subject },
    { name: 'Message', cell: (event) => textAt(event, 'note') ?? textAt(event, 'message') ?? '' },
  ],
};

/** What kubectl asks for with `Accept: …;as=Table`. */
export function tableOf(
  kind: Kind,
  objects: readonly KubernetesObject[],
  metadata: JsonObject,
  now: Date,
): JsonObject {
  const shown = columns[kind.kind] ?? [name, age];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: shown.map((column) => ({
      name: column.name,
      type: 'string',
      format: column === name ? 'name' : '',
      description: '',
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: shown.map(({ cell }) => cell(object, now)),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

function conditionOf(object: KubernetesObject, type: string): string {
  const conditions = listAt(object, 'status', 'conditions');
  return (
    textAt(
      conditions.find((condition) => textAt(condition, 'type') === type),
      'status',
    ) ?? 'Unknown'
  );
}

function lastSeen(event: KubernetesObject, now: Date): string {
  const moment =
    textAt(event, 'series', 'lastObservedTime') ??
    textAt(event, 'lastTimestamp') ??
    textAt(event, 'deprecatedLastTimestamp') ??
    textAt(event, 'eventTime');
  return since(moment ?? event.metadata['creationTimestamp'], now);
}

function subject(event: KubernetesObject): string {
  const about = event['regarding'] ?? event['involvedObject'];
  if (!isObject(about)) return '';
  return `${(textAt(about, 'kind') ?? '').toLowerCase()}/${textAt(about, 'name') ?? ''}`;
}

function since(moment: unknown, now: Date): string {
  const seconds =
    typeof moment === 'string' ? Math.floor((now.getTime() - Date.parse(moment)) / 1000) : Number.NaN;
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${String(Math.max(0, seconds))}s`;
  if (seconds < 7200) return `${String(Math.floor(seconds / 60))}m`;
  return seconds < 172_800
    ? `${String(Math.floor(seconds / 3600))}h`
    : `${String(Math.floor(seconds / 86_400))}d`;
}
