import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { networkFileSystem } from '../../src/ledger/file-system.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import { aClaim, freshPath, openLedger, problem, value } from './fixture.ts';

const onNfs = { networkOf: () => 'NFS' };
const MODULE = new URL('../../src/ledger/ledger.ts', import.meta.url).href;

const beside = (path: string) => ['-wal', '-shm'].filter((suffix) => existsSync(`${path}${suffix}`));

describe('the file system', () => {
  test.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [-11317950, 'CIFS'],
    [0x65735546, 'FUSE'],
    [0xef53, undefined],
    [0x01021994, undefined],
    [0x794c7630, undefined],
  ])('of type %d is %s', (type, name) => {
    expect(networkFileSystem('/data', () => type)).toBe(name);
  });

  test('of the disk here is asked for', () => {
    expect(networkFileSystem(dirname(freshPath()))).toBeUndefined();
  });
});

describe('a ledger on a network file system', () => {
  test('has no log and no shared memory, and its writer keeps it to itself', () => {
    const path = freshPath();
    const ledger = openLedger(path, onNfs);
    expect(ledger.network).toBe('NFS');
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    expect(beside(path)).toEqual([]);
    expect(statSync(`${path}-journal`).size).toBe(0);
    const stranger = new Database(path, { readonly: true, timeout: 0 });
    onTestFinished(() => void stranger.close());
    expect(() => stranger.prepare('SELECT count(*) FROM records').get()).toThrow(/locked/);
    expect(problem(Ledger.open({ path, mode: 'write', ...onNfs })).kind).toBe('locked');
  });

  test('is read by commands all the same, as it was after the last commit', () => {
    const path = freshPath();
    const ledger = openLedger(path, onNfs);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    const reader = openLedger(path, { mode: 'read-only', ...onNfs });
    expect(reader.read.claims()).toEqual([aClaim()]);
    value(ledger.write((writer) => writer.removeClaim('r1')));
    expect(openLedger(path, { mode: 'read-only', ...onNfs }).read.claims()).toEqual([]);
  });

  test('is copied while it is written', async () => {
    const path = freshPath();
    const ledger = openLedger(path, onNfs);
    value(ledger.write((writer) => writer.putClaim(aClaim())));
    const copy = join(dirname(path), 'copy.db');
    value(await openLedger(path, { mode: 'read-only', ...onNfs }).backup(copy));
    expect(openLedger(copy).read.claims()).toEqual([aClaim()]);
  });

  test('that was written on a disk is taken over with all that was in its log, and goes back again', () => {
    const path = freshPath();
    const local = openLedger(path);
    value(local.write((writer) => writer.putClaim(aClaim())));
    expect(beside(path)).toEqual(['-wal', '-shm']);
    local.close();
    const network = openLedger(path, onNfs);
    expect(network.read.claims()).toEqual([aClaim()]);
    value(network.write((writer) => writer.putClaim(aClaim({ recordId: 'r2' }))));
    expect(beside(path)).toEqual([]);
    network.close();
    const back = openLedger(path);
    expect(back.read.claims()).toHaveLength(2);
    value(back.write((writer) => writer.removeClaim('r1')));
    expect(beside(path)).toEqual(['-wal', '-shm']);
  });

  test('that a process was killed on, its log not yet in the file, loses nothing', async () => {
    const path = freshPath();
    const script = `
      const { Ledger } = await import(${JSON.stringify(MODULE)});
      const { value } = Ledger.open({ path: ${JSON.stringify(path)}, mode: 'write' });
      value.write((writer) => writer.putClaim(${JSON.stringify(aClaim())}));
      console.log('ready');
      setInterval(() => value, 1_000_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(beside(path)).toEqual(['-wal', '-shm']);
    const ledger = openLedger(path, onNfs);
    expect(ledger.read.claims()).toEqual([aClaim()]);
    expect(beside(path).filter((suffix) => suffix === '-wal')).toEqual([]);
  });

  test('is never read half written', async () => {
    const path = freshPath();
    const count = 40;
    const script = `
      const { Ledger } = await import(${JSON.stringify(MODULE)});
      const claim = ${JSON.stringify(aClaim())};
      const { value } = Ledger.open({ path: ${JSON.stringify(path)}, mode: 'write', networkOf: () => 'NFS' });
      console.log('ready');
      for (;;) for (const content of ['192.0.2.1', '192.0.2.2']) {
        value.write((writer) => {
          for (let n = 0; n < ${count}; n += 1)
            writer.putClaim({ ...claim, recordId: 'r' + n, name: 'n' + n + '.example.com', content });
        });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }`;
    openLedger(path, onNfs).close();
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const seen = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      const reader = value(Ledger.open({ path, mode: 'read-only', ...onNfs }));
      const contents = new Set(reader.read.claims().map(({ content }) => content));
      reader.close();
      expect(contents.size).toBeLessThanOrEqual(1);
      for (const content of contents) seen.add(content);
    }
    expect(seen.size).toBe(2);
  });
});
