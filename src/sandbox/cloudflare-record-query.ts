import type { CloudflareRecord } from './cloudflare-record.ts';
import { asciiName } from './cloudflare-zone.ts';

type Query = Readonly<Record<string, string>>;
type Test = (record: CloudflareRecord) => boolean;

const operators: Record<string, (value: string, wanted: string) => boolean> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** The records that a list request's filters let through, in the order that it asks for. */
export function queryRecords(records: CloudflareRecord[], query: Query): CloudflareRecord[] {
  const tests = filters(query);
  const passes =
    query['match'] === 'any' && tests.length > 0
      ? (record: CloudflareRecord) => tests.some((test) => test(record))
      : (record: CloudflareRecord) => tests.every((test) => test(record));
  return inOrder(records.filter(passes), query);
}

function filters(query: Query): Test[] {
  const tests: Test[] = [];
  for (const [key, wanted] of Object.entries(query)) {
    const [field = '', operator = 'exact'] = key.split('.');
    if (field === 'type') tests.push((record) => record.type === wanted);
    else if (field === 'proxied') tests.push((record) => String(record.proxied) === wanted);
    else if (field === 'search') tests.push((record) => JSON.stringify(record).includes(wanted));
    else if (field === 'comment' && operator === 'absent') tests.push((record) => record.comment === null);
    else if (field === 'comment' && operator === 'present') tests.push((record) => record.comment !== null);
    else {
      const test = textFilter(field, operator, wanted);
      if (test !== undefined) tests.push(test);
    }
  }
  return tests;
}

/** Letter case never counts. */
function textFilter(field: string, operator: string, wanted: string): Test | undefined {
  const holds = operators[operator];
  if (holds === undefined || !(field === 'name' || field === 'content' || field === 'comment'))
    return undefined;
  const text = field === 'name' ? asciiName(wanted) : wanted.toLowerCase();
  return (record) => holds((record[field] ?? '').toLowerCase(), text) && record[field] !== null;
}

function inOrder(records: CloudflareRecord[], query: Query): CloudflareRecord[] {
  const field = query['order'];
  const sign = query['direction'] === 'desc' ? -1 : 1;
  if (field === 'name' || field === 'type' || field === 'content') {
    return records.sort((left, right) => sign * left[field].localeCompare(right[field]));
  }
  if (field === 'ttl' || field === 'proxied') {
    return records.sort((left, right) => sign * (Number(left[field]) - Number(right[field])));
  }
  return records;
}
