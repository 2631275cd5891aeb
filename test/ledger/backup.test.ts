import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { aClaim, freshPath, openLedger, problem, value } from './fixture.ts';

const IDS = Array.from({ length: 5_000 }, (_, index) => `r${index}`);

test('a copy made while it is written holds whole transactions, all that were there before it', async () => {
  const path = freshPath();
  const destination = `${path}.backup`;
  const ledger = openLedger(path);
  value(ledger.write((writer) => IDS.forEach((recordId) => writer.putClaim(aClaim({ recordId })))));
  const copy = { finished: false };
  const copying = ledger.backup(destination).finally(() => (copy.finished = true));
  let pairs = 0;
  while (!copy.finished) {
    value(
      ledger.write((writer) => {
        writer.putClaim(aClaim({ recordId: `left-${pairs}` }));
        writer.putClaim(aClaim({ recordId: `right-${pairs}` }));
      }),
    );
    pairs += 1;
    await new Promise(setImmediate);
  }
  value(await copying);
  const ids = openLedger(destination, { mode: 'read-only' })
    .read.claims()
    .map((claim) => claim.recordId);
  expect(ids).toEqual(expect.arrayContaining(IDS));
  expect(ids.filter((id) => id.startsWith('left')).length).toBe(
    ids.filter((id) => id.startsWith('right')).length,
  );
  expect(openLedger(path, { mode: 'read-only' }).read.counts().records).toBe(IDS.length + 2 * pairs);
});

test('a copy is one plain file that replaces the last one and opens as a ledger', async () => {
  const path = freshPath();
  const destination = `${path}.backup`;
  const ledger = openLedger(path);
  value(await ledger.backup(destination));
  value(ledger.write((writer) => writer.putClaim(aClaim())));
  value(await ledger.backup(destination));
  expect(readdirSync(dirname(path)).filter((name) => name.includes('backup'))).toEqual([
    'routeflare.db.backup',
  ]);
  const copy = new Database(destination, { readonly: true });
  expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
  copy.close();
  expect(openLedger(destination).read.claims()).toEqual([aClaim()]);
});

test('a reader beside the controller can make one too', async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  value(ledger.write((writer) => writer.putClaim(aClaim())));
  value(await openLedger(path, { mode: 'read-only' }).backup(`${path}.backup`));
  expect(openLedger(`${path}.backup`).read.claims()).toEqual([aClaim()]);
});

test('a reader can make one while no controller runs', async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  value(ledger.write((writer) => writer.putClaim(aClaim())));
  ledger.close();
  value(await openLedger(path, { mode: 'read-only' }).backup(`${path}.backup`));
  expect(openLedger(`${path}.backup`).read.claims()).toEqual([aClaim()]);
});

test('it never replaces the ledger itself, and a directory that is not there is told', async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  const link = join(dirname(path), 'link.db');
  symlinkSync(path, link);
  for (const destination of [path, link, `${path}.lock`]) {
    expect(problem(await ledger.backup(destination)).kind).toBe('locked');
  }
  expect(problem(await ledger.backup(join(dirname(path), 'nowhere', 'x.db'))).kind).toBe('missing');
  expect(existsSync(path)).toBe(true);
});

test('closing the ledger ends a copy without a half of it', async () => {
  const path = freshPath();
  const ledger = openLedger(path);
  value(ledger.write((writer) => IDS.forEach((recordId) => writer.putClaim(aClaim({ recordId })))));
  const copying = ledger.backup(`${path}.backup`);
  await new Promise(setImmediate);
  ledger.close();
  const result = await copying;
  expect(result.ok || !existsSync(`${path}.backup`)).toBe(true);
  expect(readdirSync(dirname(path)).filter((name) => name.includes('partial'))).toEqual([]);
});
