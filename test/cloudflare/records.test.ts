import { describe, expect, test } from 'vitest';
import { canonicalContent, parseRecord } from '../../src/cloudflare/records.ts';
import type { ActualRecord } from '../../src/domain/record.ts';

const raw = { id: 'r1', name: 'app.example.com', type: 'A', content: '192.0.2.1', ttl: 300 };

function parsed(fields: object): ActualRecord {
  const record = parseRecord({ ...raw, ...fields }, 'z1');
  if (record === undefined) throw new Error('not a record');
  return record;
}

test('a record is read whole, with what is absent in its plain form', () => {
  expect(parsed({})).toEqual({
    id: 'r1',
    zoneId: 'z1',
    name: 'app.example.com',
    type: 'A',
    content: '192.0.2.1',
    ttl: 300,
    proxied: false,
    comment: '',
    readOnly: false,
  });
});

test.each([
  ['App.Example.COM.', 'app.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['*.Bücher.example', '*.xn--bcher-kva.example'],
  ['_acme-challenge.example.com', '_acme-challenge.example.com'],
])('the name %s is %s', (name, canonical) => {
  expect(parsed({ name }).name).toBe(canonical);
});

test.each([
  ['A', '192.0.2.1', '192.0.2.1'],
  ['A', 'no address', 'no address'],
  ['A', '2001:db8::1', '2001:db8::1'],
  ['AAAA', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['AAAA', '::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['CNAME', 'Target.Example.COM.', 'target.example.com'],
  ['TXT', '"As Written."', '"As Written."'],
])('the content of %s %s is %s', (type, content, canonical) => {
  expect(canonicalContent(type, content)).toBe(canonical);
});

test('one second means automatic, and so does any TTL of a proxied record', () => {
  expect(parsed({ ttl: 1 }).ttl).toBe('auto');
  expect(parsed({ ttl: 60 }).ttl).toBe(60);
  expect(parsed({ ttl: 300, proxied: true }).ttl).toBe('auto');
});

test('a comment of null is none', () => {
  expect(parsed({ comment: null }).comment).toBe('');
  expect(parsed({ comment: ' Kept As It Is ' }).comment).toBe(' Kept As It Is ');
});

describe('a record is read-only', () => {
  test.each([
    [{ locked: true }],
    [{ meta: { read_only: true } }],
    [{ meta: { managed_by_apps: true } }],
    [{ meta: { origin_worker_id: 'w1' } }],
    [{ meta: { r2_bucket: 'b' } }],
  ])('with %j', (fields) => {
    expect(parsed(fields).readOnly).toBe(true);
  });

  test.each([
    [
      {
        locked: false,
        meta: { auto_added: true, managed_by_apps: false, read_only: false, source: 'primary' },
      },
    ],
    [{ meta: { origin_worker_id: '' } }],
    [{ meta: { managed_by_argo_tunnel: true } }],
    [{ meta: null }],
  ])('and not with %j, which a person may change', (fields) => {
    expect(parsed(fields).readOnly).toBe(false);
  });
});

test('a type that we never write may come without content', () => {
  expect(parsed({ type: 'CAA', content: undefined, data: { tag: 'issue' } }).content).toBe('');
});

test.each([
  [{ id: '' }],
  [{ id: 7 }],
  [{ name: '' }],
  [{ name: null }],
  [{ type: undefined }],
  [{ ttl: '300' }],
  [{ ttl: undefined }],
  [{ proxied: 'false' }],
  [{ content: undefined }],
  [{ comment: {} }],
])('%j is not a record', (fields) => {
  expect(parseRecord({ ...raw, ...fields }, 'z1')).toBeUndefined();
});

test.each([[null], ['text'], [[raw]], [7]])('%j is not a record', (value) => {
  expect(parseRecord(value, 'z1')).toBeUndefined();
});
