import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { aClaim, anEntry, freshPath, openLedger, value } from './fixture.ts';

/** As a person looks at it beside the running controller. */
function shell(path: string): Database.Database {
  const database = new Database(path, { readonly: true });
  onTestFinished(() => void database.close());
  return database;
}

test.each([
  [
    'records',
    `zone zone_id name type content ttl proxied record_id holder_kind holder_namespace holder_name content_mode state
     created_at updated_at verified_at`,
  ],
  ['history', 'at action zone name type before after reason holder outcome'],
  ['intents', 'at action zone name type record_id before after'],
  ['egress_addresses', 'family address confirmed_at voters'],
  ['ownership', 'owner holder age last_verified last_drift'],
])('%s has the columns that people were promised', (table, columns) => {
  const path = freshPath();
  openLedger(path);
  const found = shell(path).prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table);
  expect(found).toEqual(expect.arrayContaining(columns.split(/\s+/)));
});

test('the view says who owns what, since when, verified and put right when', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const created = new Date(Date.now() - (2 * 86_400 + 3 * 3_600 + 60) * 1_000).toISOString();
  const drifted = '2026-03-01T12:05:00.000Z';
  value(
    ledger.write((writer) => {
      writer.setMeta('owner', 'routeflare-1a2b3c4d');
      writer.putClaim(aClaim({ createdAt: created, verifiedAt: drifted }));
      writer.putClaim(aClaim({ recordId: 'r2', type: 'AAAA', content: '2001:db8::1', holder: undefined }));
      writer.appendHistory(
        anEntry({ action: 'update', reason: 'it was changed at Cloudflare by somebody else', at: drifted }),
      );
      writer.appendHistory(
        anEntry({ action: 'update', reason: 'content changed', at: '2026-03-01T12:09:00.000Z' }),
      );
    }),
  );
  const rows = shell(path).prepare<[], Record<string, unknown>>('SELECT * FROM ownership').all();
  expect(rows).toEqual([
    {
      owner: 'routeflare-1a2b3c4d',
      holder: 'HTTPRoute/default/app',
      age: '2d 03h 01m',
      last_verified: drifted,
      last_drift: drifted,
      zone: 'example.com',
      name: 'app.example.com',
      type: 'A',
      content: '203.0.113.7',
      state: 'active',
    },
    expect.objectContaining({ type: 'AAAA', holder: null, last_drift: null, last_verified: null }),
  ]);
});

test('an automatic TTL is 1, in the table and inside the JSON of history', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const { name, type, content, ttl, proxied } = aClaim();
  value(
    ledger.write((writer) => {
      writer.putClaim(aClaim());
      writer.appendHistory(anEntry({ after: { name, type, content, ttl, proxied } }));
    }),
  );
  const row = shell(path)
    .prepare(`SELECT ttl, proxied, (SELECT "after" ->> 'ttl' FROM history) AS was FROM records`)
    .get();
  expect(row).toEqual({ ttl: 1, proxied: 0, was: 1 });
});
