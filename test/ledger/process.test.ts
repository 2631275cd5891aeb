import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.ts';
import { aClaim, anIntent, freshPath, openLedger, problem, value } from './fixture.ts';

const MODULE = new URL('../../src/ledger/ledger.ts', import.meta.url).href;

/** A process that has the ledger open for writing, did `act` (the text of a function of its writer), and stays. */
async function otherWriter(path: string, act = '() => {}'): Promise<{ kill(): Promise<void> }> {
  const script = `
    const { Ledger } = await import(${JSON.stringify(MODULE)});
    const opened = Ledger.open({ path: ${JSON.stringify(path)}, mode: 'write' });
    if (!opened.ok) throw new Error(opened.error.message);
    const written = opened.value.write(${act});
    if (!written.ok) throw new Error(written.error.message);
    console.log('ready');
    setInterval(() => opened.value, 1_000_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said)).toContain('ready');
  return { kill };
}

describe('another process that writes the ledger', () => {
  test('keeps a second writer out, not a reader, until it is killed', async () => {
    const path = freshPath();
    const other = await otherWriter(path, `(writer) => writer.putClaim(${JSON.stringify(aClaim())})`);
    expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('locked');
    expect(openLedger(path, { mode: 'read-only' }).read.claims()).toEqual([aClaim()]);
    await other.kill();
    expect(openLedger(path).read.claims()).toEqual([aClaim()]);
  });

  test('killed between its intent and the end of the write leaves the intent', async () => {
    const path = freshPath();
    const intent = anIntent({ action: 'delete', recordId: 'r1' });
    const other = await otherWriter(path, `(writer) => writer.openIntent(${JSON.stringify(intent)})`);
    await other.kill();
    const ledger = openLedger(path);
    const [found] = ledger.read.intents();
    expect(found).toEqual({ id: found?.id, ...intent });
    value(ledger.write((writer) => writer.closeIntent(found!.id)));
    expect(ledger.read.intents()).toEqual([]);
  });
});

test('a second writer of the same process is kept out, until the first closes', () => {
  const path = freshPath();
  const first = openLedger(path);
  expect(problem(Ledger.open({ path, mode: 'write' })).kind).toBe('locked');
  first.close();
  expect(openLedger(path).read.claims()).toEqual([]);
});
