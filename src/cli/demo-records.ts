import { parseMarker } from '../domain/owner.ts';
import { refText } from '../domain/source.ts';
import type { CloudflareRecord } from '../sandbox/cloudflare-record.ts';
import type { DemoScreen } from './demo-screen.ts';
import type { Cell, Column } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', shrinkTo: 18 },
  { title: 'TYPE' },
  { title: 'CONTENT', shrinkTo: 15 },
  { title: 'PROXY' },
  { title: 'TTL' },
  { title: 'WHOSE', shrinkTo: 18 },
];

/** Whose a record is by its marker: `ours` with its holder, a stranger with another owner, or nobody. */
export type Whose =
  | { readonly kind: 'ours'; readonly holder: string }
  | { readonly kind: 'stranger'; readonly owner: string }
  | { readonly kind: 'nobody' };

export function whose(comment: string | null, owner: string): Whose {
  const marker = parseMarker(comment ?? '');
  if (marker === undefined) return { kind: 'nobody' };
  if (marker.owner !== owner) return { kind: 'stranger', owner: marker.owner };
  return { kind: 'ours', holder: marker.holder === undefined ? 'unknown' : refText(marker.holder) };
}

/** What Cloudflare holds, as it is there. Names in `changed` (`NAME TYPE`) stand out. */
export function recordTable(
  screen: DemoScreen,
  records: readonly CloudflareRecord[],
  owner: string,
  changed: ReadonlySet<string>,
): void {
  if (records.length === 0) {
    screen.note('no records');
    return;
  }
  const rows = records
    .toSorted((a, b) => compare(sortKey(a), sortKey(b)))
    .map(({ name, type, content, proxied, ttl, comment }): Cell[] => {
      const cell = (text: string): Cell => (changed.has(`${name} ${type}`) ? { text, style: 'green' } : text);
      return [
        cell(name),
        cell(type),
        cell(content),
        cell(proxied ? 'yes' : 'no'),
        cell(ttl === 1 ? 'auto' : String(ttl)),
        whoseCell(whose(comment, owner)),
      ];
    });
  screen.table(COLUMNS, rows);
}

function whoseCell(whose: Whose): Cell {
  switch (whose.kind) {
    case 'ours':
      return `ours → ${whose.holder.replace(/^HTTPRoute\//, '')}`;
    case 'stranger':
      return { text: `a stranger: ${whose.owner}`, style: 'yellow' };
    case 'nobody':
      return { text: 'nobody', style: 'dim' };
  }
}

/** By domain first, so that what belongs together stands together. */
function sortKey({ name, type }: CloudflareRecord): string {
  return `${name.split('.').reverse().join(' ')} ${type}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
