import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLAIM_STATES, type Claim } from '../../src/domain/claim.ts';
import type { Hostname } from '../../src/domain/hostname.ts';
import { RECORD_TYPES } from '../../src/domain/record.ts';
import { GATEWAY_KINDS, SOURCE_KINDS } from '../../src/domain/source.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { LedgerError } from '../../src/ledger/problem.ts';
import { aClaim, anEntry, freshPath, openLedger, problem, value } from './fixture.ts';

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const text = fc.string({ minLength: 1, unit: 'binary' });
const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

const anyClaim: fc.Arbitrary<Claim> = fc.record({
  zoneId: text,
  zoneName: text,
  recordId: text,
  name: fc
    .tuple(fc.boolean(), label, label)
    .map(([wild, a, b]) => `${wild ? '*.' : ''}${a}.${b}` as Hostname),
  type: fc.constantFrom(...RECORD_TYPES),
  content: text,
  ttl: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 30, max: 86_400 })),
  proxied: fc.boolean(),
  holder: fc.option(fc.record({ kind: fc.constantFrom(...SOURCE_KINDS), namespace: text, name: text }), {
    nil: undefined,
  }),
  via: fc.option(fc.record({ kind: fc.constantFrom(...GATEWAY_KINDS), namespace: text, name: text }), {
    nil: undefined,
  }),
  mode: fc.constantFrom('gateway-address', 'ddns', 'static'),
  cluster: fc.string(),
  ttlWritten: fc.boolean(),
  proxiedWritten: fc.boolean(),
  adopted: fc.boolean(),
  state: fc.constantFrom(...CLAIM_STATES),
  stateReason: fc.string(),
  doomedAt: fc.option(time, { nil: undefined }),
  createdAt: time,
  updatedAt: time,
  verifiedAt: fc.option(time, { nil: undefined }),
});

test('any claim comes back as it was put', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  fc.assert(
    fc.property(fc.uniqueArray(anyClaim, { selector: (claim) => claim.recordId, maxLength: 5 }), (claims) => {
      value(
        ledger.write((writer) => {
          for (const old of writer.claims()) writer.removeClaim(old.recordId);
          for (const claim of claims) writer.putClaim(claim);
        }),
      );
      expect(ledger.read.claims()).toEqual(claims);
    }),
    { numRuns: 200 },
  );
});

test('a time is kept as UTC with milliseconds however it was written', () => {
  const ledger = openLedger(freshPath());
  value(ledger.write((writer) => writer.putClaim(aClaim({ createdAt: '2026-03-01T13:00:00+01:00' }))));
  expect(ledger.read.claims()[0]?.createdAt).toBe('2026-03-01T12:00:00.000Z');
});

describe('a bad row is told with table, row, column and raw value, and stops the ledger', () => {
  test.each([
    ['records', 'name', 'Not a Name'],
    ['records', 'created_at', '2026-03-XXT12:00:00.000Z'],
    ['intents', 'after', '{"name":"app.example.com","type":"MX"}'],
    ['egress_addresses', 'voters', '[1]'],
  ])('%s.%s = %s', (table, column, raw) => {
    const path = freshPath();
    const ledger = openLedger(path);
    value(
      ledger.write((writer) => {
        writer.putClaim(aClaim());
        writer.openIntent({ ...anEntry(), action: 'create', zoneId: 'z1', recordId: undefined });
        writer.putEgress({ family: 4, address: '203.0.113.1', confirmedAt: aClaim().createdAt, voters: [] });
      }),
    );
    ledger.close();
    const shell = new Database(path);
    shell.prepare(`UPDATE ${table} SET "${column}" = ?`).run(raw);
    shell.close();
    const refused = problem(Ledger.open({ path, mode: 'write' }));
    expect(refused.kind).toBe('bad-row');
    for (const part of [table, 'row', column, JSON.stringify(raw)]) expect(refused.message).toContain(part);
  });

  test('in history, when it is read', () => {
    const path = freshPath();
    const ledger = openLedger(path);
    const shell = new Database(path);
    shell.exec(`INSERT INTO history (at, action, zone, name, type, "after", reason, holder, outcome)
      VALUES ('2026-03-01T12:00:00.000Z', 'create', 'example.com', 'a.example.com', 'A', '[]', '', '', 'done')`);
    shell.close();
    expect(() => ledger.read.history({})).toThrow(LedgerError);
    expect(() => ledger.read.history({})).toThrow(/table history, row 1, column after: "\[\]"/);
  });
});
