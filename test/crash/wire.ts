import type { CloudflareRecord } from '../../src/sandbox/cloudflare-record.ts';
import type { Batch, Reading } from './judge.ts';

const RECORDS = /^\/client\/v4\/zones\/(?<zone>[0-9a-f]{32})\/dns_records(?:\/(?<record>[0-9a-z]+))?$/;

/** A batch as it was sent; `undefined` for a request that is none. */
export function readBatch(path: string, body: string): Batch | undefined {
  const groups = RECORDS.exec(path)?.groups;
  if (groups?.['record'] !== 'batch' || groups['zone'] === undefined) return undefined;
  const { deletes = [], patches = [], posts = [] } = JSON.parse(body) as Partial<Batch>;
  return { zoneId: groups['zone'], deletes, patches, posts };
}

/** What a read told of records; `undefined` for one that told nothing of them. */
export function readReading(url: string, status: number, body: string): Reading | undefined {
  const { pathname, searchParams } = new URL(url, 'http://cloudflare');
  const groups = RECORDS.exec(pathname)?.groups;
  const zoneId = groups?.['zone'];
  const id = groups?.['record'];
  if (zoneId === undefined || id === 'batch' || id === 'usage') return undefined;
  if (id !== undefined) {
    if (status === 404) return { kind: 'id', zoneId, id, record: undefined };
    return status === 200
      ? { kind: 'id', zoneId, id, record: resultOf(body) as CloudflareRecord }
      : undefined;
  }
  if (status !== 200) return undefined;
  const records = resultOf(body) as CloudflareRecord[];
  const name = searchParams.get('name.exact') ?? undefined;
  return name === undefined ? { kind: 'zone', zoneId, records } : { kind: 'name', zoneId, name, records };
}

export function resultOf(body: string): unknown {
  return (JSON.parse(body) as { result: unknown }).result;
}
