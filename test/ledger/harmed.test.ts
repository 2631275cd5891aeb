import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.ts';
import { quarantine } from '../../src/ledger/quarantine.ts';
import { aClaim, anEntry, freshPath, openLedger, problem, value } from './fixture.ts';

const PAGE = 4096;
const ROUNDS = 30;

/** A ledger as a killed process leaves it: its last commits are only in the log beside it. */
function killed(): string {
  const path = freshPath();
  const ledger = openLedger(path);
  for (let round = 0; round < ROUNDS; round += 1) {
    value(
      ledger.write((writer) => {
        for (let at = 0; at < 10; at += 1) {
          writer.putClaim(aClaim({ recordId: `r${round}-${at}` }));
          writer.appendHistory(anEntry());
        }
      }),
    );
  }
  const copy = freshPath();
  copyFileSync(path, copy);
  copyFileSync(`${path}-wal`, `${copy}-wal`);
  ledger.close();
  return copy;
}

/** The same, with everything in the file and no log. */
function stopped(): string {
  const path = killed();
  openLedger(path).close();
  return path;
}

/**
 * Opens as the program does at its start: what is damaged is moved aside and begun anew. Answers how many records
 * it then knows; whichever way it goes, the ledger can be written.
 */
function startedOn(path: string): { readonly records: number; readonly movedAside: boolean } {
  let opened = Ledger.open({ path, mode: 'write' });
  const movedAside = !opened.ok;
  if (!opened.ok) {
    if (opened.error.kind !== 'corrupt') throw new Error(opened.error.message);
    const aside = value(quarantine(path, new Date()));
    if (!existsSync(aside)) throw new Error('it is gone');
    opened = Ledger.open({ path, mode: 'write' });
  }
  const ledger = value(opened);
  try {
    const records = ledger.read.claims().length;
    expect(ledger.read.history({}).length).toBeGreaterThanOrEqual(0);
    value(ledger.write((writer) => writer.putClaim(aClaim({ recordId: 'after' }))));
    return { records, movedAside };
  } finally {
    ledger.close();
  }
}

function flip(path: string, positions: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const position of positions)
    bytes.writeUInt8((bytes[position % bytes.length] ?? 0) ^ 0xff, position % bytes.length);
  writeFileSync(path, bytes);
}

describe('a ledger of which', () => {
  test('nothing was harmed has all that was committed', () => {
    expect(startedOn(killed())).toEqual({ records: ROUNDS * 10, movedAside: false });
  });

  test('any bytes were flipped is read whole or moved aside, and never anything between', () => {
    const path = stopped();
    const sound = readFileSync(path);
    fc.assert(
      fc.property(fc.array(fc.nat(sound.length - 1), { minLength: 1, maxLength: 40 }), (positions) => {
        const harmed = freshPath();
        writeFileSync(harmed, sound);
        flip(harmed, positions);
        const opened = Ledger.open({ path: harmed, mode: 'write' });
        const kind = opened.ok ? 'sound' : opened.error.kind;
        if (opened.ok) opened.value.close();
        // A flipped text is no damage to SQLite: then a row may be one that cannot be read, and is named.
        expect(['sound', 'corrupt', 'bad-row', 'not-a-ledger', 'newer-version', 'altered-schema']).toContain(
          kind,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('whole pages were overwritten is moved aside', () => {
    const path = stopped();
    const bytes = readFileSync(path);
    for (let page = 2; page < bytes.length / PAGE; page += 3)
      bytes.fill(0x5a, page * PAGE, (page + 1) * PAGE);
    writeFileSync(path, bytes);
    expect(startedOn(path)).toEqual({ records: 0, movedAside: true });
  });

  test.each([0.25, 0.5, 0.9])('only the first part is left (%f) is moved aside', (share) => {
    const path = stopped();
    truncateSync(path, Math.floor((readFileSync(path).length * share) / PAGE) * PAGE);
    expect(startedOn(path)).toEqual({ records: 0, movedAside: true });
  });

  test('nothing is left but its name is begun anew, as a lost one', () => {
    const path = stopped();
    truncateSync(path, 0);
    expect(startedOn(path)).toEqual({ records: 0, movedAside: false });
  });

  // A file whose size reached the disk before the power went, and whose content did not.
  test.each([511, PAGE, 64 * 1024, 3 * 1024 * 1024 + 7])(
    'nothing but %i zeros is left is moved aside',
    (size) => {
      const path = freshPath();
      writeFileSync(path, Buffer.alloc(size));
      expect(problem(Ledger.open({ path, mode: 'read-only' })).kind).toBe('corrupt');
      expect(startedOn(path)).toEqual({ records: 0, movedAside: true });
    },
  );

  test('the log was harmed has what was committed before the harm', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.99, noNaN: true }), (share) => {
        const path = killed();
        const log = readFileSync(`${path}-wal`);
        flip(`${path}-wal`, [Math.floor(log.length * share)]);
        const { records, movedAside } = startedOn(path);
        // Whole transactions, from the first on.
        expect(records % 10).toBe(0);
        expect(movedAside).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('the log was cut short has what was committed before the cut', () => {
    const path = killed();
    truncateSync(`${path}-wal`, Math.floor(readFileSync(`${path}-wal`).length / 2));
    const { records } = startedOn(path);
    expect(records).toBeGreaterThan(0);
    expect(records).toBeLessThan(ROUNDS * 10);
    expect(records % 10).toBe(0);
  });

  test('the log is lost is the older ledger, or begun anew', () => {
    const path = killed();
    rmSync(`${path}-wal`);
    expect(startedOn(path).records % 10).toBe(0);
  });

  test('the log is of another file keeps its own rows', () => {
    const path = stopped();
    copyFileSync(`${killed()}-wal`, `${path}-wal`);
    expect(startedOn(path)).toEqual({ records: ROUNDS * 10, movedAside: false });
  });
});

test.each([
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['a text', Buffer.from('replicas: 3\n'.repeat(1_000))],
  ['zeros with a word at their end', Buffer.concat([Buffer.alloc(3 * 1024 * 1024), Buffer.from('mine')])],
])('a file that never was a ledger (%s) is refused and left as it is', (_, bytes) => {
  const path = freshPath();
  writeFileSync(path, bytes);
  const refused = problem(Ledger.open({ path, mode: 'write' }));
  expect(refused.kind).toBe('not-a-ledger');
  expect(refused.message).toMatch(/move this one away: if it was the ledger, it is made again/);
  expect(problem(quarantine(path, new Date())).kind).toBe('not-a-ledger');
  expect(readFileSync(path).equals(bytes)).toBe(true);
});
