import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aClaim, anEntry, freshPath, openLedger, value } from './fixture.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((each) => each.toWellFormed()),
  fc.constantFrom(
    "'; DROP TABLE records; --",
    '" OR 1=1 --',
    "'); DELETE FROM history; INSERT INTO meta VALUES ('owner','x'); --",
    '%',
    '_',
    '\\',
    '?1',
    ':name',
    '\u202e',
    '\n',
    'x'.repeat(100_000),
  ),
);

test('texts of any kind are values, come back as they were, and change nothing else', () => {
  const ledger = openLedger(freshPath());
  value(ledger.write((writer) => writer.putClaim(aClaim({ recordId: 'witness' }))));
  const witness = aClaim({ recordId: 'witness' });
  let count = 0;
  fc.assert(
    fc.property(text, text, text, (one, two, three) => {
      count += 1;
      const holder = { kind: 'HTTPRoute', namespace: one, name: two } as const;
      const hostile = aClaim({
        recordId: `r-${three}`,
        zoneName: two,
        content: one,
        stateReason: three,
        holder,
      });
      const entry = anEntry({ name: one, zoneName: two, reason: three, holder: one, outcome: two });
      value(
        ledger.write((writer) => {
          writer.putClaim(hostile);
          writer.appendHistory(entry);
          writer.setMeta(`key ${one}`, three);
          writer.verified([`r-${three}`, one], '2026-03-01T12:00:00.000Z');
          writer.approve([
            { recordId: `gone-${one}`, zoneId: two, name: three, type: one, at: '2026-03-01T12:00:00.000Z' },
          ]);
        }),
      );
      expect(ledger.read.claims().find(({ recordId }) => recordId === `r-${three}`)).toMatchObject({
        zoneName: two,
        content: one,
        stateReason: three,
        holder,
      });
      expect(ledger.read.history({ name: one })[0]).toMatchObject(entry);
      expect(ledger.read.meta(`key ${one}`)).toBe(three);
      expect(ledger.read.approvals().has(`gone-${one}`)).toBe(true);
      value(ledger.write((writer) => writer.removeClaim(`r-${three}`)));
      expect(ledger.read.claims()).toEqual([witness]);
      expect(ledger.read.counts()).toEqual({ records: 1, history: count });
    }),
    { numRuns: 60 },
  );
});
