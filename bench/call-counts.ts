import type { Call } from '../src/sandbox/call-log.ts';

/** What reached the sandboxes. `writes` are operations inside the batches. */
export interface CallCounts {
  readonly zoneLists: number;
  /** Whole lists of a zone; `recordPages` counts their requests. */
  readonly recordLists: number;
  readonly recordPages: number;
  readonly nameReads: number;
  readonly idReads: number;
  readonly batches: number;
  readonly writes: number;
  /** Requests to Cloudflare that are none of these. */
  readonly others: number;
  /** Requests to the API server. Events are left out: they follow at a pace of their own. */
  readonly kubernetesPages: number;
  readonly kubernetesWatches: number;
  readonly kubernetesOthers: number;
}

export function countCalls(cloudflare: readonly Call[], kubernetes: readonly Call[]): CallCounts {
  const kinds = cloudflare.map(kindOf);
  const many = (kind: string): number => kinds.filter((each) => each === kind).length;
  const objects = kubernetes.map(kubernetesKindOf);
  const muchOf = (kind: string): number => objects.filter((each) => each === kind).length;
  return {
    zoneLists: many('zones'),
    recordLists: cloudflare.filter((call) => kindOf(call) === 'page' && (call.query['page'] ?? '1') === '1')
      .length,
    recordPages: many('page'),
    nameReads: many('name'),
    idReads: many('id'),
    batches: many('batch'),
    writes: cloudflare.reduce((sum, call) => sum + operationsOf(call).length, 0),
    others: many('other'),
    kubernetesPages: muchOf('list'),
    kubernetesWatches: muchOf('watch'),
    kubernetesOthers: muchOf('other'),
  };
}

/** The operations of a batch; none for any other call. */
export function operationsOf(call: Call): readonly { readonly id?: string; readonly name?: string }[] {
  if (kindOf(call) !== 'batch' || typeof call.body !== 'object' || call.body === null) return [];
  return Object.values(call.body).flatMap((list: unknown) => (Array.isArray(list) ? list : []));
}

function kindOf({ method, path, query }: Call): 'zones' | 'page' | 'name' | 'id' | 'batch' | 'other' {
  if (path.endsWith('/zones') && method === 'GET') return 'zones';
  if (path.endsWith('/dns_records/batch')) return 'batch';
  if (/\/dns_records\/[0-9a-f]{32}$/.test(path) && method === 'GET') return 'id';
  if (!path.endsWith('/dns_records') || method !== 'GET') return 'other';
  return Object.keys(query).some((key) => key.startsWith('name')) ? 'name' : 'page';
}

function kubernetesKindOf({ method, path, query }: Call): 'list' | 'watch' | 'event' | 'other' {
  if (path.includes('/events')) return 'event';
  if (method !== 'GET') return 'other';
  if (query['watch'] !== undefined) return 'watch';
  return query['limit'] === undefined ? 'other' : 'list';
}
