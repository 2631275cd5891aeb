import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { diskFiles } from '../../src/config/text-file.ts';
import { TokenSource } from '../../src/config/token-source.ts';
import { FakeFiles } from './fake-files.ts';

const OLD = 'old-token-0123456789';
const NEW = 'new-token-0123456789';

function fromFile(files: FakeFiles) {
  const shown: string[] = [];
  const source = new TokenSource({ kind: 'file', path: '/token', token: new Secret(OLD) }, files, (token) =>
    shown.push(token.reveal()),
  );
  return { source, shown };
}

describe('TokenSource', () => {
  it('reads the file again when it changed, and shows the token before it hands it out', () => {
    const files = new FakeFiles().put('/token', OLD);
    const { source, shown } = fromFile(files);
    expect(source.current()).toBe(OLD);
    files.put('/token', `${NEW}\n`);
    expect(source.current()).toBe(NEW);
    expect(shown).toEqual([OLD, NEW]);
  });

  it('reads an unchanged file once', () => {
    const files = new FakeFiles().put('/token', OLD);
    const { source } = fromFile(files);
    for (let i = 0; i < 5; i += 1) source.current();
    expect(files.reads).toBe(1);
  });

  it('says after a refusal whether there is another token to try', () => {
    const files = new FakeFiles().put('/token', OLD);
    const { source } = fromFile(files);
    expect(source.refresh()).toBe(false);
    files.put('/token', NEW);
    expect(source.refresh()).toBe(true);
    expect(source.current()).toBe(NEW);
  });

  it('keeps the last good token while the file is gone or holds none, and says so', () => {
    const files = new FakeFiles().put('/token', OLD);
    const { source } = fromFile(files);
    files.put('/token', '"half a to');
    expect(source.current()).toBe(OLD);
    expect(source.problem).toMatch(/quotation marks/);
    files.remove('/token');
    expect(source.current()).toBe(OLD);
    expect(source.problem).toMatch(/no such file/);
    files.put('/token', NEW);
    expect(source.current()).toBe(NEW);
    expect(source.problem).toBeUndefined();
  });

  it('has nothing to read again where the token came from the environment', () => {
    const source = new TokenSource({ kind: 'value', token: new Secret(OLD) }, new FakeFiles(), () => {});
    expect(source.refresh()).toBe(false);
    expect(source.current()).toBe(OLD);
  });

  it('sees a mounted Secret change, which swaps a link', () => {
    const directory = mkdtempSync(join(tmpdir(), 'token-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'one'), OLD);
    writeFileSync(join(directory, 'two'), NEW);
    symlinkSync('one', join(directory, 'token'));
    const source = new TokenSource(
      { kind: 'file', path: join(directory, 'token'), token: new Secret(OLD) },
      diskFiles,
      () => {},
    );
    expect(source.current()).toBe(OLD);
    symlinkSync('two', join(directory, 'next'));
    renameSync(join(directory, 'next'), join(directory, 'token'));
    expect(source.current()).toBe(NEW);
  });

  it('has words for what keeps a file from being read', () => {
    expect(diskFiles.read('/nowhere/at/all')).toEqual({ ok: false, error: 'there is no such file' });
    expect(diskFiles.read('/')).toEqual({ ok: false, error: 'it is a directory' });
    expect(diskFiles.stamp('/nowhere/at/all')).toBeUndefined();
  });
});
