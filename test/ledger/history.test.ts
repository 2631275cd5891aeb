import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { NOW, aClaim, anEntry, freshPath, openLedger, problem, value } from './fixture.ts';

const at = (second: number): string => `2026-03-01T12:00:${String(second).padStart(2, '0')}.000Z`;

describe('history', () => {
  test('comes newest first, by name, time and number', () => {
    const ledger = openLedger(freshPath());
    const { name, type, content, ttl, proxied } = aClaim();
    const entries = [0, 1, 2, 3].map((second) =>
      anEntry({
        at: at(second),
        name: second === 2 ? 'other.example.com' : 'app.example.com',
        before: { name, type, content, ttl, proxied },
        after: { name, type, content: `203.0.113.${second}`, ttl: 300, proxied: true },
      }),
    );
    value(ledger.write((writer) => entries.forEach((entry) => writer.appendHistory(entry))));
    const [e0, e1, e2, e3] = entries;
    expect(ledger.read.history({})).toEqual([e3, e2, e1, e0]);
    expect(ledger.read.history({ limit: 2 })).toEqual([e3, e2]);
    expect(ledger.read.history({ name: 'app.example.com' })).toEqual([e3, e1, e0]);
    expect(ledger.read.history({ since: '2026-03-01T12:00:02Z' })).toEqual([e3, e2]);
    expect(ledger.read.history({ name: 'app.example.com', since: at(1), limit: 1 })).toEqual([e3]);
  });

  test.each([
    "UPDATE history SET outcome = 'done'",
    'DELETE FROM history',
    'DELETE FROM history WHERE id = 1',
    `INSERT OR REPLACE INTO history SELECT * FROM history WHERE id = 1`,
  ])('refuses %s', (sql) => {
    const path = freshPath();
    const ledger = openLedger(path);
    value(ledger.write((writer) => writer.appendHistory(anEntry({ outcome: 'in doubt' }))));
    const shell = new Database(path);
    expect(() => shell.exec(sql)).toThrow('append-only');
    shell.close();
    expect(ledger.read.history({})).toEqual([anEntry({ outcome: 'in doubt' })]);
  });

  test('keeps its newest 100,000 rows', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    const shell = new Database(path);
    shell.exec(`INSERT INTO history (at, action, zone, name, type, reason, holder, outcome)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
      SELECT '${NOW}', 'create', 'example.com', 'n' || i || '.example.com', 'A', '', '', 'done' FROM n`);
    shell.close();
    value(
      ledger.write((writer) => {
        writer.appendHistory(anEntry({ name: 'new1.example.com' }));
        writer.appendHistory(anEntry({ name: 'new2.example.com' }));
      }),
    );
    expect(ledger.read.counts().history).toBe(100_000);
    expect(ledger.read.history({ limit: 1 })[0]?.name).toBe('new2.example.com');
    expect(ledger.read.history({ name: 'n2.example.com' })).toEqual([]);
    expect(ledger.read.history({ name: 'n3.example.com' })).toHaveLength(1);
  });

  test('an action that the schema does not know is refused', () => {
    const ledger = openLedger(freshPath());
    const entry = { ...anEntry(), action: 'guess' as 'create' };
    expect(problem(ledger.write((writer) => writer.appendHistory(entry))).kind).toBe('bad-row');
  });
});

test('recent deletions are those that landed since, replacements apart', () => {
  const ledger = openLedger(freshPath());
  const gone = anEntry({ action: 'delete', at: at(10) });
  value(
    ledger.write((writer) => {
      writer.appendHistory({ ...gone, name: 'old.example.com', at: at(9) });
      writer.appendHistory({ ...gone, name: 'a.example.com' });
      writer.appendHistory({ ...gone, name: 'b.example.com', at: at(20) });
      writer.appendHistory({ ...gone, name: 'refused.example.com', outcome: 'forbidden' });
      writer.appendHistory({ ...gone, name: 'replaced.example.com' });
      writer.appendHistory({ ...gone, name: 'replaced.example.com', type: 'CNAME', action: 'create' });
      writer.appendHistory({ ...gone, name: 'changed.example.com', action: 'update' });
    }),
  );
  expect(ledger.read.recentDeletions(at(10))).toBe(2);
  expect(ledger.read.recentDeletions(at(11))).toBe(1);
});
