import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.ts';
import { quarantine } from '../../src/ledger/quarantine.ts';
import { aClaim, anEntry, freshPath, openLedger, problem, value } from './fixture.ts';

const PAGE = 4096;

/** A ledger of many pages, closed. */
function filled(): string {
  const path = freshPath();
  const ledger = openLedger(path);
  value(
    ledger.write((writer) => {
      for (let i = 0; i < 500; i += 1) {
        writer.putClaim(aClaim({ recordId: `r${i}` }));
        writer.appendHistory(anEntry());
      }
    }),
  );
  ledger.close();
  return path;
}

function overwrite(path: string, position: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

describe('a corrupt ledger', () => {
  const damages: readonly [string, (path: string) => void][] = [
    ['a garbage header', (path) => overwrite(path, 0, Buffer.alloc(100, 'garbage'))],
    ['a first page of zeros', (path) => overwrite(path, 0, Buffer.alloc(PAGE))],
    [
      'a page of garbage in the middle',
      (path) => overwrite(path, Math.floor(statSync(path).size / PAGE / 2) * PAGE, Buffer.alloc(PAGE, 0xa5)),
    ],
  ];

  test.each(damages)('with %s is told as corrupt and moved aside only when asked', (_, damage) => {
    const path = filled();
    damage(path);
    const damaged = readFileSync(path);
    const refused = problem(Ledger.open({ path, mode: 'write' }));
    expect(refused.kind).toBe('corrupt');
    expect(refused.message).toContain(path);
    expect(readFileSync(path).equals(damaged)).toBe(true);

    const aside = value(quarantine(path, new Date('2026-03-01T12:00:00Z')));
    expect(aside).toBe(`${path}.corrupt-2026-03-01T12-00-00.000Z`);
    expect(readFileSync(aside).equals(damaged)).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(openLedger(path).read.claims()).toEqual([]);
  });

  test('takes its log along', () => {
    const path = filled();
    writeFileSync(`${path}-wal`, 'a log');
    overwrite(path, 0, Buffer.alloc(100, 'garbage'));
    const aside = value(quarantine(path, new Date()));
    expect(readFileSync(`${aside}-wal`, 'utf8')).toBe('a log');
    expect(existsSync(`${path}-wal`)).toBe(false);
  });
});

describe('is never moved aside:', () => {
  test('a sound ledger', () => {
    const path = filled();
    expect(problem(quarantine(path, new Date())).message).toContain('not moved');
    expect(openLedger(path).read.claims()).toHaveLength(500);
  });

  test.each([1, 1000])('a file that never was a ledger (%i lines)', (lines) => {
    const path = freshPath();
    writeFileSync(path, 'notes of a person\n'.repeat(lines));
    expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('not-a-ledger');
    expect(problem(quarantine(path, new Date())).kind).toBe('not-a-ledger');
    expect(readFileSync(path, 'utf8')).toContain('notes of a person');
  });

  test('a ledger that is in use', () => {
    const path = freshPath();
    openLedger(path);
    expect(problem(quarantine(path, new Date())).kind).toBe('locked');
    expect(existsSync(path)).toBe(true);
  });

  test('a directory', () => {
    const path = dirname(freshPath());
    expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('not-a-ledger');
  });
});

describe('what is not there', () => {
  test('is missing for a reader', () => {
    const path = freshPath();
    expect(problem(Ledger.open({ path, mode: 'read-only' })).kind).toBe('missing');
    expect(existsSync(path)).toBe(false);
  });

  test('is missing for the writer when the directory is not there', () => {
    const path = join(dirname(freshPath()), 'nowhere', basename('routeflare.db'));
    expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('missing');
  });
});

describe('a full disk', () => {
  test('is a value; nothing of the transaction stays, and what was there can be read', () => {
    const path = filled();
    const ledger = openLedger(path, { maxPages: Math.ceil(statSync(path).size / PAGE) });
    const refused = ledger.write((writer) => {
      for (let i = 0; i < 500; i += 1) writer.putClaim(aClaim({ recordId: `new${i}` }));
    });
    expect(problem(refused).kind).toBe('disk-full');
    expect(ledger.read.claims()).toHaveLength(500);
    value(ledger.write((writer) => writer.removeClaim('r0')));
    expect(ledger.read.claims()).toHaveLength(499);
  });

  test('when the ledger is made leaves a file that a later start can use', () => {
    const path = freshPath();
    expect(problem(Ledger.open({ path, mode: 'write', maxPages: 3 })).kind).toBe('disk-full');
    expect(openLedger(path).read.claims()).toEqual([]);
  });
});

describe('a directory that may not be written', () => {
  /** Root may write anywhere, so for `act` it becomes nobody. */
  function unprivileged<T>(path: string, act: () => T): T {
    chmodSync(path, 0o444);
    chmodSync(dirname(path), 0o555);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      return act();
    } finally {
      if (root) process.seteuid?.(0);
    }
  }

  test('is told to the writer as read-only', () => {
    const path = filled();
    const refused = unprivileged(path, () => problem(Ledger.open({ path, mode: 'write' })));
    expect(refused.kind).toBe('read-only');
    expect(refused.message).toContain(path);
  });

  test('lets a reader read', () => {
    const path = filled();
    expect(unprivileged(path, () => openLedger(path, { mode: 'read-only' }).read.claims())).toHaveLength(500);
  });
});
