import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { aClaim, anEntry, freshPath, openLedger, value } from '../ledger/fixture.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** More than a pipe holds, so that the reader is missed. */
function largeLedger(): string {
  const path = freshPath();
  const ledger = openLedger(path);
  value(
    ledger.write((writer) => {
      for (let index = 0; index < 1_000; index += 1) {
        writer.putClaim(aClaim({ recordId: `r${index}` }));
        writer.appendHistory(anEntry({ reason: 'x'.repeat(200) }));
      }
    }),
  );
  ledger.close();
  return path;
}

/** Runs a command whose output nobody reads after the first piece. */
async function cutShort(path: string, args: readonly string[]) {
  const child = spawn(process.execPath, [resolve(ROOT, 'src/main.ts'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', LEDGER_PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const ended = once(child, 'exit');
  const stderr = await text(child.stderr);
  const [code, signal] = await ended;
  return { code, signal, stderr };
}

test('a reader that stops reading is no fault to tell', async () => {
  const path = largeLedger();
  expect(await cutShort(path, ['history', '--limit', '0'])).toEqual({ code: 0, signal: null, stderr: '' });
});

test('half a backup is a failure, and leaves nothing behind', async () => {
  const path = largeLedger();
  expect(await cutShort(path, ['ledger', 'backup', '-'])).toEqual({ code: 1, signal: null, stderr: '' });
  expect(readdirSync(dirname(path)).filter((name) => !name.startsWith(basename(path)))).toEqual([]);
});
